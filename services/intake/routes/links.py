"""Routes of a clue's links: what it repeats, confirmed, found apart, un-linked."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.acts import Act, Answer, answered
from libs.events.command import Command
from libs.events.contracts.intake import ComplaintReceived, ReportReceived
from libs.events.contracts.parts import WorkerLine
from libs.ids import case_id as case_of
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.etags import Expected, Seen, etag
from libs.web.field_errors import accepted
from libs.web.idempotency import Creation, Repeatable
from libs.web.permissions import Power
from services.intake import clue, duplicates, known
from services.intake.duplicates import (
    Advice,
    FindDistinct,
    LinkDuplicate,
    UnlinkDuplicate,
    WorkerPair,
)
from services.intake.likeness.index import profiles
from services.intake.likeness.score import advice
from services.intake.likeness.weights import weights
from services.intake.vault.same_person import phones_of, same_workers
from services.intake.window import Window

CLUE = "/v1/clues/{clue_id}"
SEEING = permissions.ACT | {Power.VIEW}
ACTS = (
    Act(f"{CLUE}/unlinking", UnlinkDuplicate, on=duplicates.KIND, subject="clue_id"),
)


class LinkSaid(BaseModel):
    """Which clue it repeats; without `workers` those with one ID or telephone."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    of_clue_id: UUID
    workers: Annotated[tuple[WorkerPair, ...], Field(max_length=2000)] | None = None
    occurred_at: AwareDatetime | None = None


class DistinctSaid(BaseModel):
    """From which clue it was found apart."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    of_clue_id: UUID
    occurred_at: AwareDatetime | None = None


class LinksState(BaseModel):
    """A clue's links as they stand: what it repeats, and what repeats it."""

    clue_id: UUID
    case_id: UUID
    duplicate_of: UUID | None
    members: list[UUID]
    distinct: list[UUID]
    version: int


def router(window: Window) -> APIRouter:
    """Return the routes that look persons up beside the log."""
    routes = APIRouter()
    _reading(routes, window)
    _linking(routes, window)
    return routes


def _reading(routes: APIRouter, window: Window) -> None:
    @routes.get(f"{CLUE}/links", response_model=LinksState)
    async def state(clue_id: UUID, caller: OfficerCaller) -> JSONResponse:
        """Return a clue's links with the ETag that an act on them must name."""
        permissions.require(caller, "ReadCases", SEEING)
        held, noted = await window.clue(clue_id)
        known.visible(noted, held.first_asked, caller.actor)
        (links,) = await window.folded([(duplicates.KIND, clue_id)])
        said = LinksState(
            clue_id=clue_id,
            case_id=case_of(clue_id),
            duplicate_of=links.duplicate_of,
            members=sorted(links.members),
            distinct=sorted(links.distinct),
            version=links.version,
        )
        headers = {"ETag": etag(links.version)}
        return JSONResponse(said.model_dump(mode="json"), headers=headers)


def _linking(routes: APIRouter, window: Window) -> None:
    @routes.post(f"{CLUE}/duplicate", response_model=Answer)
    async def link(
        clue_id: UUID,
        said: LinkSaid,
        caller: OfficerCaller,
        act: Creation,
        seen: Expected,
    ) -> JSONResponse:
        """Confirm that the clue repeats another; their cases go on as one."""
        permissions.require(caller, "LinkDuplicate")
        await _open_to(window, caller, act, (clue_id, said.of_clue_id))
        workers = said.workers
        if workers is None:
            workers = await same_in(window, clue_id, said.of_clue_id)
        advised = await _advice(window, clue_id, said.of_clue_id)
        more = {"workers": workers, "clue_id": clue_id, "advice": advised}
        fields = said.model_dump() | more
        command = accepted(LinkDuplicate, fields)
        return await _done(window, command, act, (clue_id, seen))

    @routes.post(f"{CLUE}/distinct", response_model=Answer)
    async def distinct(
        clue_id: UUID,
        said: DistinctSaid,
        caller: OfficerCaller,
        act: Creation,
        seen: Expected,
    ) -> JSONResponse:
        """Find that two clues tell two facts: the pair is not suggested again."""
        permissions.require(caller, "LinkDuplicate")
        await _open_to(window, caller, act, (clue_id, said.of_clue_id))
        advised = await _advice(window, clue_id, said.of_clue_id)
        fields = said.model_dump() | {"clue_id": clue_id, "advice": advised}
        command = accepted(FindDistinct, fields)
        return await _done(window, command, act, (clue_id, seen))


async def _open_to(
    window: Window, caller: SignedIn, act: Repeatable, pair: tuple[UUID, UUID]
) -> None:
    """Raise what the rule would, before the pair is compared for one who may not."""
    if await window.desk.log.journal.kept(act.command_id) is not None:
        return
    held, noted = await window.clue(pair[0])
    known.holding(noted, held.first_asked, caller.actor, duplicates.FOR_ANY)
    held, noted = await window.clue(pair[1])
    known.visible(noted, held.first_asked, caller.actor)


async def _done(
    window: Window, command: Command, act: Repeatable, on: tuple[UUID, Seen]
) -> JSONResponse:
    stream = duplicates.KIND.stream(on[0])
    if_match = on[1].on(stream)
    stamp = act.stamp(await window.desk.now())
    done = await window.desk.do(command, stamp, if_match)
    body, version = answered(window.desk, done, stream, if_match[1])
    return JSONResponse(body, headers={"ETag": etag(version)})


async def _advice(window: Window, clue_id: UUID, other_id: UUID) -> Advice | None:
    """Return what the weights say of the pair: it stands in what is decided on it."""
    async with window.pool.acquire() as connection:
        held = await profiles(connection, [clue_id, other_id])
    if clue_id not in held or other_id not in held:
        return None
    return advice(held[clue_id], held[other_id], weights())


async def same_in(
    window: Window, clue_id: UUID, other_id: UUID
) -> tuple[WorkerPair, ...]:
    """Return which workers of two clues are one person, with the same months."""
    own, other = await workers_of(window, [clue_id, other_id])
    async with window.pool.acquire() as connection:
        phones = await phones_of(connection, [*own, *other])
    return tuple(
        WorkerPair(ordinal=mine, of_ordinal=theirs)
        for mine, theirs in same_workers(own, other, phones)
    )


async def workers_of(
    window: Window, clue_ids: Sequence[UUID]
) -> list[Sequence[WorkerLine]]:
    """Return the workers of each clue, as it was said; none of an unknown one."""
    names = [clue.KIND.stream(one) for one in clue_ids]
    streams = await window.desk.log.journal.read_streams(names)
    return [_workers(record.fact() for record in streams[name]) for name in names]


def _workers(facts: Any) -> Sequence[WorkerLine]:
    return next(
        (f.workers for f in facts if isinstance(f, ComplaintReceived | ReportReceived)),
        (),
    )
