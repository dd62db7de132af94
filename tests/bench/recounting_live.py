"""An amended calendar beside live acts: `python -m tests.bench.recounting_live [N]`.

A real journal and the timers' table: how long N running deadlines take, and how long an
act's append waits meanwhile, beside what it waits alone.
"""

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from statistics import quantiles
from time import perf_counter
from uuid import uuid4

import asyncpg

from libs.events.command import Stamp
from libs.events.contracts.reporting import ZeroReportFiled
from libs.events.event import New
from libs.events.journal.journal import Journal
from libs.events.journal.words import Appended, Commit
from libs.events.journal.writer import Writer
from libs.events.reactions import system_actor
from libs.events.views.runner import runner
from services.routing import rulebook, running_deadline
from services.routing.recounting import recount
from tests.integration.test_recounting import adopt_amended, begun, said
from tests.stack import FreshDatabases, running_postgres, temporary_folder
from tests.unit.matters import adopted
from tests.views_stand import migrated, prepared

DEADLINES = 20_000
CHUNK = 1000
ALONE = 200
PAUSE_SECONDS = 0.02


async def viewed(journal: Journal, after: int) -> int:
    """Bring the timers' table from a number up to the journal's head; return that."""
    while events := await journal.read(after, 2000):
        heard = [one for one in events if one.type in running_deadline.VIEW.types]
        async with journal.pool.acquire() as connection, connection.transaction():
            await runner(running_deadline.VIEW).apply(connection, heard)
        after = events[-1].seq
    return after


async def act(writer: Writer) -> float:
    """Append one event of a stream of its own; return the seconds."""
    report = ZeroReportFiled(campaign_id=uuid4(), report_id=uuid4(), unit="LC", week=1)
    stream = f"zero-{report.report_id}"
    by = system_actor("routing")
    stamp = Stamp(uuid4(), b"", by, datetime.now(UTC), correlation_id=uuid4())
    start = perf_counter()
    result = await writer.submit(Commit(stamp, {stream: 0}, [New(stream, report)]))
    if not isinstance(result, Appended):
        raise TypeError(result)
    return perf_counter() - start


async def acting(writer: Writer, ended: asyncio.Event, most: int) -> list[float]:
    """Act again and again, as a small office does, until it has ended or enough."""
    found: list[float] = []
    while not ended.is_set() and len(found) < most:
        found.append(await act(writer))
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), PAUSE_SECONDS)
    return found


async def recounted(journal: Journal, head: int, ended: asyncio.Event) -> int:
    """Recount until nothing is left, with the table following; return how many."""
    done = 0
    while counted := await recount(journal, datetime.now(UTC)):
        done += counted
        head = await viewed(journal, head)
    ended.set()
    return done


def shown(seconds: list[float]) -> str:
    """Return the median and the 99th of a hundred, in milliseconds."""
    cuts = quantiles(seconds, n=100)
    return f"p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms"


async def measured(dsn: str, deadlines: int) -> str:
    """Fill a journal, amend the calendar, and tell how it went."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=6) as pool:
        await prepared(pool, running_deadline.VIEW)
        journal, writer = Journal(pool, "routing"), Writer(dsn)
        await writer.start()
        clocks = New(rulebook.CLOCKS.stream, adopted("clocks"))
        await said(journal, clocks, New(rulebook.CALENDAR.stream, adopted("calendar")))
        for first in range(0, deadlines, CHUNK):
            await begun(journal, CHUNK, first)
        head = await viewed(journal, 0)
        alone = await acting(writer, asyncio.Event(), ALONE)
        await adopt_amended(journal)
        ended, start = asyncio.Event(), perf_counter()
        live = asyncio.create_task(acting(writer, ended, sys.maxsize))
        done = await recounted(journal, head, ended)
        seconds, beside = perf_counter() - start, await live
        await writer.stop()
    return (
        f"{done:,} deadlines recounted in {seconds:.1f} s ({done / seconds:,.0f} /s);"
        f" {len(beside)} acts meanwhile waited {shown(beside)}; alone {shown(alone)}"
    )


async def _run(admin: str, deadlines: int) -> str:
    databases = FreshDatabases(admin, {})
    try:
        return await measured(await databases(migrated), deadlines)
    finally:
        await databases.drop_all()


def main(arguments: list[str]) -> int:
    """Start a PostgreSQL, measure, and print the line."""
    deadlines = int(arguments[0]) if arguments else DEADLINES
    with temporary_folder() as folder, running_postgres(folder) as admin:
        sys.stdout.write(f"{asyncio.run(_run(admin, deadlines))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
