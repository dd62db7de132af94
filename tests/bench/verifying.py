"""Verify: journal, chain and topic held together, beside merely reading both."""

from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.events.audit.verify import Also, verify
from libs.events.journal.journal import Journal
from libs.events.stream.envelope import Copy, from_record
from libs.events.stream.topics import PARTITIONS
from tests.bench import full
from tests.bench.measure import Meter, Sample
from tests.bench.payments import TOPIC, Payments
from tests.bench.place import Place
from tests.journal_scene import real
from tests.stack import FreshDatabases

PAGE = 2000
EVENTS = full.EVENTS
AT = f"{EVENTS:,}"


async def prepare(place: Place, databases: FreshDatabases) -> dict[str, Any]:
    """Fill a journal, which goes with the server, and a topic with the same rows."""
    dsn = await databases(real)
    await full.journal(dsn, Payments(EVENTS))
    return {"dsn": dsn, "topic": await full.topic(place, Payments(EVENTS)) + TOPIC}


async def ours(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure `verify`."""
    del databases
    async with asyncpg.create_pool(place.ready["dsn"], min_size=1) as pool:
        journal = Journal(pool, "enforcement")
        meter = Meter(place.servers)
        with meter:
            verdict = await verify(
                journal,
                place.kafka,
                place.ready["topic"],
                patience=0,
                also=Also(dsn=place.ready["dsn"]),
            )
        assert verdict.agrees, verdict
        assert (verdict.rows, verdict.records) == (EVENTS, EVENTS)
    more = {"seconds for a million": 1e6 * meter.seconds / EVENTS}
    held = "it agrees, over all rows and records"
    return [meter.sample("ours", AT, EVENTS, held=held, more=more)]


async def bare(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure reading every row and every record as what they are; no hash."""
    del databases
    async with asyncpg.create_pool(place.ready["dsn"], min_size=1) as pool:
        journal = Journal(pool, "enforcement")
        meter = Meter(place.servers)
        with meter:
            seq = 0
            while page := await journal.read_stored(seq, PAGE):
                seq = page[-1].seq
            records = await _records(place.kafka, place.ready["topic"])
    assert (seq, records) == (EVENTS, EVENTS)
    return [meter.sample("reading both", AT, EVENTS, held="count")]


async def _records(bootstrap: str, topic: str) -> int:
    count = 0
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False
    ) as consumer:
        partitions = [TopicPartition(topic, n) for n in range(PARTITIONS)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        while count < EVENTS:
            pages = await consumer.getmany(timeout_ms=1000, max_records=PAGE)
            for records in pages.values():
                count += sum(isinstance(from_record(r), Copy) for r in records)
    return count
