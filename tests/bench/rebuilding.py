"""A rebuild from the first record, while events arrive, beside fold and COPY alone."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from libs.events import registry
from libs.events.event import Recorded
from libs.events.stream.topics import PARTITIONS, Topics, partition_of
from libs.events.views.crew import Crew
from libs.events.views.fold import fold_page, version_values
from libs.events.views.making import analyze, index_all, make
from libs.events.views.rebuild import Order, rebuild
from libs.events.views.source import TopicSource
from libs.events.views.tables import current_table, history_table
from tests.bench import full
from tests.bench.feeding import arriving
from tests.bench.measure import Meter, Sample
from tests.bench.payments import PAID, TOPIC, Payments, send
from tests.bench.place import KEPT, Place
from tests.stack import FreshDatabases, FreshTopics
from tests.views_stand import APP, migrated, prepared

KNOWN_TO = 3
PAGE = 5000
SMALL, WHOLE = full.EVENTS // 10, full.EVENTS
LONG = int(os.environ.get("BENCH_LONG", "10000000"))
"""How many events the long rebuild reads, after one of a tenth of them."""
BARE = """
SELECT (SELECT sum(payments) FROM bare.bench_paid_v1),
    (SELECT count(*) FROM bare.bench_paid_v1_history)"""
APPLIED = """
SELECT (SELECT sum(idx + 1) FROM position), (SELECT sum(payments) FROM bench_paid),
    (SELECT count(*) FROM bench_paid_history)"""


async def prepare(place: Place, databases: FreshDatabases) -> dict[str, Any]:
    """Fill a short and a long topic, and a file with the long one's events."""
    del databases
    small = await full.topic(place, Payments(SMALL))
    whole = await full.topic(place, Payments(WHOLE))
    file = KEPT / "events.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    _write(file)
    return {"small": small, "whole": whole, "file": str(file)}


def _write(file: Path) -> None:
    # As a rebuild reads: all of one partition, then the next.
    events = sorted(Payments(WHOLE).told(), key=lambda e: partition_of(e.stream))
    with file.open("wb") as out:
        for event in events:
            at = event.recorded_at.isoformat()
            line = [event.stream, event.version, at, event.type, event.data]
            out.write(orjson.dumps(line) + b"\n")


async def prepare_long(place: Place, databases: FreshDatabases) -> dict[str, Any]:
    """Fill two topics; nobody verifies them, so they have no chain."""
    del databases
    prefixes = []
    for events in (LONG // 10, LONG):
        topics = FreshTopics(place.kafka)
        await topics.make(TOPIC, partitions=PARTITIONS)
        await send(place.kafka, topics.prefix + TOPIC, Payments(events).told())
        prefixes.append(topics.prefix)
    return {"small": prefixes[0], "whole": prefixes[1]}


async def long(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure rebuilds of a million and of ten million, in this order."""
    return [
        await _rebuilt(place, databases, place.ready["small"], LONG // 10),
        await _rebuilt(place, databases, place.ready["whole"], LONG),
    ]


async def ours(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure rebuilds of the short and of the long topic, in this order."""
    return [
        await _rebuilt(place, databases, place.ready["small"], SMALL),
        await _rebuilt(place, databases, place.ready["whole"], WHOLE),
    ]


async def _rebuilt(
    place: Place, databases: FreshDatabases, prefix: str, events: int
) -> Sample:
    dsn = await databases(migrated)
    source = TopicSource(place.kafka, Topics(prefix))
    async with asyncpg.create_pool(dsn, min_size=2, max_size=8) as pool:
        await prepared(pool, PAID)
        meter = Meter(place.servers)
        with arriving(place.kafka, prefix + TOPIC, events), meter:
            await rebuild(pool, source, Order([PAID], APP, crew=Crew(dsn, few=0)))
        applied, payments, versions = map(int, await pool.fetchrow(APPLIED))
        assert applied == payments == versions >= events
    more = {"seconds for a million": 1e6 * meter.seconds / applied}
    held = "every applied event in the sums and in the history"
    return meter.sample("ours", f"{events:,}", applied, held=held, more=more)


async def bare(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure the same fold, COPY and indexes over a file: no Kafka, no checksum."""
    dsn = await databases(migrated)
    connection = await asyncpg.connect(dsn)
    try:
        meter = Meter(place.servers)
        with meter:
            await connection.execute("CREATE SCHEMA bare")
            await make(connection, PAID, "bare")
            await _folded(connection, Path(place.ready["file"]))
            await index_all(connection, PAID, "bare")
            await analyze(connection, PAID, "bare")
        payments, ended = await connection.fetchrow(BARE)
        assert payments == WHOLE == ended + Payments(WHOLE).streams()
    finally:
        await connection.close()
    held = "the sums, the versions"
    return [meter.sample("fold and COPY", f"{WHOLE:,}", WHOLE, held=held)]


async def _folded(connection: asyncpg.Connection, file: Path) -> None:
    rows: dict[str, Any] = {}
    with file.open("rb") as lines:
        while page := list(_events(lines)):
            changes = fold_page(PAID, rows, page)
            rows |= changes.latest
            ended = [version_values(PAID, version) for version in changes.closed]
            await _copied(connection, history_table(PAID), ended)
    latest = [version_values(PAID, version) for version in rows.values()]
    for values in latest:
        del values[KNOWN_TO]
    await _copied(connection, current_table(PAID), latest)


def _events(lines: Any) -> Iterator[Recorded]:
    for _, line in zip(range(PAGE), lines, strict=False):
        stream, version, at, type_, data = orjson.loads(line)
        event = registry.load(type_, 1, data)
        yield replace(
            FIRST_EVENT,
            stream=stream,
            version=version,
            recorded_at=FIRST_EVENT.recorded_at.fromisoformat(at),
            data=data,
            event=event,
        )


FIRST_EVENT = next(Payments(1).told())


async def _copied(connection: asyncpg.Connection, table: Any, rows: Any) -> None:
    await connection.copy_records_to_table(
        table.name,
        schema_name="bare",
        columns=[column.name for column in table.columns],
        records=rows,
    )
