"""What a service is made of, and what it works with while it runs."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter

from libs.acts import Desk
from libs.calendar import day_of
from libs.events.audit.sealer import Sealer
from libs.events.decider import Rule
from libs.events.reactions import Reaction
from libs.events.stream.relay import Relay
from libs.events.stream.subscription import Subscription
from libs.events.stream.topics import Topics
from libs.events.stream.watermark import Watermarks
from libs.events.views.view import Declared
from libs.service.feed import Parties, nobody
from libs.service.officers import OfficerTable
from libs.service.rebuilder import Rebuilder
from libs.settings import Settings
from libs.telemetry.setup import Telemetry
from libs.web.callers import Officer
from libs.web.closing import Closing
from libs.web.doors import Door

VIEWS = "views"
REACTIONS = "reactions"


Work = Callable[[], Coroutine[Any, Any, None]]
"""Goes on in the background."""


@dataclass
class Running:
    """A service at work; `last_now` is the deployment's time when it was last asked.

    `works` go on in the background from when the log is open until the end begins;
    `gauges` give numbers of the service's own, which alarms are held against. Until
    `timers_held_until` (of the monotonic clock) timers only run when they are told to.
    """

    settings: Settings
    pool: asyncpg.Pool
    desk: Desk
    relay: Relay
    topics: Topics
    watermarks: Watermarks
    officers: OfficerTable
    telemetry: Telemetry
    door: Door
    closing: Closing
    rebuilder: Rebuilder
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    works: list[Work] = field(default_factory=list)
    gauges: list["Gauge"] = field(default_factory=list)
    timers: Sequence["Timer"] = ()
    timers_held_until: float = 0.0
    sealer: Sealer | None = None
    views: Sequence[Declared] = ()
    last_now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def timers_held(self) -> bool:
        """Say whether timers run only when they are told to."""
        return monotonic() < self.timers_held_until

    async def now(self) -> datetime:
        """Return the time by the deployment's clock."""
        self.last_now = await self.desk.now()
        return self.last_now

    def officer(self, person: UUID) -> Officer | None:
        """Return who a person id is in the organisation today; None: nobody."""
        return self.officers.of_person(self.settings.issuer, person, self.today())

    def unit_kind(self, code: str) -> str | None:
        """Return the kind of a unit that stands today; None: there is none."""
        held = self.officers.organisation
        units = held.units_on(self.today()) if held else ()
        return next((one.kind for one in units if one.code == code), None)

    def today(self) -> date:
        """Return the day in Shanghai by the deployment's clock, as last asked."""
        if self.settings.mode == "real":
            return day_of(datetime.now(UTC))
        return day_of(self.last_now)


Gauge = Callable[[], Awaitable[Mapping[str, float]]]
"""Returns numbers by measure."""
Timer = Callable[[Running], Awaitable[int]]
"""Does what is due now; returns how much it did."""


@dataclass(frozen=True)
class Service:
    """A service's parts: rules, reactions, read models, routes, timers.

    `hears` are the services whose events its reactions follow. `routers` makes routes
    that need what runs; `prepare` runs before the door opens, once the log is open.
    `parties` says whose its cases are: the change feed sends nobody another's.
    """

    name: str
    title: str
    rules: Sequence[Rule[Any]]
    reactions: Sequence[Reaction] = ()
    hears: frozenset[str] = frozenset()
    views: Sequence[Declared] = ()
    routers: Sequence[APIRouter] = ()
    more_routers: Callable[[Running], Sequence[APIRouter]] = lambda _: ()
    timers: Sequence[Timer] = ()
    prepare: Callable[[Running], Awaitable[None]] | None = None
    parties: Parties = nobody
    uploads: dict[str, int] = field(default_factory=dict)
    raw_types: frozenset[str] = frozenset()
