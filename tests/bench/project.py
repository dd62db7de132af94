"""A view with its history, consumed live, beside records merely fetched."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.events.event import Recorded
from libs.events.stream.subscription import Subscription, SubscriptionSettings
from libs.events.stream.topics import PARTITIONS, Topics
from libs.events.views.runner import ViewRunner
from tests.bench import full
from tests.bench.measure import Meter, Sample
from tests.bench.payments import PAID, TOPIC, Payments, check, payload
from tests.bench.place import Place
from tests.stack import FreshDatabases
from tests.views_stand import migrated, prepared

EVENTS = int(os.environ.get("BENCH_PROJECTED", "100000"))
FEW = min(EVENTS, 7_000)
"""How many of them a peer reads that does some 750 a second."""
PAYMENTS, SOME = Payments(EVENTS), Payments(FEW)
AT, AT_FEW = f"{EVENTS:,}", f"{FEW:,}"
LONGEST = 120
PAGE = 5000


@dataclass
class Timed:
    """The view's runner, which notes when its last event was done."""

    runner: ViewRunner
    count: int = 0
    first: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    pages: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.runner.name

    @property
    def services(self) -> frozenset[str]:
        return self.runner.services

    def concerns(self, recorded: Recorded) -> bool:
        """Say whether the view hears it."""
        return self.runner.concerns(recorded)

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        began = time.perf_counter()
        await self.runner.apply(connection, events)
        self.pages.append(time.perf_counter() - began)
        self.count += len(events)
        if self.count >= EVENTS:
            self.done.set()


async def prepare(place: Place, databases: FreshDatabases) -> dict[str, Any]:
    """Fill a topic with payments of ours; its JSON is what the peers read too."""
    del databases
    prefix = await full.topic(place, PAYMENTS)
    return {
        "prefix": prefix,
        "topic": prefix + TOPIC,
        "events": EVENTS,
        "total": PAYMENTS.total,
        "few": FEW,
        "payload": payload(),
        "claims": PAYMENTS.claims,
        "seed": PAYMENTS.seed,
    }


async def ours(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure the subscription: from its start until the last page is committed."""
    dsn = await databases(migrated)
    topics = Topics(place.ready["prefix"])
    async with asyncpg.create_pool(dsn, min_size=2, max_size=4) as pool:
        await prepared(pool, PAID)
        timed = Timed(ViewRunner(PAID))
        settings = SubscriptionSettings(place.kafka, topics)
        subscription = Subscription(f"bench-{uuid4()}", [timed], pool, settings)
        meter = Meter(place.servers)
        with meter:
            await subscription.start()
            async with asyncio.timeout(LONGEST):
                await timed.done.wait()
            # It ends the page at hand first: the last is committed then.
            await subscription.stop()
        await check(pool, PAYMENTS)
    held = "rows, versions in the history, the sum of the amounts"
    return [meter.sample("ours", AT, EVENTS, timed.pages, held=held)]


async def getmany(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure aiokafka fetching the same records, and nothing else."""
    del databases
    consumer = AIOKafkaConsumer(
        bootstrap_servers=place.kafka, group_id=None, enable_auto_commit=False
    )
    meter = Meter(place.servers)
    count = 0
    with meter:
        await consumer.start()
        partitions = [
            TopicPartition(place.ready["topic"], n) for n in range(PARTITIONS)
        ]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        while count < EVENTS:
            pages = await consumer.getmany(timeout_ms=1000, max_records=PAGE)
            count += sum(len(records) for records in pages.values())
        await consumer.stop()
    assert count == EVENTS
    return [meter.sample("aiokafka getmany", AT, count, held="count")]
