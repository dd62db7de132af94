"""What an operator's tools ask of a service: its clock, ticks, drains and timers.

A simulated deployment's time is moved by closing every door, bringing every journal
onto Kafka and into every consumer, setting the clock, and opening again.
"""

from datetime import datetime
from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.events.reactions import findings
from libs.events.stream.progress import Progress
from libs.service.mending import mending_routes
from libs.service.pacing import Pace
from libs.service.parts import Running
from libs.service.redoing import redoing_routes
from libs.service.refilling import refilling_routes
from libs.service.sealing import sealing_routes
from libs.service.vitals import issues, lags
from libs.service.watching import Watching, watching_routes
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.permissions import Power

SEEING: permissions.Permission = frozenset({Power.VIEW, Power.DECIDE})


class Moved(BaseModel):
    """Where the clock goes."""

    model_config = ConfigDict(extra="forbid")

    to: AwareDatetime


class Opened(BaseModel):
    """For how many seconds timers are held while the door is open again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timers_held_s: Annotated[int, Field(ge=0, le=600)] = 0


class Passed(BaseModel):
    """Progresses that every consumer of the service is to have passed.

    `told`: they stand on the progress topic, and the service is to have heard them.
    """

    model_config = ConfigDict(extra="forbid")

    progresses: list[dict[str, Any]]
    told: bool = True


def operator_routes(running: Running, watching: Watching) -> APIRouter:
    """Return /operator/…: for operators alone, open while the door is closed."""
    router = APIRouter(prefix="/operator", tags=["operator"])
    _door(router, running)
    _time(router, running)
    _sight(router, running)
    pace = Pace()
    router.include_router(mending_routes(running, pace))
    router.include_router(redoing_routes(running, pace))
    router.include_router(refilling_routes(running, pace))
    router.include_router(watching_routes(running, watching))
    router.include_router(sealing_routes(running))
    return router


def _may_move(caller: SignedIn) -> None:
    permissions.require(caller, "AdvanceClock")


def _door(router: APIRouter, running: Running) -> None:
    @router.post("/door/closing")
    async def close(caller: OfficerCaller) -> dict[str, Any]:
        """Turn acts away, wait until none is under way; say how far the log is then."""
        _may_move(caller)
        running.door.close()
        await running.door.drained()
        standing = await _standing(running)
        return {**standing, **_shown(await running.relay.caught_up())}

    @router.post("/door/opening")
    async def open_(
        caller: OfficerCaller, held: Opened | None = None
    ) -> dict[str, Any]:
        """Let acts in again; timers may be held, so that the clock's moves fire them.

        Within a replayed day a timer would see as much of it as chance had it.
        """
        _may_move(caller)
        seconds = held.timers_held_s if held else 0
        running.timers_held_until = monotonic() + seconds
        running.door.open()
        return await _standing(running)


async def _standing(running: Running) -> dict[str, Any]:
    return {
        "closed": running.door.closed,
        "now": await running.now(),
        "timers": len(running.timers),
    }


def _time(router: APIRouter, running: Running) -> None:
    @router.post("/tick")
    async def tick(caller: OfficerCaller) -> dict[str, Any]:
        """Bring the journal onto Kafka up to its head, and say how far that is."""
        _may_move(caller)
        return _shown(await running.relay.force_tick())

    @router.post("/drain")
    async def drain(passed: Passed, caller: OfficerCaller) -> dict[str, Any]:
        """Wait until every consumer has passed these; say how far the log is then."""
        _may_move(caller)
        wanted = [_read(one) for one in passed.progresses]
        done = [
            await subscription.drained(progress)
            for subscription in running.subscriptions.values()
            for progress in wanted
        ]
        if passed.told:
            done += [await running.watermarks.heard(progress) for progress in wanted]
        return {"drained": all(done), **_shown(await running.relay.caught_up())}

    @router.post("/clock")
    async def move(moved: Moved, caller: OfficerCaller) -> dict[str, Any]:
        """Set a simulated deployment's time in this journal, and say so on Kafka."""
        _may_move(caller)
        await running.desk.log.journal.advance_clock(moved.to)
        told = await running.relay.force_tick()
        return {"now": await running.now(), **_shown(told)}

    @router.post("/timers")
    async def timers(caller: OfficerCaller) -> dict[str, int]:
        """Do what is due now, as the timers would, the last of them first.

        Those that look at many facts come last in a service's list: here they see them
        at rest, before what the others do is on its way.
        """
        _may_move(caller)
        last_first = reversed(running.timers)
        return {"done": sum([await timer(running) for timer in last_first])}


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
                name: {"events": lag.events, "seconds": lag.seconds}
                for name, lag in (await lags(running)).items()
            },
            "issues": [str(issue) for issue in issues(running)],
            "findings": [
                {
                    "reaction": found.reaction,
                    "event_id": str(found.event_id),
                    "code": found.code,
                }
                for found in await findings(running.desk.log.journal)
            ],
        }


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
