"""The ladder's timer on a real journal: each rung once, and the clock stops at each."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg

from libs.acts import Desk
from libs.calendar.local_days import end_of_day, start_of_day
from libs.events.command import Command
from libs.events.contracts.clocks import DeadlineMissed, DeadlineStopped
from libs.events.contracts.supervision import DeadlineRungReached
from libs.events.decider import Rule
from libs.events.event import New
from libs.events.journal.journal import Journal
from libs.events.journal.writer import Writer
from libs.events.perform import Log
from libs.events.views.runner import runner
from libs.ids import deadline_id, named
from services.routing import climbing, deadline, rulebook, rungs, running_deadline
from services.routing.ladder import climb, climbs_next
from tests.integration.test_recounting import said
from tests.stack import FreshDatabases
from tests.unit.matters import CASE, adopted
from tests.unit.test_deadline import ACCEPTANCE, DUE, complained
from tests.views_stand import migrated, prepared

RULES: Mapping[type[Command], Rule[Any]] = {
    rule.command: rule for rule in climbing.RULES
}
ADOPTED = {
    rulebook.CLOCKS.subject: adopted("clocks"),
    rulebook.CALENDAR.subject: adopted("calendar"),
    rulebook.ORGANISATION.subject: adopted("organisation"),
}
VIEWS = (running_deadline.VIEW, rungs.VIEW)
OTHER_CASE = named("test-case", 2)
OTHER = deadline_id("CLK-02", OTHER_CASE)
EVE = start_of_day(date(2023, 11, 30))
LATE = end_of_day(date(2023, 12, 8))


def stream(this: UUID) -> str:
    return deadline.KIND.stream(this)


@asynccontextmanager
async def timed(fresh_database: FreshDatabases) -> AsyncIterator[Any]:
    """Two complaints of one day, and what the timer works with."""
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
        await prepared(pool, *VIEWS)
        journal = Journal(pool, "routing")
        for read in (rulebook.CLOCKS, rulebook.CALENDAR, rulebook.ORGANISATION):
            await said(journal, New(read.stream, ADOPTED[read.subject]))
        (begun,) = complained().streams[stream(ACCEPTANCE)][1]
        twin = {"deadline_id": OTHER, "case_id": OTHER_CASE, "subject": OTHER_CASE}
        other = begun.model_copy(update=twin)
        await said(journal, New(stream(ACCEPTANCE), begun), New(stream(OTHER), other))
        writer = Writer(dsn)
        await writer.start()
        desk = Desk("routing", Log(journal, writer), RULES)
        yield SimpleNamespace(pool=pool, desk=desk, now=_always(LATE))
        await writer.stop()


def _always(at: datetime) -> Any:
    async def now() -> datetime:
        return at

    return now


async def viewed(running: Any) -> None:
    """Bring the timers' tables up to the journal's head."""
    every = await running.desk.log.journal.read(0, 10_000)
    async with running.pool.acquire() as connection, connection.transaction():
        for view in VIEWS:
            heard = [one for one in every if one.type in view.types]
            await runner(view).apply(connection, heard)


async def told(running: Any) -> Counter[tuple[UUID, str]]:
    every = await running.desk.log.journal.read(0, 10_000)
    facts = [one.fact() for one in every]
    return Counter(
        (fact.deadline_id, fact.point)
        for fact in facts
        if isinstance(fact, DeadlineRungReached)
    )


WARNED = {(one, "due_tomorrow"): 1 for one in (ACCEPTANCE, OTHER)}
MISSED = DeadlineMissed(
    deadline_id=ACCEPTANCE, clock="CLK-02", case_id=CASE, subject=CASE, due_at=DUE
)
STOPPED = DeadlineStopped(
    deadline_id=OTHER,
    clock="CLK-02",
    case_id=OTHER_CASE,
    by_event=CASE,
    by_type="ComplaintAccepted",
    stopped_at=EVE,
    in_time=True,
)


async def test_each_rung_is_told_once_and_the_clock_stops_at_the_next(
    fresh_database: FreshDatabases,
) -> None:
    """F-2.4.1b; domain §5.9, 5: a timer that runs again tells nothing again."""
    async with timed(fresh_database) as running:
        await viewed(running)
        assert await climbs_next(running, start_of_day(date(2023, 11, 27))) == EVE
        running.now = _always(EVE)
        for _ in range(2):
            # Also before its own table has heard of it.
            await climb(running, EVE)
        await viewed(running)
        assert await climb(running, EVE) == 0
        assert await told(running) == WARNED

        running.now = _always(LATE)
        assert await climb(running, LATE) == 0, "not found missed yet"
        late, over = New(stream(ACCEPTANCE), MISSED), New(stream(OTHER), STOPPED)
        await said(running.desk.log.journal, late, over)
        await viewed(running)
        # After a week asleep all that was reached is told, each once.
        assert await climb(running, LATE) == 3
        await viewed(running)
        assert await climb(running, LATE) == 0
        climbed = {(ACCEPTANCE, rung): 1 for rung in ("urge", "supervise", "leader")}
        assert await told(running) == WARNED | climbed
        listing = end_of_day(date(2023, 12, 15))
        assert await climbs_next(running, LATE) == listing
