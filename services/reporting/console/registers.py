"""Registers: a page with forms, each an act that is done once, or shown again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from libs.ids import named
from libs.web.field_errors import invalid
from services.reporting.console.answers import Mistyped, moment_said
from services.reporting.console.deed import by_field, new_key, place_of
from services.reporting.console.doors import DOWN, Call, Called, call
from services.reporting.console.forms import EMPTY, Typed
from services.reporting.console.meanwhile import CHANGED, meanwhile
from services.reporting.console.render import see
from services.reporting.console.visit import Visit
from services.reporting.reading.trail import Happened

REFUSED = 422
F = TypeVar("F", bound=BaseModel)


@dataclass(frozen=True)
class Sheet:
    """The forms as they are shown: what was typed into one, and why it was refused.

    `wrong` says by field what to correct; `meanwhile` is what others did since.
    """

    key: str
    typed: Typed = EMPTY
    refusal: str | None = None
    status: int = 200
    wrong: Mapping[str, str] = field(default_factory=dict)
    meanwhile: Sequence[Happened] = ()

    def of(self, form: str) -> Typed:
        """Return what was typed into the form that is sent to a path."""
        return self.typed if self.typed.sent_to in {"", form} else EMPTY

    def wrong_in(self, form: str) -> Mapping[str, str]:
        """Return what is wrong in the form that is sent to a path."""
        return self.wrong if self.typed.sent_to in {"", form} else {}

    def key_of(self, form: str) -> str:
        """Return the key of a form: each of a page's forms is an act of its own."""
        if self.typed.sent_to == form:
            return self.key
        return str(named("form", self.key, form))


def blank() -> Sheet:
    """Return forms that nobody has filled in."""
    return Sheet(new_key())


def refused(typed: Typed, why: str | None, status: int = REFUSED) -> Sheet:
    """Return the forms with what was typed, and why it was not done."""
    return Sheet(new_key(), typed, why, status)


@dataclass(frozen=True)
class Desk:
    """Whose door a page's forms go to, and how the page is shown again.

    `door` begins every path at the service; `back` is where a done act leads.
    """

    service: str
    door: str
    back: str
    shown: Callable[[Visit, Sheet], Awaitable[Response]]

    async def act(
        self, visit: Visit, typed: Typed, path: str = "", **body: Any
    ) -> Response:
        """Act at the service's door; lead back, or show the page with what was typed.

        A field that is None is not said.
        """
        said = {name: value for name, value in body.items() if value is not None}
        door = (self.service, f"{self.door}{path}")
        answer = await done(visit, typed, door, said)
        if isinstance(answer, str):
            return see(f"{self.back}?{answer}")
        return await self.shown(visit, answer)


async def done(
    visit: Visit, typed: Typed, door: tuple[str, str], body: Mapping[str, Any]
) -> str | Sheet:
    """Act at a service's door (name, path); return the place of it, or the sheet.

    A typed `occurred_at` is Shanghai's time.
    """
    try:
        when = _when(typed)
    except Mistyped:
        why_not = visit.words("wrong.moment")
        return Sheet(new_key(), typed, status=REFUSED, wrong={"occurred_at": why_not})
    key = typed.one("key") or new_key()
    service, path = door
    headers = {"Idempotency-Key": key}
    asked = Call(service, "POST", path, json={**body, **when}, headers=headers)
    answer = await call(visit, asked)
    if answer.done:
        return urlencode({"seen": place_of(answer.body)})
    changed = await meanwhile(visit, typed) if answer.status in CHANGED else ()
    return answered(visit, typed, answer, changed)


def _when(typed: Typed) -> dict[str, str]:
    said_at = typed.one("occurred_at")
    return {"occurred_at": moment_said(said_at)} if said_at else {}


def not_taken(visit: Visit, typed: Typed, answer: Called | None) -> Sheet:
    """Return the forms after a file that a service did not take; None: there was none.

    A browser fills in no file by itself: it has to be chosen again.
    """
    if answer is None:
        return replace(refused(typed, None), wrong={"file": visit.words("wrong.file")})
    return answered(visit, typed, answer)


def answered(
    visit: Visit, typed: Typed, answer: Called, since: Sequence[Happened] = ()
) -> Sheet:
    """Return the forms with what was typed, and what a service answered to it.

    The key of a form that may have been done stays: sent again, it is done once.
    """
    kept = typed.one("key") if answer.status == DOWN else ""
    reason, wrong = why(visit, answer.body), by_field(answer.body)
    return Sheet(kept or new_key(), typed, reason, answer.status, wrong, since)


def why(visit: Visit, body: Mapping[str, Any]) -> str:
    """Return what a problem says of the whole, or that the service is down."""
    return str(body.get("detail") or visit.words("wrong.service-down"))


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
