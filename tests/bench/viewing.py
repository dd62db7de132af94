"""A view with its history, consumed live, against records merely fetched."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.events.event import Recorded
from libs.events.stream.subscription import Subscription, SubscriptionSettings
from libs.events.stream.topics import PARTITIONS, Topics
from libs.events.views.runner import ViewRunner
from tests.bench import payments
from tests.bench.ratio import REPEATS, Ratio, rates
from tests.stack import FreshDatabases, FreshTopics
from tests.views_stand import migrated, prepared

PAGE = 1000
LONGEST = 60


@dataclass
class Timed:
    """The view's runner, which notes when its first page came and its last was done."""

    runner: ViewRunner
    began: float = 0.0
    ended: float = 0.0
    count: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

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
        self.began = self.began or time.perf_counter()
        await self.runner.apply(connection, events)
        self.count += len(events)
        self.ended = time.perf_counter()
        if self.count >= payments.EVENTS:
            self.done.set()


async def view_ratio(
    databases: FreshDatabases, topics: FreshTopics, kafka: str
) -> Ratio:
    """Measure both by turns; the first turn of each warms up and does not count."""
    view, bare = [], []
    for turn in range(REPEATS + 1):
        bare.append(await _fetched(kafka, topics.prefix + payments.TOPIC))
        view.append(await _viewed(databases, Topics(topics.prefix), kafka, turn))
    name = "view with history, live ÷ raw getmany"
    held = "rows, history rows, sum of the amounts"
    return rates(name, view[1:], bare[1:], held)


async def _viewed(
    databases: FreshDatabases, topics: Topics, kafka: str, turn: int
) -> float:
    dsn = await databases(migrated)
    async with asyncpg.create_pool(dsn, min_size=2, max_size=4) as pool:
        await prepared(pool, payments.PAID)
        timed = Timed(ViewRunner(payments.PAID))
        settings = SubscriptionSettings(kafka, topics, page=PAGE)
        group = f"{topics.prefix}bench-{turn}"
        subscription = Subscription(group, [timed], pool, settings)
        await subscription.start()
        try:
            async with asyncio.timeout(LONGEST):
                await timed.done.wait()
        finally:
            # It ends the page at hand first: the last is committed then.
            await subscription.stop()
        await payments.check(pool)
    return payments.EVENTS / (timed.ended - timed.began)


async def _fetched(kafka: str, topic: str) -> float:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka, group_id=None, enable_auto_commit=False
    )
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, n) for n in range(PARTITIONS)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        began, count = 0.0, 0
        while count < payments.EVENTS:
            pages = await consumer.getmany(timeout_ms=1000, max_records=PAGE)
            began = began or time.perf_counter()
            count += sum(len(records) for records in pages.values())
        spent = time.perf_counter() - began
    finally:
        await consumer.stop()
    assert count == payments.EVENTS
    return count / spent
