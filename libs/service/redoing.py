"""What an operator has done again over HTTP: records sent, read models made."""

from collections.abc import Sequence
from typing import Annotated, Any

import asyncpg
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from libs.acts import Answer
from libs.events.stream import resending
from libs.events.stream.resending import Resend, Wanted
from libs.events.views import build
from libs.events.views.runner import consumer_name
from libs.service.mending import SEEING, Consumer, Counted, once, ordered
from libs.service.ordering import OrderRebuild, OrderResend
from libs.service.pacing import Pace
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.idempotency import Creation
from libs.web.languages import Said
from libs.web.problems import Problem

BUILDS = """
SELECT name, version, as_of, schema, state, done, total, rate, checksum, started_at,
       updated_at
FROM public.view_build ORDER BY id DESC LIMIT 50"""
APPLIED = """
SELECT coalesce(sum(idx + 1), 0)::bigint FROM position WHERE consumer = $1"""
NO_OWNER = Said(
    "本进程无权建表：请在服务器上运行 qingxin rebuild。",
    "This process may not make tables: run `qingxin rebuild` on the server.",
)
BUSY = Said(
    "本服务已有一个重建在进行，请等待或先停止它。",
    "A rebuild of this service is under way: wait for it, or stop it.",
)

Place = Annotated[int, Field(ge=0, le=2**31 - 1)]
Index = Annotated[int, Field(ge=0, le=2**63 - 1)]
PerSecond = Annotated[int, Field(ge=1, le=100_000, description="Records a second.")]


class Again(BaseModel):
    """Which records are to be sent again, and how fast."""

    model_config = ConfigDict(extra="forbid")

    partition: Place
    from_index: Index
    count: Counted
    per_second: PerSecond = 2000


class Anew(BaseModel):
    """A rebuild's dry run said so many records; `here`: this service does the work."""

    model_config = ConfigDict(extra="forbid")

    count: Counted
    here: bool = True


def redoing_routes(running: Running, pace: Pace) -> APIRouter:
    """Return the routes for resends and rebuilds, below /operator."""
    router = APIRouter()
    _resends(router, running, pace)
    _builds(router, running)
    _rebuilding(router, running, pace)
    return router


def _resends(router: APIRouter, running: Running, pace: Pace) -> None:
    topic = running.topics.events(running.desk.service)

    @router.get("/resends")
    async def listed(caller: OfficerCaller) -> dict[str, Any]:
        """Show what was ordered to be sent again, and how far it is."""
        permissions.require(caller, "ResendRecords", SEEING)
        rows = await resending.listed(running.pool)
        return {"resends": [dict(row) for row in rows]}

    @router.get("/resend")
    async def dry_run(
        partition: Place, from_index: Index, caller: OfficerCaller
    ) -> dict[str, int]:
        """Count what would be sent again."""
        permissions.require(caller, "ResendRecords", SEEING)
        place = (topic, partition, from_index)
        return {"count": await resending.count(running.pool, *place)}

    @router.post("/resend", response_model=Answer)
    async def resend(
        wanted: Again, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Have the relay's leader send a partition again from an index."""
        permissions.require(caller, "ResendRecords")
        pace.count(caller)
        place = (topic, wanted.partition, wanted.from_index)
        now = await resending.count(running.pool, *place)
        # A busy partition grows between the look and the order: that is no surprise.
        await once(running, act, wanted.count, min(now, wanted.count))
        order = OrderResend(
            order_id=act.command_id,
            partition=wanted.partition,
            from_index=wanted.from_index,
            records=wanted.count,
        )
        said = await ordered(running, act, order)
        again = Resend(act.command_id, _pieces(wanted))
        await resending.order(running.pool, topic, again, wanted.count)
        return JSONResponse({**said, "records": wanted.count})


def _pieces(wanted: Again) -> Wanted:
    return Wanted(wanted.partition, wanted.from_index, wanted.per_second)


def _builds(router: APIRouter, running: Running) -> None:
    @router.get("/rebuilds")
    async def rebuilds(caller: OfficerCaller) -> dict[str, Any]:
        """Show rebuilds of read models, under way and done, the latest first."""
        permissions.require(caller, "ReadHealth", SEEING)
        rows: Sequence[asyncpg.Record] = await running.pool.fetch(BUILDS)
        names = [one.name for one in running.views]
        return {"rebuilds": [dict(row) for row in rows], "views": names}

    @router.post("/rebuilds/{name}/cancellation")
    async def cancel(name: Consumer, caller: OfficerCaller) -> dict[str, bool]:
        """Stop a rebuild; begun again, it goes on where it stopped."""
        permissions.require(caller, "RebuildView")
        return {"cancelled": await build.cancel(running.pool, name)}


def _rebuilding(router: APIRouter, running: Running, pace: Pace) -> None:
    @router.get("/rebuilds/{name}")
    async def dry_run(name: Consumer, caller: OfficerCaller) -> dict[str, int]:
        """Count the records that a rebuild of this view would read again."""
        permissions.require(caller, "RebuildView", SEEING)
        return {"count": await _applied(running, name)}

    @router.post("/rebuilds/{name}", response_model=Answer)
    async def begin(
        name: Consumer, wanted: Anew, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Make a view anew beside the live one, compare, and switch."""
        permissions.require(caller, "RebuildView")
        pace.count(caller)
        now = await _applied(running, name)
        if wanted.here and running.settings.owner_database is None:
            raise Problem("conflict", NO_OWNER)
        if wanted.here and running.rebuilder.busy:
            raise Problem("conflict", BUSY)
        await once(running, act, wanted.count, min(now, wanted.count))
        order = OrderRebuild(order_id=act.command_id, view=name, records=wanted.count)
        said = await ordered(running, act, order)
        if wanted.here and not said["repeated"]:
            await running.rebuilder.begin(name)
        return JSONResponse({**said, "records": wanted.count})


async def _applied(running: Running, name: str) -> int:
    found = {one.name: one for one in running.views}.get(name)
    if found is None:
        raise Problem("not-found")
    applied: int = await running.pool.fetchval(APPLIED, consumer_name(found))
    return applied
