"""The routing rules' page: in force, drafted, tried on cases, put in force by two."""

import tomllib
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.owner_rules import owner_rules_text
from libs.web import permissions
from libs.web.permissions import Power
from services.reporting.console.deed import new_key, place_of, shown
from services.reporting.console.doors import Call, Called, call
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.suggesting import rules, simulation

PATH = "/console/owner-rules"
DRAFTS = "/v1/owner-rules/drafts"
TRIED = 300
INVALID, DOWN = 422, 503


@dataclass(frozen=True)
class Sheet:
    """The draft as it was typed, and why it was refused."""

    key: str
    text: str | None = None
    refusal: str | None = None
    status: int = 200


def add_routes(router: APIRouter) -> None:
    """Add the page, and its two forms."""

    @router.get("/owner-rules")
    async def show(request: Request, visit: Visiting) -> Response:
        visit.require("ReadCases")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, Sheet(new_key()))

    @router.post("/owner-rules")
    async def draft(request: Request, visit: Visiting) -> Response:
        return await _drafted(visit, await own_form(request, visit, "AdoptRule"))

    @router.post("/owner-rules/adoption")
    async def adopt(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "AdoptRule")
        path = f"{DRAFTS}/{typed.one('draft_id')}/adoption"
        return await _sent(visit, path, {}, Sheet(typed.one("key") or new_key()))


async def _drafted(visit: Visit, typed: Typed) -> Response:
    sheet = Sheet(typed.one("key") or new_key(), typed.one("rules"))
    try:
        said = tomllib.loads(sheet.text or "").get("rules", [])
        # TOML's dates are the API's texts.
        body = orjson.loads(orjson.dumps({"rules": said}))
    except tomllib.TOMLDecodeError as reason:
        words = visit.words("owner-rules.unreadable", why=str(reason))
        return await _page(visit, Sheet(new_key(), sheet.text, words, INVALID))
    return await _sent(visit, DRAFTS, body, sheet)


async def _sent(
    visit: Visit, path: str, body: dict[str, Any], sheet: Sheet
) -> Response:
    headers = {"Idempotency-Key": sheet.key}
    asked = Call("routing", "POST", path, json=body, headers=headers)
    answer = await call(visit, asked)
    if answer.done:
        return see(f"{PATH}?seen={place_of(answer.body)}")
    key = sheet.key if answer.status == DOWN else new_key()
    refused = Sheet(key, sheet.text, _why(visit, answer), answer.status)
    return await _page(visit, refused)


def _why(visit: Visit, answer: Called) -> str:
    errors = answer.body.get("errors") or ()
    details = [f"{one.get('pointer', '')} {one['detail']}".strip() for one in errors]
    whole = answer.body.get("detail") or visit.words("wrong.service-down")
    return " ".join([str(whole), *details])


async def _page(visit: Visit, sheet: Sheet) -> Response:
    answer = await rules(visit.running, visit.asking)
    tried = await simulation(visit.running, visit.asking, TRIED)
    held = answer.found
    values = {
        "answer": answer,
        "held": held,
        "tried": tried.found,
        "sheet": sheet,
        "may_adopt": Power.DECIDE in permissions.may(visit.role, "AdoptRule"),
        "is_drafter": held.drafter_id == visit.caller.actor.id,
        "text": sheet.text or owner_rules_text(held.draft or held.rules),
    }
    return page(visit, "owner_rules.html", values, sheet.status)
