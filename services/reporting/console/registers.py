"""Registers: a page with forms, each an act that is done once, or shown again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from libs.web.field_errors import invalid
from services.reporting.console.answers import Mistyped, moment_said
from services.reporting.console.deed import new_key, place_of
from services.reporting.console.doors import Call, call
from services.reporting.console.forms import Typed
from services.reporting.console.visit import Visit

DOWN = 503
REFUSED = 422
EMPTY = Typed({}, {})
F = TypeVar("F", bound=BaseModel)


@dataclass(frozen=True)
class Sheet:
    """The forms as they are shown: what was typed into one, and why it was refused."""

    key: str
    typed: Typed = EMPTY
    refusal: str | None = None
    status: int = 200


def blank() -> Sheet:
    """Return forms that nobody has filled in."""
    return Sheet(new_key())


def refused(typed: Typed, why: str, status: int = REFUSED) -> Sheet:
    """Return the forms with what was typed, and why it was not done."""
    return Sheet(new_key(), typed, why, status)


async def done(
    visit: Visit, typed: Typed, door: tuple[str, str], body: Mapping[str, Any]
) -> str | Sheet:
    """Act at a service's door (name, path); return the place of it, or the sheet.

    A typed `occurred_at` is Shanghai's time. The key of a form that may have been done
    stays: sent again, it is done once.
    """
    try:
        when = _when(typed)
    except Mistyped:
        return refused(typed, visit.words("wrong.moment"))
    key = typed.one("key") or new_key()
    service, path = door
    headers = {"Idempotency-Key": key}
    asked = Call(service, "POST", path, json={**body, **when}, headers=headers)
    answer = await call(visit, asked)
    if answer.done:
        return urlencode({"seen": place_of(answer.body)})
    again = key if answer.status == DOWN else new_key()
    return Sheet(again, typed, why(visit, answer.body), answer.status)


def _when(typed: Typed) -> dict[str, str]:
    said_at = typed.one("occurred_at")
    return {"occurred_at": moment_said(said_at)} if said_at else {}


def why(visit: Visit, body: Mapping[str, Any]) -> str:
    """Return what a problem says: of its fields, else of the whole."""
    details = [str(one["detail"]) for one in body.get("errors") or ()]
    whole = body.get("detail") or visit.words("wrong.service-down")
    return " ".join(details) or str(whole)


def said(typed: Typed, *names: str) -> dict[str, str]:
    """Return the named fields that were filled in."""
    return {name: typed.one(name) for name in names if typed.one(name)}


def narrowed(filters: type[F], query: Mapping[str, str]) -> F:
    """Return the filters that an address says; raises 422 naming the bad ones."""
    given: dict[str, Any] = {name: text for name, text in query.items() if text.strip()}
    try:
        return filters.model_validate(given)
    except ValidationError as error:
        raise invalid(error.errors()) from None
