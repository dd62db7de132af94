"""What an operator has done again over HTTP: records sent, read models made."""

from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, Any

import asyncpg
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.acts import Answer
from libs.events.stream import resending
from libs.events.stream.resending import Resend, Wanted
from libs.events.views import build
from libs.events.views.runner import consumer_name
from libs.service.mending import SEEING, Consumer, Counted, is_kept, ordered
from libs.service.ordering import OrderRebuild, OrderResend
from libs.service.pacing import Looks, Pace
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
ASIDE = Said(
    "按过去某一时刻重建，请在服务器上运行 qingxin rebuild --as-of。",
    "A rebuild as of a time: run `qingxin rebuild --as-of` on the server.",
)

Place = Annotated[int, Field(ge=0, le=2**31 - 1)]
Index = Annotated[int, Field(ge=0, le=2**63 - 1)]
PerSecond = Annotated[int, Field(ge=1, le=100_000, description="Records a second.")]


class Again(BaseModel):
    """Which records are to be sent again, and how fast.

    `count` is what the dry run showed; what has come since is sent again, too.
    """

    model_config = ConfigDict(extra="forbid")

    partition: Place
    from_index: Index
    count: Counted
    per_second: PerSecond = 2000


class Anew(BaseModel):
    """A rebuild's dry run said so many records; `here`: this service does the work.

    `as_of`: made aside as known then, which is done elsewhere only.
    """

    model_config = ConfigDict(extra="forbid")

    count: Counted
    here: bool = True
    as_of: AwareDatetime | None = None


def redoing_routes(running: Running, pace: Pace) -> APIRouter:
    """Return the routes for resends and rebuilds, below /operator."""
    router = APIRouter()
    looks = Looks()
    _resends(router, running)
    _resending(router, running, pace, looks)
    _builds(router, running, pace)
    _rebuilding(router, running, pace, looks)
    return router


def _resends(router: APIRouter, running: Running) -> None:
    @router.get("/resends")
    async def listed(caller: OfficerCaller) -> dict[str, Any]:
        """Show what was ordered to be sent again, and how far it is."""
        permissions.require(caller, "ResendRecords", SEEING)
        rows = await resending.listed(running.pool)
        return {"resends": [dict(row) for row in rows]}


def _resending(router: APIRouter, running: Running, pace: Pace, looks: Looks) -> None:
    topic = running.topics.events(running.desk.service)

    async def counted(partition: int, from_index: int) -> tuple[str, int]:
        """Return what a look at this is about, and the count of now."""
        now = await resending.count(running.pool, topic, partition, from_index)
        return f"resend {partition} {from_index}", now

    @router.get("/resend")
    async def dry_run(
        partition: Place, from_index: Index, caller: OfficerCaller
    ) -> dict[str, int]:
        """Count what would be sent again."""
        permissions.require(caller, "ResendRecords", SEEING)
        return {"count": looks.show(caller, *await counted(partition, from_index))}

    @router.post("/resend", response_model=Answer)
    async def resend(
        wanted: Again, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Have the relay's leader send a partition again from an index."""
        permissions.require(caller, "ResendRecords")
        pace.count(caller)
        about, now = await counted(wanted.partition, wanted.from_index)
        if not await is_kept(running, act):
            looks.confirmed(caller, about, wanted.count, now)
        order = OrderResend(
            order_id=act.command_id,
            partition=wanted.partition,
            from_index=wanted.from_index,
            records=now,
        )
        said = await ordered(running, act, order)
        again = Resend(act.command_id, _pieces(wanted))
        await resending.order(running.pool, topic, again, said["records"])
        return JSONResponse(said)


def _pieces(wanted: Again) -> Wanted:
    return Wanted(wanted.partition, wanted.from_index, wanted.per_second)


def _builds(router: APIRouter, running: Running, pace: Pace) -> None:
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
        pace.count(caller)
        return {"cancelled": await build.cancel(running.pool, name)}


def _rebuilding(router: APIRouter, running: Running, pace: Pace, looks: Looks) -> None:
    @router.get("/rebuilds/{name}")
    async def dry_run(name: Consumer, caller: OfficerCaller) -> dict[str, int]:
        """Count the records that a rebuild of this view would read again."""
        permissions.require(caller, "RebuildView", SEEING)
        now = await _applied(running, name)
        return {"count": looks.show(caller, f"rebuild {name}", now)}

    @router.post("/rebuilds/{name}", response_model=Answer)
    async def begin(
        name: Consumer, wanted: Anew, caller: OfficerCaller, act: Creation
    ) -> JSONResponse:
        """Make a view anew beside the live one, compare, and switch."""
        permissions.require(caller, "RebuildView")
        pace.count(caller)
        now = await _applied(running, name)
        if not await is_kept(running, act):
            _hold_able(running, wanted)
            looks.confirmed(caller, f"rebuild {name}", wanted.count, now)
        at = wanted.as_of and wanted.as_of.astimezone(UTC)
        order = OrderRebuild(order_id=act.command_id, view=name, records=now, as_of=at)
        said = await ordered(running, act, order)
        if wanted.here and not said["repeated"]:
            await running.rebuilder.begin(name)
        return JSONResponse(said)


def _hold_able(running: Running, wanted: Anew) -> None:
    """Raise 409 for work that this process is to do, and cannot now."""
    if not wanted.here:
        return
    if wanted.as_of is not None:
        raise Problem("conflict", ASIDE)
    if running.settings.owner_database is None:
        raise Problem("conflict", NO_OWNER)
    if running.rebuilder.busy:
        raise Problem("conflict", BUSY)


async def _applied(running: Running, name: str) -> int:
    found = {one.name: one for one in running.views}.get(name)
    if found is None:
        raise Problem("not-found")
    applied: int = await running.pool.fetchval(APPLIED, consumer_name(found))
    return applied
