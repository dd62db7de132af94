"""Pages as they were known at a time, beside the same pages as things stand."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg

from libs import ids
from libs.events.event import Event
from libs.events.stream.consumers import Item
from libs.events.stream.envelope import Copy
from libs.events.views.bulk import bulk
from libs.events.views.making import analyze
from libs.events.views.tables import LIVE
from services.reporting.figures.counting import Span, explain
from services.reporting.reading.case_page import CASES, CLAIMS, CLUES, DEADLINES
from services.reporting.reading.ledger_statements import PAGE, TOTALS
from services.reporting.reading.trail import by_ids, of_case
from services.reporting.views import DECLARED
from tests.bench import full
from tests.bench.measure import Meter, Sample
from tests.bench.place import Place
from tests.figures_story import Matter
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.views_stand import migrated, prepared

EVENTS = full.EVENTS
FIRST = datetime(2023, 11, 10, 1, tzinfo=UTC)
A_CASE = timedelta(minutes=5)
LOOKS = 600
"""At a page of a millisecond; a slow one is looked at for four seconds."""
INDICATOR = "S06"
AT_ONCE = 20_000
# No filter set: sees all, source all.
UNFILTERED = (True, "LC", *(None,) * 8, False, False, FIRST, "all", None, False, None)
PAGES = (
    *("ledger, first page", "ledger with totals"),
    *("case page", "weekly cell explained"),
)
Look = Callable[[asyncpg.Connection, datetime | None], Awaitable[int]]


@dataclass
class Long(Story):
    """A story of many cases: it numbers what is said by counting."""

    seqs: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)

    def say(
        self,
        service: str,
        stream: str,
        event: Event,
        at: datetime,
        occurred: datetime | None = None,
    ) -> UUID:
        """Record an event."""
        self.seqs[service] += 1
        self.versions[stream] += 1
        numbers = (self.seqs[service], self.versions[stream])
        recorded = self.recorded(service, stream, event, (at, occurred), numbers)
        self.said.append(recorded)
        return recorded.id


def case(story: Story, number: int) -> Matter:
    """Tell one case from its complaint to its end; every third is left open."""
    matter, at = Matter(story, number), FIRST + number * A_CASE
    hour = timedelta(hours=1)
    matter.registered(at)
    matter.moved(at + hour, "LI")
    matter.clock("CLK-01", at + hour, at + 200 * hour)
    matter.verified(at + 2 * hour, {1: 5000, 2: 3000})
    matter.filed(at + 3 * hour)
    matter.ordered(at + 4 * hour, {1: 5000, 2: 3000})
    matter.paid(at + 5 * hour, (1, 1, 5000))
    matter.confirmed(at + 6 * hour, (1, 1, 5000))
    matter.stopped("CLK-01", at + 7 * hour, at + 7 * hour)
    if number % 3:
        matter.paid(at + 8 * hour, (2, 2, 3000))
        matter.ended(at + 9 * hour)
    return matter


async def prepare(place: Place, databases: FreshDatabases) -> dict[str, Any]:
    """Fill all read models of reporting, as a rebuild would."""
    del place
    dsn = await databases(migrated)
    cases, said = 0, 0
    async with asyncpg.create_pool(dsn, min_size=2, max_size=4) as pool:
        await prepared(pool, *DECLARED)
        async with pool.acquire() as connection:
            bulks = [bulk(declared, LIVE) for declared in DECLARED]
            story = Long()
            while said < EVENTS:
                case(story, cases)
                cases += 1
                if len(story.said) >= AT_ONCE:
                    said += await _taken(connection, bulks, story)
            await _taken(connection, bulks, story)
            for each, declared in zip(bulks, DECLARED, strict=True):
                await each.finish(connection)
                await analyze(connection, declared, LIVE)
    return {"dsn": dsn, "cases": cases}


async def _taken(connection: asyncpg.Connection, bulks: list[Any], story: Long) -> int:
    items = [Item(Copy(one, 0, "", 0, 0), one) for one in story.said]
    for each, declared in zip(bulks, DECLARED, strict=True):
        each.sieve.take([i for i in items if i.recorded.type in declared.types])
        assert not each.sieve.parked, each.sieve.parked[0]
        await each.flush(connection)
    story.said.clear()
    return len(items)


async def live(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure the pages as things stand."""
    return await _pages(place, databases, "live", None)


async def then(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure the pages as they were known when half of all had been said."""
    return await _pages(place, databases, "as known at T", middle(place))


def middle(place: Place) -> datetime:
    """Return when half of all had been said."""
    return FIRST + int(place.ready["cases"]) // 2 * A_CASE


async def _pages(
    place: Place, databases: FreshDatabases, who: str, at: datetime | None
) -> list[Sample]:
    del databases
    random = Random(7)

    async def a_case(connection: asyncpg.Connection, as_of: datetime | None) -> int:
        number = random.randrange(max(1, place.ready["cases"] // 2 - 200))
        return await case_page(connection, as_of, number)

    async def a_cell(connection: asyncpg.Connection, as_of: datetime | None) -> int:
        week = FIRST + timedelta(days=7)
        known = as_of or FIRST + place.ready["cases"] * A_CASE * 2
        facts = await explain(connection, INDICATOR, Span(known, FIRST, week), None)
        await by_ids(connection, [fact.event_id for fact in facts])
        return len(facts)

    looks: tuple[Look, ...] = (ledger_page, ledger_whole, a_case, a_cell)
    connection = await asyncpg.connect(place.ready["dsn"])
    try:
        return [
            await _looked(place, connection, (who, name, look), at)
            for name, look in zip(PAGES, looks, strict=True)
        ]
    finally:
        await connection.close()


async def _looked(
    place: Place,
    connection: asyncpg.Connection,
    what: tuple[str, str, Look],
    at: datetime | None,
) -> Sample:
    who, name, look = what
    spent = []
    await look(connection, at)
    meter = Meter(place.servers)
    with meter:
        for _ in range(LOOKS):
            began = time.perf_counter()
            assert await look(connection, at)
            spent.append(time.perf_counter() - began)
            if time.perf_counter() - meter.began > 4:  # a slow page: fewer looks
                break
    return meter.sample(who, name, len(spent), spent, held="it is not empty")


async def ledger_page(connection: asyncpg.Connection, as_of: datetime | None) -> int:
    """Read the ledger's first page."""
    rows = await connection.fetch(PAGE.at(as_of), as_of, *UNFILTERED, None, None, 51)
    return len(rows)


async def ledger_whole(connection: asyncpg.Connection, as_of: datetime | None) -> int:
    """Read the ledger's first page and the totals of all its cases."""
    found = await ledger_page(connection, as_of)
    await connection.fetch(TOTALS.at(as_of), as_of, *UNFILTERED)
    return found


async def case_page(
    connection: asyncpg.Connection, as_of: datetime | None, number: int
) -> int:
    """Read all that a case's page shows."""
    case_id = ids.case_id(ids.clue_id("310199000000", "window", str(number)))
    # The story tells no complaint's own words, so its clues have no row.
    await connection.fetch(CLUES.at(as_of), as_of, case_id)
    for said in (CASES, CLAIMS, DEADLINES):
        assert await connection.fetch(said.at(as_of), as_of, case_id)
    return len(await of_case(connection, case_id, as_of))
