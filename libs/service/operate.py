"""What an operator's tools ask of a service: its clock, ticks, drains and timers.

A simulated deployment's time is moved by closing every door, bringing every journal
onto Kafka and into every consumer, setting the clock, and opening again.
"""

import asyncio
from datetime import datetime
from time import monotonic
from typing import Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.events.reactions import findings
from libs.events.stream.progress import Progress
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.permissions import Power

SEEING: permissions.Permission = frozenset({Power.VIEW, Power.DECIDE})

HEARD_SECONDS = 20.0
LOOK_SECONDS = 0.002


class Moved(BaseModel):
    """Where the clock goes."""

    model_config = ConfigDict(extra="forbid")

    to: AwareDatetime


class Passed(BaseModel):
    """Progresses that every consumer of the service is to have passed."""

    model_config = ConfigDict(extra="forbid")

    progresses: list[dict[str, Any]]


def operator_routes(running: Running) -> APIRouter:
    """Return /operator/…: for operators alone, open while the door is closed."""
    router = APIRouter(prefix="/operator", tags=["operator"])
    _door(router, running)
    _time(router, running)
    _sight(router, running)
    return router


def _may_move(caller: SignedIn) -> None:
    permissions.require(caller, "AdvanceClock")


def _door(router: APIRouter, running: Running) -> None:
    @router.post("/door/closing")
    async def close(caller: OfficerCaller) -> dict[str, bool]:
        """Turn acts away and wait until none is under way."""
        _may_move(caller)
        running.door.close()
        await running.door.drained()
        return {"closed": True}

    @router.post("/door/opening")
    async def open_(caller: OfficerCaller) -> dict[str, bool]:
        """Let acts in again."""
        _may_move(caller)
        running.door.open()
        return {"closed": False}


def _time(router: APIRouter, running: Running) -> None:
    @router.post("/tick")
    async def tick(caller: OfficerCaller) -> dict[str, Any]:
        """Bring the journal onto Kafka up to its head, and say how far that is."""
        _may_move(caller)
        return _shown(await running.relay.force_tick())

    @router.post("/drain")
    async def drain(passed: Passed, caller: OfficerCaller) -> dict[str, bool]:
        """Wait until every consumer has passed these progresses."""
        _may_move(caller)
        wanted = [_read(one) for one in passed.progresses]
        done = [
            await subscription.drained(progress)
            for subscription in running.subscriptions.values()
            for progress in wanted
        ]
        heard = [await _heard(running, progress) for progress in wanted]
        return {"drained": all(done) and all(heard)}

    @router.post("/clock")
    async def move(moved: Moved, caller: OfficerCaller) -> dict[str, datetime]:
        """Set a simulated deployment's time in this journal."""
        _may_move(caller)
        await running.desk.log.journal.advance_clock(moved.to)
        return {"now": await running.now()}

    @router.post("/timers")
    async def timers(caller: OfficerCaller) -> dict[str, int]:
        """Do what is due now, as the timers would."""
        _may_move(caller)
        return {"done": sum([await timer(running) for timer in running.timers])}


async def _heard(running: Running, progress: Progress) -> bool:
    """Wait until the watermarks know a progress; False when the time is up."""
    until = monotonic() + HEARD_SECONDS
    while monotonic() < until:
        latest = running.watermarks.latest(progress.service)
        if latest is not None and latest.at >= progress.at:
            return True
        await asyncio.sleep(LOOK_SECONDS)
    return False


def _sight(router: APIRouter, running: Running) -> None:
    @router.get("/state")
    async def state(caller: OfficerCaller) -> dict[str, Any]:
        """How far the service is: head, lags, issues, findings."""
        permissions.require(caller, "ReadHealth", SEEING)
        head = await running.desk.log.journal.head()
        return {
            "service": running.desk.service,
            "now": await running.now(),
            "head": {"seq": head.seq, "recorded_at": head.recorded_at},
            "lag": {
                f"{name}:{topic}": {"events": lag.events, "seconds": lag.seconds}
                for name, subscription in running.subscriptions.items()
                for topic, lag in subscription.lag().items()
            },
            "issues": [str(issue) for issue in _issues(running)],
            "findings": [
                {
                    "reaction": found.reaction,
                    "event_id": str(found.event_id),
                    "code": found.code,
                }
                for found in await findings(running.desk.log.journal)
            ],
        }


def _issues(running: Running) -> list[object]:
    found: list[object] = [*running.relay.issues()]
    for subscription in running.subscriptions.values():
        found += subscription.issues()
    return found


def _shown(progress: Progress) -> dict[str, Any]:
    return {
        "service": progress.service,
        "seq": progress.seq,
        "at": progress.at,
        "topic": progress.topic,
        "indexes": list(progress.indexes),
    }


def _read(said: dict[str, Any]) -> Progress:
    return Progress(
        said["service"],
        said["seq"],
        datetime.fromisoformat(said["at"]),
        said["topic"],
        tuple(said["indexes"]),
    )
