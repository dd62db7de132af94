"""What an operator mends over HTTP: parked events of this service, and its rebuilds."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from libs.acts import Answer, answered
from libs.events.contracts.parts import Code
from libs.events.stream import parked
from libs.events.views import build
from libs.service.dropping import DropParked, Reason
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.idempotency import Creation
from libs.web.permissions import Power
from libs.web.problems import Problem

SEEING: permissions.Permission = frozenset({Power.VIEW, Power.DECIDE})
MOST = 1000
BUILDS = """
SELECT name, version, as_of, schema, state, done, total, rate, checksum, started_at,
       updated_at
FROM public.view_build ORDER BY id DESC LIMIT 50"""

Consumer = Annotated[Code, Path(description="Such as claim_v1 or reactions.")]


class Retried(BaseModel):
    """What is to be tried again: everything, a consumer's, or one stream's."""

    model_config = ConfigDict(extra="forbid")

    consumer: Code | None = None
    stream: Annotated[str, Field(max_length=100)] | None = None


class Given(BaseModel):
    """Why a parked event is given up."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: Reason


def mending_routes(running: Running) -> APIRouter:
    """Return the routes for parked events and rebuilds, below /operator."""
    router = APIRouter()
    _looking(router, running)
    _mending(router, running)
    _rebuilds(router, running)
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
        try:
            found = await parked.show(running.pool, consumer, event_id)
        except parked.NotParked:
            raise Problem("not-found") from None
        return _shown(running, found)


def _mending(router: APIRouter, running: Running) -> None:
    @router.post("/parked/retry")
    async def retry(wanted: Retried, caller: OfficerCaller) -> dict[str, int]:
        """Have parked events tried again, each stream in its order."""
        permissions.require(caller, "HandleParked")
        asked = await parked.retry(running.pool, wanted.consumer, wanted.stream)
        return {"asked": asked}

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
        command = DropParked(consumer=consumer, event_id=event_id, reason=given.reason)
        return JSONResponse(await _dropped(running, command, act))


async def _dropped(
    running: Running, command: DropParked, act: Creation
) -> dict[str, Any]:
    """Record the drop, then take the event away; a retry ends what was begun.

    The row is held meanwhile, so that nobody applies what the log calls dropped.
    """
    consumer, event_id = command.consumer, command.event_id
    journal = running.desk.log.journal
    async with running.pool.acquire() as connection, connection.transaction():
        is_parked = await parked.hold(connection, consumer, event_id)
        if not is_parked and await journal.kept(act.command_id) is None:
            raise Problem("not-found")
        stamp = act.stamp(await running.now())
        said, _ = answered(running.desk, await running.desk.do(command, stamp), None)
        if is_parked:
            await parked.drop(connection, consumer, event_id)
    return said


def _rebuilds(router: APIRouter, running: Running) -> None:
    @router.get("/rebuilds")
    async def rebuilds(caller: OfficerCaller) -> dict[str, Any]:
        """Show rebuilds of read models, under way and done, the latest first."""
        permissions.require(caller, "ReadHealth", SEEING)
        rows = await running.pool.fetch(BUILDS)
        return {"rebuilds": [dict(row) for row in rows]}

    @router.post("/rebuilds/{name}/cancellation")
    async def cancel(name: Consumer, caller: OfficerCaller) -> dict[str, bool]:
        """Stop a rebuild; begun again, it goes on where it stopped."""
        permissions.require(caller, "RebuildView")
        return {"cancelled": await build.cancel(running.pool, name)}


def _shown(running: Running, one: parked.Parked) -> dict[str, Any]:
    return {**asdict(one), "consumed_by": running.desk.service}
