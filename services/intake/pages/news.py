"""News: where they go, shown and chosen anew by who opened the receipt's code.

The contact of before is not shown, not even masked: who found a receipt learns none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from fastapi import Request

from libs import ids
from libs.telemetry.traceparent import current_traceparent
from libs.web import permissions
from libs.web.callers import Worker
from libs.web.field_errors import accepted
from libs.web.idempotency import Repeatable, command_id, request_hmac
from libs.web.problems import Problem
from services.intake import notice
from services.intake.clue import Clue
from services.intake.pages.page import language_of, words_of
from services.intake.routes.choosing import choose_anew
from services.intake.said import NotificationSaid
from services.intake.window import Window

WAYS = ("sms", "email", "none")
UNPROCESSABLE = 422


@dataclass(frozen=True)
class Tried:
    """A choice that cannot be right: what was typed, and what is wrong, by field."""

    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    troubles: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """Return the page's status."""
        return UNPROCESSABLE if self.troubles else 200


UNTRIED = Tried()


async def news(
    window: Window, held: Clue, claim_id: UUID | None, tried: Tried
) -> Mapping[str, Any] | None:
    """Return how the author is told now, for the form; None: nobody chooses here."""
    if claim_id is not None or held.mode == "anonymous" or not held.heard:
        return None
    (chosen,) = await window.folded([(notice.KIND, held.heard[0])])
    way = chosen.channel if chosen else "none"
    return {
        "way": way,
        "ways": WAYS,
        "typed": {"notify": way, "phone": "", "email": "", **tried.typed},
        "troubles": tried.troubles,
    }


async def take_choice(
    window: Window,
    request: Request,
    whose: tuple[Worker, UUID],
    fields: Mapping[str, str],
) -> str | Tried:
    """Choose once; return what the page says then, or the form with what is wrong.

    Raises 404 for a form that our pages did not make.
    """
    worker, clue_id = whose
    typed = {
        name: fields.get(name, "").strip() for name in ("notify", "phone", "email")
    }
    if typed["notify"] not in WAYS:
        raise Problem("not-found")
    permissions.require(worker, "ChooseNotification")
    wanted = {"sms": ("phone",), "email": ("email",)}.get(typed["notify"], ())
    said = {name: typed[name] for name in wanted if typed[name]}
    said |= {"notify": typed["notify"], "language": language_of(request)}
    try:
        choice = accepted(NotificationSaid, said)
        act = _act(request, worker, choice, fields.get("key", ""))
        done = await choose_anew(window, act, clue_id, choice)
    except Problem as problem:
        if problem.status_code != UNPROCESSABLE or not problem.more.errors:
            raise
        return Tried(typed, _troubles(problem, request))
    if done.repeated and not await _stands(window, clue_id, act.command_id, choice):
        return "changed"
    return "chosen_none" if choice.notify == "none" else "chosen"


def _act(
    request: Request, worker: Worker, choice: NotificationSaid, key: str
) -> Repeatable:
    """Return the act: each choice of a page is one of its own, sent twice it is one."""
    said = choice.model_dump_json()
    try:
        own = str(uuid5(UUID(key), said))
    except ValueError:
        raise Problem("not-found") from None
    line = ("POST", request.url.path)
    mac = request_hmac(request.app.state.request_key, line, said.encode())
    this = command_id(worker.actor.id, own)
    return Repeatable(this, mac, worker.actor, current_traceparent())


def _troubles(problem: Problem, request: Request) -> Mapping[str, str]:
    language, own = language_of(request), words_of(request)
    return {
        error.where.removeprefix("/"): own("news.mailbox_wrong")
        if error.code == "string-pattern-mismatch"
        else error.detail.to(language)
        for error in problem.more.errors
    }


async def _stands(
    window: Window, clue_id: UUID, act: UUID, choice: NotificationSaid
) -> bool:
    """Say whether a choice that was made before is still the last one."""
    (chosen,) = await window.folded([(notice.KIND, ids.case_id(clue_id))])
    if choice.notify == "none":
        return chosen is None
    return chosen is not None and chosen.contact == act
