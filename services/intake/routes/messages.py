"""Routes of messages: what one says and where it goes, and that it was told by hand."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from libs.acts import Act, Answer, answered
from libs.events.contracts.messages import MessageQueued
from libs.events.contracts.parts import Code
from libs.events.contracts.persons import Register
from libs.events.decider import NotVisible
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.field_errors import accepted
from libs.web.idempotency import Creation
from services.intake.opening import RIGHTS, sees_persons
from services.intake.sending.writing import written
from services.intake.telling import TellMessage
from services.intake.vault.access import ReadPersonData
from services.intake.vault.reading import clues_of
from services.intake.window import Window

ONE = "/v1/messages/{message_id}"
ACTS = (Act(f"{ONE}/telling", TellMessage),)


class TextAsked(BaseModel):
    """Why a message's text and address are read: a code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Code


class MessageText(Answer):
    """A message as it is told, and to which telephone or mailbox.

    `to` is null where the contact was erased, `text` where its version is gone.
    """

    message_id: UUID
    channel: str
    to: str | None
    subject: str | None
    text: str | None


def router(window: Window) -> APIRouter:
    """Return the route that opens the vault."""
    routes = APIRouter()

    @routes.post(f"{ONE}/text", response_model=MessageText)
    async def text(
        message_id: UUID, asked: TextAsked, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Read a message's text and address; one event says who read, and why."""
        permissions.require(caller, "TellMessage")
        found = await written(window, message_id, to=False)
        if found is None:
            raise NotVisible
        register = await _opened(window, caller, found.queued)
        channel = found.queued.channel
        said = {
            "read_id": act.part("read").command_id,
            "person_ids": (found.queued.person_id,),
            "fields": (found.contact,),
            "reason": asked.reason,
            "outlet": "page",
            "kept_in": register,
        }
        stamp = act.stamp(await window.desk.now())
        done = await window.desk.do(accepted(ReadPersonData, said), stamp)
        opened = await written(window, message_id, to=True)
        shown = {
            **answered(window.desk, done, None)[0],
            "message_id": str(message_id),
            "channel": channel,
            "to": opened.to if opened else None,
            "subject": found.subject,
            "text": found.text,
        }
        return JSONResponse(shown, headers={"Cache-Control": "no-store"})

    return routes


async def _opened(window: Window, caller: SignedIn, queued: MessageQueued) -> Register:
    """Return the register of the message's reader; raises unless it opens."""
    permissions.require(caller, RIGHTS["persons"])
    if not await sees_persons(window, caller, queued.clue_id):
        raise NotVisible
    async with window.pool.acquire() as connection:
        secret = await clues_of(connection, [queued.person_id], secret=True)
    if not secret:
        return "persons"
    if not await sees_persons(window, caller, queued.clue_id, "informants"):
        raise NotVisible
    return "informants"
