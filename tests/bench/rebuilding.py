"""A rebuild with checksum and switch, against folding in memory and COPY."""

import time

import asyncpg

from libs.events.stream.consumers import read_item
from libs.events.stream.topics import Topics
from libs.events.views.fold import fold_page, version_values
from libs.events.views.rebuild import Order, rebuild
from libs.events.views.source import TopicSource
from libs.events.views.tables import current_table, history_table
from tests.bench import payments
from tests.bench.ratio import REPEATS, Ratio, rates
from tests.stack import FreshDatabases, FreshTopics
from tests.views_stand import APP, migrated, prepared

KNOWN_TO = 3
BARE = """
CREATE TABLE bare (LIKE bench_paid_v1);
CREATE TABLE bare_history (LIKE bench_paid_v1_history)
"""


async def rebuild_ratio(
    databases: FreshDatabases, topics: FreshTopics, kafka: str
) -> Ratio:
    """Measure both by turns; the first turn of each warms up and does not count."""
    source = TopicSource(kafka, Topics(topics.prefix))
    built, bare = [], []
    for _ in range(REPEATS + 1):
        dsn = await databases(migrated)
        async with asyncpg.create_pool(dsn, min_size=2, max_size=8) as pool:
            await prepared(pool, payments.PAID)
            bare.append(await _folded(pool, source))
            built.append(await _rebuilt(pool, source))
    name = "rebuild with checksum and switch ÷ fold and COPY"
    held = "rows, history rows, sum of the amounts, in both"
    return rates(name, built[1:], bare[1:], held)


async def _rebuilt(pool: asyncpg.Pool, source: TopicSource) -> float:
    began = time.perf_counter()
    await rebuild(pool, source, Order([payments.PAID], APP))
    spent = time.perf_counter() - began
    await payments.check(pool)
    return payments.EVENTS / spent


async def _folded(pool: asyncpg.Pool, source: TopicSource) -> float:
    view = payments.PAID
    async with pool.acquire() as connection:
        await connection.execute(BARE)
        began = time.perf_counter()
        for part in await source.parts(view.services):
            pages = [page async for page in source.read(part.partition, -1)]
            events = [read_item(copy).recorded for page in pages for copy in page]
            changes = fold_page(view, {}, events)
            latest = [version_values(view, v) for v in changes.latest.values()]
            for values in latest:
                del values[KNOWN_TO]
            ended = [version_values(view, v) for v in changes.closed]
            await connection.copy_records_to_table(
                "bare",
                columns=[c.name for c in current_table(view).columns],
                records=latest,
            )
            await connection.copy_records_to_table(
                "bare_history",
                columns=[c.name for c in history_table(view).columns],
                records=ended,
            )
        spent = time.perf_counter() - began
        total = await connection.fetchval("SELECT sum(minor) FROM bare")
        kept = await connection.fetchval("SELECT count(*) FROM bare_history")
    assert (total, kept) == (payments.TOTAL, payments.EVENTS - payments.STREAMS)
    return payments.EVENTS / spent
