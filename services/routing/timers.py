"""Timers: an amended calendar moves what runs; what is over is missed, and climbs.

It is missed, and its ladder climbed, only behind the watermark of all who could have
stopped it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter

from libs.service.parts import REACTIONS, Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from services.routing.deadline import MissDeadline
from services.routing.ladder import climb, climbs_next
from services.routing.recounting import recount, timer_stamp

STOPPING = {REACTIONS: ("intake", "routing", "enforcement")}
"""The services whose events could have stopped a clock."""
PAGE = 500
DUE = """
SELECT deadline_id, clock, due_at, version FROM running_deadline
WHERE awaited AND due_at <= $1 ORDER BY due_at, deadline_id LIMIT $2"""
NEXT = "SELECT min(due_at) FROM running_deadline WHERE awaited AND due_at > $1"


async def recompute_deadlines(running: Running) -> int:
    """Count what runs by the calendar in force; return how many were counted anew."""
    return await recount(running.desk.log.journal, await running.now())


async def miss_deadlines(running: Running) -> int:
    """Miss what is due and can't be stopped any more; return how many.

    A deadline that was missed, lifted and resumed can be missed again.
    """
    complete = await running.watermarks.completeness(running.pool, STOPPING)
    if complete is None:
        return 0
    rows = await running.pool.fetch(DUE, complete, PAGE)
    at, missed = await running.now(), 0
    for row in rows:
        due_at: datetime = row["due_at"]
        command = MissDeadline(deadline_id=row["deadline_id"], due_at=due_at)
        done = await running.desk.do(command, timer_stamp(row, "missed", at))
        missed += len(done.events)
    return missed


async def climb_ladders(running: Running) -> int:
    """Tell each rung that is reached to its addressee, once; return how many."""
    complete = await running.watermarks.completeness(running.pool, STOPPING)
    return 0 if complete is None else await climb(running, complete)


def routers(running: Running) -> Sequence[APIRouter]:
    """Return what the clock's coordinator asks: when something is due next."""
    router = APIRouter(prefix="/operator", tags=["operator"])

    @router.get("/next-due")
    async def next_due(after: datetime, caller: OfficerCaller) -> dict[str, Any]:
        """Return the next instant at which a deadline is due, or a rung is reached."""
        permissions.require(caller, "AdvanceClock")
        due = await running.pool.fetchval(NEXT, after)
        rung = await climbs_next(running, after)
        return {"next": min((at for at in (due, rung) if at), default=None)}

    return [router]
