"""What an operator mends over HTTP: the events a service could not apply.

Every act has a dry run that counts; the act names that count, is paced, and is on
record in the service's log.
"""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from libs.acts import Answer, answered
from libs.events.contracts.parts import Code
from libs.events.stream import parked
from libs.service.dropping import DropParked, Reason
from libs.service.ordering import Order, OrderRetry, StreamName
from libs.service.pacing import Pace, confirmed
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.idempotency import Creation
from libs.web.permissions import Power
from libs.web.problems import Problem

SEEING: permissions.Permission = frozenset({Power.VIEW, Power.DECIDE})
MOST = 1000

Consumer = Annotated[Code, Path(description="Such as claim_v1 or reactions.")]
Counted = Annotated[int, Field(ge=0, description="The count that the dry run showed.")]


class Retried(BaseModel):
    """What is to be tried again: everything, a consumer's, or one stream's."""

    model_config = ConfigDict(extra="forbid")

    consumer: Code | None = None
    stream: StreamName | None = None
    count: Counted


class Given(BaseModel):
    """Why a parked event is given up; `count`: how many of its stream wait with it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: Reason
    count: Counted


def mending_routes(running: Running, pace: Pace) -> APIRouter:
    """Return the routes for parked events, below /operator."""
    router = APIRouter()
    _looking(router, running)
    _retrying(router, running, pace)
    _dropping(router, running, pace)
    return router


def _looking(router: APIRouter, running: Running) -> None:
    @router.get("/parked")
    async def listed(
        caller: OfficerCaller,
        consumer: Code | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
    ) -> dict[str, Any]:
        """List what this service could not apply, oldest facts first."""
        permissions.require(caller, "HandleParked", SEEING)
        found = await parked.listed(running.pool, consumer, limit)
        return {"parked": [_shown(running, one) for one in found]}

    @router.get("/parked/{consumer}/{event_id}")
    async def show(
        consumer: Consumer, event_id: UUID, caller: OfficerCaller
    ) -> dict[str, Any]:
        """Show one parked event: what it is and why it waits."""
        permissions.require(caller, "HandleParked", SEEING)
        return _shown(running, await _found(running, consumer, event_id))


def _retrying(router: APIRouter, running: Running, pace: Pace) -> None:
    @router.get("/parked/retry")
    async def dry_run(
        caller: OfficerCaller,
        consumer: Code | None = None,
        stream: StreamName | None = None,
    ) -> dict[str, int]:
        """Count what a retry would try again."""
        permissions.require(caller, "HandleParked", SEEING)
        return {"count": await parked.count(running.pool, consumer, stream)}

    @router.post("/parked/retry", response_model=Answer)
    async def retry(
        wanted: Retried, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Have parked events tried again, each stream in its order."""
        permissions.require(caller, "HandleParked")
        pace.count(caller)
        place = (wanted.consumer, wanted.stream)
        if not await is_kept(running, act):
            confirmed(wanted.count, await parked.count(running.pool, *place))
        said = await ordered(
            running,
            act,
            OrderRetry(
                order_id=act.command_id,
                consumer=wanted.consumer,
                stream=wanted.stream,
                events=wanted.count,
            ),
        )
        asked = await parked.retry(running.pool, *place)
        return JSONResponse({**said, "asked": asked})


def _dropping(router: APIRouter, running: Running, pace: Pace) -> None:
    @router.get("/parked/{consumer}/{event_id}/drop")
    async def dry_run(
        consumer: Consumer, event_id: UUID, caller: OfficerCaller
    ) -> dict[str, int]:
        """Count the events of its stream that wait, this one included."""
        permissions.require(caller, "HandleParked", SEEING)
        return {"count": await _waiting(running, consumer, event_id)}

    @router.post("/parked/{consumer}/{event_id}/drop", response_model=Answer)
    async def drop(
        consumer: Consumer,
        event_id: UUID,
        given: Given,
        caller: OfficerCaller,
        act: Creation,
    ) -> JSONResponse:
        """Give a parked event up for this consumer, and say so in the log."""
        permissions.require(caller, "HandleParked")
        pace.count(caller)
        if not await is_kept(running, act):
            confirmed(given.count, await _waiting(running, consumer, event_id))
        command = DropParked(consumer=consumer, event_id=event_id, reason=given.reason)
        return JSONResponse(await _dropped(running, command, act))


async def is_kept(running: Running, act: Creation) -> bool:
    """Say whether this act is on record: then a retry ends what was begun."""
    return await running.desk.log.journal.kept(act.command_id) is not None


async def ordered(running: Running, act: Creation, order: Order) -> dict[str, Any]:
    """Put an order on record; return its answer, with the number that is on record."""
    done = await running.desk.do(order, act.stamp(await running.now()))
    said, _ = answered(running.desk, done, None)
    numbers = done.events[0].fact().model_dump(include={"events", "records"})
    return {**said, **numbers}


async def _found(running: Running, consumer: str, event_id: UUID) -> parked.Parked:
    try:
        return await parked.show(running.pool, consumer, event_id)
    except parked.NotParked:
        raise Problem("not-found") from None


async def _waiting(running: Running, consumer: str, event_id: UUID) -> int:
    found = await _found(running, consumer, event_id)
    return await parked.count(running.pool, consumer, found.stream)


async def _dropped(
    running: Running, command: DropParked, act: Creation
) -> dict[str, Any]:
    """Record the drop, then take the event away; a retry ends what was begun.

    The row is held meanwhile, so that nobody applies what the log calls dropped.
    """
    consumer, event_id = command.consumer, command.event_id
    async with running.pool.acquire() as connection, connection.transaction():
        is_parked = await parked.hold(connection, consumer, event_id)
        if not is_parked and not await is_kept(running, act):
            raise Problem("not-found")
        stamp = act.stamp(await running.now())
        said, _ = answered(running.desk, await running.desk.do(command, stamp), None)
        if is_parked:
            await parked.drop(connection, consumer, event_id)
    return said


def _shown(running: Running, one: parked.Parked) -> dict[str, Any]:
    return {**asdict(one), "consumed_by": running.desk.service}
