"""Timers: deadlines are missed behind the watermark of all who could stop them."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from fastapi import APIRouter

from libs import ids
from libs.events.command import Stamp
from libs.events.event import Source
from libs.events.reactions import system_actor
from libs.service.parts import REACTIONS, Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from services.routing.deadline import MissDeadline

STOPPERS = ("intake", "routing", "enforcement")
"""The services whose events could have stopped a clock."""
PAGE = 500
DUE = """
SELECT deadline_id, clock, due_at, version FROM running_deadline
WHERE awaited AND due_at <= $1 ORDER BY due_at, deadline_id LIMIT $2"""
NEXT = "SELECT min(due_at) FROM running_deadline WHERE awaited AND due_at > $1"


async def miss_deadlines(running: Running) -> int:
    """Miss what is due and can't be stopped any more; return how many."""
    complete = await running.watermarks.completeness(running.pool, REACTIONS, STOPPERS)
    if complete is None:
        return 0
    rows = await running.pool.fetch(DUE, complete, PAGE)
    for row in rows:
        due_at: datetime = row["due_at"]
        command = MissDeadline(deadline_id=row["deadline_id"], due_at=due_at)
        await running.desk.do(command, await _stamp(running, row))
    return len(rows)


async def _stamp(running: Running, row: Any) -> Stamp:
    """Return a timer's stamp: the same for the same version of a deadline, for ever.

    A deadline that was missed, lifted and resumed can be missed again.
    """
    version = row["version"]
    command_id = ids.timer_command_id(
        row["clock"], row["deadline_id"], version, "missed"
    )
    return Stamp(
        command_id=command_id,
        request_hmac=sha256(command_id.bytes).digest(),
        actor=system_actor("routing"),
        at=await running.now(),
        source=Source.TIMER,
    )


def routers(running: Running) -> Sequence[APIRouter]:
    """Return what the clock's coordinator asks: when something is due next."""
    router = APIRouter(prefix="/operator", tags=["operator"])

    @router.get("/next-due")
    async def next_due(after: datetime, caller: OfficerCaller) -> dict[str, Any]:
        """Return the next instant at which a running deadline is due."""
        permissions.require(caller, "AdvanceClock")
        return {"next": await running.pool.fetchval(NEXT, after)}

    return [router]
