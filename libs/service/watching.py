"""Watching: a service holds its own numbers against the alarms, and tells them."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter

from libs.service import vitals
from libs.service.alarms import Raised, Watch, alarms
from libs.service.parts import Running
from libs.telemetry import instruments
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.permissions import Power

SEEING: permissions.Permission = frozenset({Power.VIEW, Power.DECIDE})
EVERY_SECONDS = 5.0


class Watching:
    """The alarms of a running service: looked at every five seconds, or when asked."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._watch = Watch(alarms())
        self._looked_at = float("-inf")

    async def go_round(self) -> None:
        """Look when it is time to, and set the gauges of /metrics."""
        if time.monotonic() - self._looked_at >= EVERY_SECONDS:
            await self.look()

    async def look(self) -> tuple[Mapping[str, float], Sequence[Raised]]:
        """Look now; return the numbers and what is raised."""
        self._looked_at = time.monotonic()
        found = await vitals.vitals(self._running)
        raised = self._watch.look(found, self._looked_at)
        on = {one.alarm.code for one in raised}
        instruments.watched(found, {code: code in on for code in alarms()})
        relay = await self._running.relay.lag()
        if relay is not None:
            instruments.lag("relay", events=relay.events, seconds=relay.seconds)
        return found, raised


def watching_routes(running: Running, watching: Watching) -> APIRouter:
    """Return /operator/alarms."""
    router = APIRouter()

    @router.get("/alarms")
    async def listed(caller: OfficerCaller) -> dict[str, Any]:
        """Show the alarms that are on, every number, and every lag."""
        permissions.require(caller, "ReadHealth", SEEING)
        found, raised = await watching.look()
        behind = await vitals.lags(running)
        return {
            "service": running.desk.service,
            "alarms": [one.to_json() for one in raised],
            "vitals": dict(found),
            "lags": {
                name: {"events": lag.events, "seconds": lag.seconds}
                for name, lag in behind.items()
            },
        }

    return router
