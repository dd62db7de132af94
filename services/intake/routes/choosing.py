"""Choosing anew where news go: the contact into the vault, then the choice.

What no choice uses any more is destroyed at once (PIPL 47 ¶1(3)).
"""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from libs import ids
from libs.acts import Answer, answered
from libs.calendar import day_of
from libs.codes import check_phone
from libs.events.decider import NotVisible
from libs.events.perform import Done
from libs.web import permissions
from libs.web.auth import KnownCaller
from libs.web.callers import Worker
from libs.web.idempotency import Creation, Repeatable
from libs.web.languages import Said as Words
from services.intake import notice
from services.intake.checking import Checked
from services.intake.choosing import ChooseNotification, FollowChoice, allow
from services.intake.notice import MESSAGE
from services.intake.said import NotificationSaid
from services.intake.vault.contacts import FIELDS, forget_unused
from services.intake.vault.keeping import Keeping, keep
from services.intake.window import Window

ROLE = "contact"
"""By this role of its mention the vault knows what is kept for messages alone."""
QUEUED = """
SELECT right(stream, 36)::uuid AS message_id FROM journal.event
WHERE type = 'MessageQueued' AND substring(data FROM '"clue_id":"([^"]+)"') = $1
ORDER BY seq
"""
MISSING = Words(
    "请填写手机号码或电子邮箱。", "Give the telephone or the e-mail address."
)


def router(window: Window) -> APIRouter:
    """Return the route, for an officer and for who shows the receipt's code."""
    routes = APIRouter()

    @routes.post("/v1/clues/{clue_id}/notification", response_model=Answer)
    async def choose(
        clue_id: UUID, said: NotificationSaid, caller: KnownCaller, act: Creation
    ) -> JSONResponse:
        """Say anew where news go: to a number, to an e-mail address, or nowhere."""
        permissions.require(caller, "ChooseNotification")
        if isinstance(caller, Worker) and not caller.holds("clue", clue_id):
            raise NotVisible
        done = await choose_anew(window, act, clue_id, said)
        body, _ = answered(window.desk, done, notice.KIND.stream(ids.case_id(clue_id)))
        return JSONResponse(body)

    return routes


async def choose_anew(
    window: Window, act: Repeatable, clue_id: UUID, said: NotificationSaid
) -> Done:
    """Choose once; raises 404, 403, and the 422 of a contact that cannot be right."""
    held, noted = await window.clue(clue_id)
    allow(held, noted, act.actor)
    now = await window.desk.now()
    if held.reporter_id is not None and (contact := _contact(said, now)):
        owner = (held.reporter_id, clue_id)
        await _kept(window, act, owner, contact)
    waiting = await _waiting(window, clue_id)
    command = ChooseNotification(
        clue_id=clue_id,
        notify=said.notify,
        language=said.language,
        message_ids=tuple(waiting),
    )
    done = await window.desk.do(command, act.stamp(now))
    await _late(window, act.part("late"), command)
    if held.reporter_id is not None:
        await forget_unused(window.desk.log.journal, held.reporter_id)
    return done


def _contact(said: NotificationSaid, now: datetime) -> dict[str, str]:
    """Return what the vault keeps, by its field; nothing where nothing is wanted."""
    if said.notify == "none":
        return {}
    name = "phone" if said.notify == "sms" else "email"
    value = said.phone if said.notify == "sms" else said.email
    checked = Checked(day_of(now))
    if value is None:
        checked.refuse(f"/{name}", "notify-without-contact", MISSING.zh, MISSING.en)
    elif said.notify == "sms":
        value = checked.take("/phone", check_phone(value))
    checked.settle()
    return {} if value is None else {FIELDS[said.notify]: value}


async def _kept(
    window: Window, act: Repeatable, owner: tuple[UUID, UUID], fields: dict[str, str]
) -> None:
    if await window.desk.log.journal.kept(act.command_id) is not None:
        return
    author, clue_id = owner
    kept = Keeping(author, "person", act.command_id, clue_id, ROLE, fields)
    async with window.pool.acquire() as connection:
        await keep(connection, window.keys, [kept])


async def _waiting(window: Window, clue_id: UUID) -> list[UUID]:
    """Return the clue's messages that nobody was told yet, by the log itself."""
    rows = await window.pool.fetch(QUEUED, str(clue_id))
    found = [UUID(int=row["message_id"].int) for row in rows]
    states = await window.folded([(MESSAGE, one) for one in found])
    return [one for one, state in zip(found, states, strict=True) if not state.ended]


async def _late(window: Window, act: Repeatable, command: ChooseNotification) -> None:
    """Let what was queued while the choice was made follow it too."""
    waiting = await _waiting(window, command.clue_id)
    late = tuple(one for one in waiting if one not in command.message_ids)
    if late:
        case_id = ids.case_id(command.clue_id)
        following = FollowChoice(case_id=case_id, message_ids=late)
        await window.desk.do(following, act.stamp(await window.desk.now()))
