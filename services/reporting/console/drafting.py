"""Drafting: one officer writes rules as TOML on a page, another puts them in force."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi.responses import Response

from services.reporting.console.deed import new_key, place_of
from services.reporting.console.doors import Call, Called, call
from services.reporting.console.forms import Typed
from services.reporting.console.render import see
from services.reporting.console.visit import Visit

INVALID, DOWN = 422, 503


@dataclass(frozen=True)
class Paper:
    """Rules that are drafted: their page, routing's door, and the body of a draft.

    `body` makes it of what the TOML says.
    """

    page: str
    drafts: str
    body: Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Sheet:
    """The draft as it was typed, and why it was refused."""

    key: str
    text: str | None = None
    refusal: str | None = None
    status: int = 200


def blank() -> Sheet:
    """Return a sheet that nobody has filled in."""
    return Sheet(new_key())


async def draft(visit: Visit, typed: Typed, paper: Paper) -> Response | Sheet:
    """Lay a draft down; return the way back, or the sheet with what is wrong."""
    sheet = Sheet(typed.one("key") or new_key(), typed.one("rules"))
    try:
        said = tomllib.loads(sheet.text or "")
    except tomllib.TOMLDecodeError as reason:
        words = visit.words("owner-rules.unreadable", why=str(reason))
        return Sheet(new_key(), sheet.text, words, INVALID)
    # TOML's dates are the API's texts.
    body = orjson.loads(orjson.dumps(paper.body(said)))
    return await _sent(visit, (paper.page, paper.drafts), body, sheet)


async def adopt(visit: Visit, typed: Typed, paper: Paper) -> Response | Sheet:
    """Put a draft in force; return the way back, or the sheet with what is wrong."""
    door = f"{paper.drafts}/{typed.one('draft_id')}/adoption"
    sheet = Sheet(typed.one("key") or new_key())
    return await _sent(visit, (paper.page, door), {}, sheet)


async def _sent(
    visit: Visit, way: tuple[str, str], body: dict[str, Any], sheet: Sheet
) -> Response | Sheet:
    page, path = way
    headers = {"Idempotency-Key": sheet.key}
    asked = Call("routing", "POST", path, json=body, headers=headers)
    answer = await call(visit, asked)
    if answer.done:
        return see(f"{page}?seen={place_of(answer.body)}")
    key = sheet.key if answer.status == DOWN else new_key()
    return Sheet(key, sheet.text, _why(visit, answer), answer.status)


def _why(visit: Visit, answer: Called) -> str:
    errors = answer.body.get("errors") or ()
    details = [f"{one.get('pointer', '')} {one['detail']}".strip() for one in errors]
    whole = answer.body.get("detail") or visit.words("wrong.service-down")
    return " ".join([str(whole), *details])
