"""Recounting in a real journal: by pages, once for each, also killed and doubled."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from libs.calendar import year_text
from libs.events.command import Stamp
from libs.events.contracts.clocks import DeadlineRecomputed, RulebookAdopted
from libs.events.event import New
from libs.events.journal.call import Call
from libs.events.journal.journal import Journal
from libs.events.journal.words import Appended, Commit
from libs.events.reactions import system_actor
from libs.events.views.runner import runner
from libs.ids import named
from services.routing import deadline, rulebook, running_deadline
from services.routing.deadline import Heard, started
from services.routing.recounting import PAGE, recount
from tests.stack import FreshDatabases
from tests.unit.matters import CASE, adopted
from tests.unit.test_recomputing import NOTICE, amended
from tests.views_stand import migrated, prepared

MANY = PAGE + 50
NOW = datetime(2023, 12, 1, tzinfo=UTC)


@pytest.fixture
async def journal(fresh_database: FreshDatabases) -> AsyncIterator[Journal]:
    """A journal with the books adopted, and the timers' table."""
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=6) as pool:
        await prepared(pool, running_deadline.VIEW)
        made = Journal(pool, "routing")
        await said(
            made,
            New(rulebook.CLOCKS.stream, adopted("clocks")),
            New(rulebook.CALENDAR.stream, adopted("calendar")),
        )
        yield made


async def said(journal: Journal, *news: New) -> None:
    """Append each to its stream, whatever the stream's version is, in one call."""
    found = await journal.read_streams([new.stream for new in news])
    commits = [
        Commit(
            Stamp(uuid4(), b"", system_actor("routing"), NOW, correlation_id=uuid4()),
            {new.stream: len(found[new.stream])},
            [new],
        )
        for new in news
    ]
    results = await journal.append_page(Call(commits))
    assert all(isinstance(one, Appended) for one in results)


async def viewed(journal: Journal) -> None:
    """Bring the timers' table up to the journal's head."""
    every = await journal.read(0, 10_000)
    heard = [one for one in every if one.type in running_deadline.VIEW.types]
    async with journal.pool.acquire() as connection, connection.transaction():
        await runner(running_deadline.VIEW).apply(connection, heard)


async def begun(journal: Journal, count: int, first: int = 0) -> None:
    """Set many deadlines of sixty working days under the first calendar."""
    books = (adopted("clocks"), adopted("calendar"))
    held = [rulebook.KIND.fold([book]) for book in books]
    rule = next(one for one in held[0].clocks if one.id == "CLK-05")
    news = []
    for number in range(first, first + count):
        subject = named("test-case", number)
        at = datetime(2023, 11, 10, 2, tzinfo=UTC) + timedelta(seconds=number)
        filed = Heard(uuid4(), "CaseFiled", at, CASE, "DB", {})
        fact = started(rule, filed, held[1], subject)
        news.append(New(deadline.KIND.stream(fact.deadline_id), fact))
    await said(journal, *news)


async def adopt_amended(journal: Journal) -> None:
    files = {**adopted("calendar").files}
    files["2024.toml"] = year_text(amended())
    book = adopted("calendar").model_copy(update={"version": "2", "files": files})
    assert isinstance(book, RulebookAdopted)
    await said(journal, New(rulebook.CALENDAR.stream, book))


async def recounted(journal: Journal) -> Counter[str]:
    every = await journal.read(0, 10_000)
    found = [one for one in every if isinstance(one.fact(), DeadlineRecomputed)]
    assert {one.fact().model_dump()["due_on"] for one in found} <= {date(2024, 2, 5)}
    return Counter(one.stream for one in found)


async def test_every_page_is_counted_once_however_often_it_is_begun(
    journal: Journal,
) -> None:
    """A kill after a page, two at once, a table that lags: one event for each."""
    await begun(journal, MANY)
    await viewed(journal)
    assert await recount(journal, NOW) == 0
    await adopt_amended(journal)
    # Killed after its first page, and begun again before the table has heard of it.
    assert await recount(journal, NOW, pages=1) == PAGE
    twins = await asyncio.gather(recount(journal, NOW), recount(journal, NOW))
    assert sum(twins) == MANY - PAGE
    found = await recounted(journal)
    assert (len(found), set(found.values())) == (MANY, {1})
    await viewed(journal)
    assert await recount(journal, NOW) == 0
    first = NOTICE.version
    stale = "SELECT count(*) FROM running_deadline WHERE calendar_version LIKE $1"
    assert await journal.pool.fetchval(stale, f"%2024.{first}%") == 0
