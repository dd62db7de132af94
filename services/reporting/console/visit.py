"""Visit: one request of somebody signed in, with language, rights and time asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from libs import ids
from libs.calendar.local_days import EARLIEST, SHANGHAI
from libs.organisation import Officer, Unit, UnknownUnit
from libs.service.parts import Running
from libs.web import permissions
from libs.web.callers import SignedIn, Worker
from libs.web.languages import Language, Said
from libs.web.permissions import Permission, Power
from libs.web.problems import FieldError, More, Problem
from services.reporting.console.session import COOKIE, Session, find
from services.reporting.console.words import Words, words
from services.reporting.reading.asking import LATEST, Asking

LANGUAGE_COOKIE = "qingxin_language"
SEEING: Permission = frozenset({Power.VIEW, Power.DECIDE, Power.REVIEW, Power.PROPOSE})
LAST = time.max
BAD_TIME = Said(
    "请写日期（2023-12-20）或日期和时刻（2023-12-20T18:00）。",
    "Give a date (2023-12-20) or a date and time (2023-12-20T18:00).",
)


class SignInNeeded(Exception):
    """Nobody is signed in: the browser is sent to sign in first."""


@dataclass(frozen=True)
class Visit:
    """What a page knows of its reader."""

    request: Request
    running: Running
    session: Session
    caller: SignedIn
    words: Words

    @property
    def language(self) -> Language:
        return self.words.language

    @property
    def role(self) -> str:
        return self.caller.actor.role

    @cached_property
    def as_of(self) -> datetime | None:
        """Return the time that the page is asked as known at; raises 422."""
        said = self.request.query_params.get("as_of", "").strip()
        if not said:
            return None
        self.require("AsOf")
        return moment(said)

    @property
    def asking(self) -> Asking:
        """Return who asks, and as known when."""
        return Asking(self.caller.actor, self.as_of)

    @property
    def simulated(self) -> bool:
        return self.running.settings.mode == "simulated"

    def may(self, command: str, powers: Permission = SEEING) -> bool:
        """Say whether the reader's role has one of these letters for a command."""
        return bool(permissions.may(self.role, command) & powers)

    def require(self, command: str, powers: Permission = SEEING) -> None:
        """Raise 403, naming who may."""
        permissions.require(self.caller, command, powers)

    def decides(self, commands: Sequence[str]) -> Sequence[str]:
        """Return those of the commands that the reader's role itself decides."""
        return [one for one in commands if self.may(one, frozenset({Power.DECIDE}))]

    @cached_property
    def people(self) -> Mapping[UUID, Officer]:
        """Return the organisation's officers by actor id."""
        held = self.running.officers.organisation
        issuer = self.running.settings.issuer
        officers = held.officers if held else ()
        return {ids.actor_id(issuer, one.subject): one for one in officers}

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Return the units of today."""
        held = self.running.officers.organisation
        return held.units_on(self.running.today()) if held else ()

    def unit(self, code: str | None) -> str:
        """Return a unit's name in the reader's language."""
        held = self.running.officers.organisation
        if code is None or held is None:
            return code or ""
        try:
            found = held.unit(code)
        except UnknownUnit:
            return code
        return found.name_zh if self.language == "zh" else found.name_en

    def person(self, actor_id: UUID | str) -> str:
        """Return an officer's title; of anybody else a short mask."""
        found = self.people.get(UUID(str(actor_id)))
        if found is None:
            return f"…{str(actor_id)[-6:]}"
        return found.title_zh if self.language == "zh" else found.title_en


def moment(said: str, parameter: str = "as_of") -> datetime:
    """Return the instant of a date (its last) or local time; raises 422."""
    try:
        if len(said) == len("2023-12-20"):
            at = datetime.combine(date.fromisoformat(said), LAST, SHANGHAI)
        else:
            at = datetime.fromisoformat(said)
    except ValueError:
        raise _bad_time(parameter) from None
    at = at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
    if not EARLIEST <= at <= LATEST:
        raise _bad_time(parameter)
    return at


def _bad_time(parameter: str) -> Problem:
    error = FieldError("parameter", parameter, "time-malformed", BAD_TIME)
    return Problem("invalid", BAD_TIME, more=More(errors=[error]))


def language_of(request: Request) -> Language:
    """Return the language switched to, in the address or before; Chinese else."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if asked == "en" else "zh"


def words_of(request: Request) -> Words:
    """Return the catalogue that a request is answered in."""
    return words(language_of(request))


async def visit(request: Request) -> Visit:
    """Return the visit of a signed-in browser; raises SignInNeeded."""
    running: Running = request.app.state.running
    secret = request.cookies.get(COOKIE)
    session = await find(running.pool, running.settings.door_key, secret)
    if session is None:
        raise SignInNeeded
    try:
        caller = await request.app.state.sign_in.caller(session.token)
    except Problem as problem:
        # A token that ran out asks for a new sign-in; a lost role is said.
        if problem.status_code == 401:  # noqa: PLR2004 -- the status itself
            raise SignInNeeded from None
        raise
    if isinstance(caller, Worker):
        raise SignInNeeded
    return Visit(request, running, session, caller, words_of(request))


Visiting = Annotated[Visit, Depends(visit)]
