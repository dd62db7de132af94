"""What tests of views stand on: a migrated database, and topics held in memory."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import asyncpg
from aiokafka import TopicPartition

from libs.events.event import Recorded
from libs.events.journal.migrate import migrate
from libs.events.journal.words import Deployment
from libs.events.stream.effects import Effects
from libs.events.stream.envelope import Copy
from libs.events.stream.topics import partition_of
from libs.events.views.making import ensure
from libs.events.views.runner import consumers
from libs.events.views.source import Part
from libs.events.views.view import Declared

APP = "qingxin_test_views"
SITE = "310199000000"
MAKE_ROLE = f"""
DO $$ BEGIN CREATE ROLE {APP} LOGIN; EXCEPTION
WHEN duplicate_object OR unique_violation THEN NULL; END $$"""
PARTITIONS = 3


async def migrated(dsn: str) -> None:
    """Bring an empty database to what a service has."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(MAKE_ROLE)
    await connection.close()
    await migrate(dsn, "reporting", APP, Deployment(SITE, "real"))


async def prepared(pool: asyncpg.Pool, *declared: Declared) -> list[Declared]:
    """Make the tables of these views and registers."""
    async with pool.acquire() as connection:
        return await ensure(connection, declared, APP)


def topic(service: str) -> str:
    """Return the name of a service's topic in memory."""
    return f"qingxin.{service}.v1"


@dataclass
class Memory:
    """Topics in memory, each event in its partition; pages of random sizes."""

    random: Random = field(default_factory=lambda: Random(7))
    held: dict[tuple[str, int], list[Copy]] = field(default_factory=dict)

    def say(self, events: Iterable[Recorded]) -> None:
        """Put events at the ends of their partitions."""
        for event in events:
            number = partition_of(event.partition_key, PARTITIONS)
            where = self.held.setdefault((event.service, number), [])
            index = where[-1].index + 1 if where else 0
            name = topic(event.service)
            where.append(Copy(event, index, name, number, len(where)))

    def say_again(self, service: str, number: int, count: int) -> None:
        """Repeat a partition's last records, as a relay does after a lost ack."""
        where = self.held[service, number]
        for copy in where[-count:]:
            again = Copy(
                copy.recorded, copy.index, copy.topic, copy.partition, len(where)
            )
            where.append(again)

    async def parts(self, services: Iterable[str]) -> Sequence[Part]:
        """Return all partitions, also the empty ones."""
        return [
            Part(
                service,
                TopicPartition(topic(service), number),
                len(self.held.get((service, number), [])),
            )
            for service in sorted(services)
            for number in range(PARTITIONS)
        ]

    async def read(
        self, partition: TopicPartition, after: int
    ) -> AsyncIterator[Sequence[Copy]]:
        """Yield pages of what lies after an offset."""
        service = partition.topic.split(".")[1]
        held = self.held.get((service, partition.partition), [])[after + 1 :]
        inner = {self.random.randrange(len(held) + 1) for _ in range(5)}
        for start, end in pairwise(sorted({0, len(held), *inner})):
            yield held[start:end]

    def all_copies(self) -> list[Copy]:
        """Return everything, partition by partition."""
        return [copy for where in self.held.values() for copy in where]


async def apply_live(
    pool: asyncpg.Pool,
    source: Memory,
    declared: Sequence[Declared],
    *,
    most: int | None = None,
) -> Effects:
    """Apply what the topics hold as the subscription does, duplicates included."""
    effects = Effects(pool, consumers(declared))
    await effects.load()
    names = [consumer.name for consumer in consumers(declared)]
    for (service, number), held in source.held.items():
        partition = TopicPartition(topic(service), number)
        rest, start = held[:most], 0
        while start < len(rest):
            end = start + source.random.randint(1, 40)
            back = source.random.randint(max(0, start - 15), start)
            await effects.apply({partition: rest[back:end]}, {topic(service): names})
            start = end
    await effects.store()
    return effects
