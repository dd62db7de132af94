"""Routes of a clue that is registered: look, screen, advise, answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs import ids
from libs.acts import Act, Answer, Asked, answered
from libs.events.contracts.parts import Code
from libs.events.decider import NotVisible
from libs.web import permissions
from libs.web.auth import KnownCaller, OfficerCaller
from libs.web.callers import SignedIn, Worker
from libs.web.etags import Expected, etag
from libs.web.field_errors import accepted
from libs.web.idempotency import Creation, Repeatable
from services.intake import clue, known
from services.intake.answering import FindReplyImpossible, SendReply
from services.intake.clue import AdviseChannel, Clue, ScreenClue
from services.intake.known import Known
from services.intake.patrols import CompletePatrol, LinkPatrol, SchedulePatrol
from services.intake.petitions import (
    HoldJointReception,
    IssuePetitionOpinion,
    RegisterPetition,
    SendPetitionNotice,
)
from services.intake.platform_clues import AcceptClue, ReceivePlatformClue
from services.intake.said import ReplyText
from services.intake.signals import (
    DismissSignal,
    LinkOpinion,
    LinkSignal,
    ReceiveSignal,
    RegisterOpinion,
)
from services.intake.vault.keeping import Keeping, keep
from services.intake.vault.reading import read
from services.intake.window import Window
from services.intake.work_orders import (
    ClassifyOrder,
    RecordCallBack,
    RedispatchOrder,
    UrgeClue,
)

CLUE = "/v1/clues/{clue_id}"


def _of_caller(asked: Asked) -> Mapping[str, Any]:
    unit = asked.caller.actor.unit
    return {"reception_id": asked.new_id("reception"), "unit": unit}


def _signal(asked: Asked) -> Mapping[str, Any]:
    said = asked.body
    named = ids.named("signal", said["source"], said["source_number"])
    return {"signal_id": named, "unit": asked.caller.actor.unit}


def _opinion(asked: Asked) -> Mapping[str, Any]:
    named = ids.named("opinion", asked.body["item_number"])
    return {"opinion_id": named, "unit": asked.caller.actor.unit}


def _plan(asked: Asked) -> Mapping[str, Any]:
    kinds = {f"{name}_kind": asked.unit_kind(asked.body[name]) for name in PLACES}
    return {"plan_id": asked.new_id("plan"), **kinds}


PLACES = ("area", "unit")
ACTS = (
    *(
        Act(f"{CLUE}/{path}", command, on=clue.KIND, subject="clue_id")
        for path, command in (
            ("screening", ScreenClue),
            ("advice", AdviseChannel),
            ("reply-impossible", FindReplyImpossible),
            ("order", ClassifyOrder),
            ("urgings", UrgeClue),
            ("redispatch", RedispatchOrder),
            ("call-backs", RecordCallBack),
            ("petition", RegisterPetition),
            ("petition-notices", SendPetitionNotice),
            ("petition-opinion", IssuePetitionOpinion),
            ("platform-receipt", ReceivePlatformClue),
            ("acceptance", AcceptClue),
        )
    ),
    Act("/v1/signals", ReceiveSignal, fills=_signal, filled=("signal_id", "unit")),
    Act("/v1/signals/{signal_id}/dismissal", DismissSignal),
    Act("/v1/signals/{signal_id}/clue", LinkSignal),
    Act("/v1/opinions", RegisterOpinion, fills=_opinion, filled=("opinion_id", "unit")),
    Act("/v1/opinions/{opinion_id}/clue", LinkOpinion),
    Act(
        "/v1/patrols",
        SchedulePatrol,
        fills=_plan,
        filled=("plan_id", "area_kind", "unit_kind"),
    ),
    Act("/v1/patrols/{patrol_id}/completion", CompletePatrol),
    Act("/v1/patrols/{patrol_id}/clue", LinkPatrol),
    Act(
        "/v1/receptions",
        HoldJointReception,
        fills=_of_caller,
        filled=("reception_id", "unit"),
    ),
)


class ReplySaid(BaseModel):
    """An answer to the clue's author; its text goes into the vault."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    form: str | None = None
    conclusion: Code
    text: ReplyText | None = None
    occurred_at: AwareDatetime | None = None


class ClueState(BaseModel):
    """A clue as it stands in the log; `unit` holds its case now."""

    clue_id: str
    case_id: str
    mode: str | None
    kind: str | None
    first_asked_unit: str | None
    unit: str | None
    matter: str | None
    verified: str | None
    closed_not_wage: bool
    answers: int
    has_contact: bool
    channel: str | None
    order_kind: str | None
    received_on: str | None
    redispatched: int
    replies: list[str] | None = None
    version: int


def router(window: Window) -> APIRouter:
    """Return the routes that need the vault beside the log."""
    routes = APIRouter()

    @routes.get(CLUE, response_model=ClueState)
    async def state(clue_id: UUID, caller: KnownCaller) -> JSONResponse:
        """Return a clue with the ETag that an act on it must name."""
        held, noted = await window.clue(clue_id)
        if isinstance(caller, Worker):
            if held.first_asked is None or not caller.holds("clue", clue_id):
                raise NotVisible
            return await _shown(window, (clue_id, held, noted), caller)
        permissions.require(caller, "ReadCases", permissions.ACT | _VIEW)
        known.visible(noted, held.first_asked, caller.actor)
        return await _shown(window, (clue_id, held, noted), caller)

    @routes.post(f"{CLUE}/reply", response_model=Answer)
    async def reply(
        clue_id: UUID,
        said: ReplySaid,
        caller: OfficerCaller,
        act: Creation,
        seen: Expected,
    ) -> JSONResponse:
        """Answer the clue's author; the text is kept in the vault alone."""
        permissions.require(caller, "SendReply")
        fields = {**said.model_dump(exclude={"text"}), "clue_id": clue_id}
        command = accepted(SendReply, fields)
        stream = clue.KIND.stream(clue_id)
        if said.text is not None:
            await _keep_reply(window, command, act, said.text)
        stamp = act.stamp(await window.desk.now())
        if_match = seen.on(stream)
        done = await window.desk.do(command, stamp, if_match)
        body, version = answered(window.desk, done, stream, if_match[1])
        return JSONResponse(body, headers={"ETag": etag(version)})

    return routes


_VIEW = frozenset({permissions.Power.VIEW})


async def _keep_reply(
    window: Window, command: SendReply, act: Repeatable, text: str
) -> None:
    if await window.desk.log.journal.kept(act.command_id) is not None:
        return
    held, _ = await window.clue(command.clue_id)
    if held.reporter_id is None:
        return
    told = Keeping(
        held.reporter_id,
        "person",
        act.command_id,
        command.clue_id,
        "reply",
        {"reply": text},
    )
    async with window.pool.acquire() as connection:
        await keep(connection, window.keys, [told])


async def _shown(
    window: Window, found: tuple[UUID, Clue, Known], caller: SignedIn | Worker
) -> JSONResponse:
    clue_id, held, noted = found
    day = held.item.received_on
    said: dict[str, Any] = {
        "clue_id": str(clue_id),
        "case_id": str(ids.case_id(clue_id)),
        "mode": held.mode,
        "kind": held.kind,
        "first_asked_unit": held.first_asked,
        "unit": noted.unit or held.first_asked,
        "matter": held.matter,
        "verified": held.verified,
        "closed_not_wage": held.closed_not_wage,
        "answers": held.answers,
        "has_contact": held.has_contact,
        "channel": held.channel,
        "order_kind": held.item.order_kind,
        "received_on": day.isoformat() if day else None,
        "redispatched": held.item.redispatched,
        "version": held.version,
    }
    if isinstance(caller, Worker):
        said["replies"] = await replies(window, clue_id, held)
    headers = {"ETag": etag(held.version), "Cache-Control": "no-store"}
    return JSONResponse(said, headers=headers)


async def replies(window: Window, clue_id: UUID, held: Clue) -> list[str]:
    """Return what the author was answered in this clue: their own to read."""
    if held.reporter_id is None:
        return []
    async with window.pool.acquire() as connection:
        author = [held.reporter_id]
        found = await read(connection, window.keys, author, ["reply"], secret=True)
    return [
        said.value
        for holding in found
        for said in holding.fields.get("reply", ())
        if said.clue_id == clue_id
    ]
