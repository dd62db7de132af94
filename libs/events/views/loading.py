"""Loading: partition by partition, once for all builds that lack it, and resumable."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from aiokafka import TopicPartition

from libs.events.stream.consumers import Item, read_item
from libs.events.stream.envelope import Copy
from libs.events.stream.parked import park
from libs.events.stream.positions import (
    START,
    Position,
    Positions,
    Step,
    admit,
    move,
    read,
)
from libs.events.views.build import Build, Meter
from libs.events.views.bulk import Bulk, bulk
from libs.events.views.source import Part, Source

Dropped = Mapping[str, frozenset[UUID]]
"""Events that were dropped for a view, by its name: a rebuild leaves them out."""


class TopicIncomplete(Exception):
    """A topic lacks a record, or has another one than was applied: run `verify`."""


@dataclass(frozen=True)
class Bound:
    """How far a build may read a partition, and which events it leaves out."""

    build: Build
    until: int | None
    dropped: frozenset[UUID]

    def is_beyond(self, item: Item) -> bool:
        """Say whether an event is past the index or the time that is the limit."""
        if self.until is not None and item.copy.index > self.until:
            return True
        as_of = self.build.as_of
        return as_of is not None and item.recorded.recorded_at > as_of


@dataclass(frozen=True)
class Job:
    """A partition, and the builds that lack it: what one process loads at a time."""

    part: Part
    bounds: Sequence[Bound]


@dataclass
class Share:
    """What one build has taken of one partition."""

    bound: Bound
    bulk: Bulk
    at: Position = START

    def take(self, items: Sequence[Item]) -> None:
        """Fold a page as far as it goes."""
        near = [item for item in items if not self.bound.is_beyond(item)]
        if near:
            self.at = Position.at(near[-1].copy)
        types, dropped = self.bound.build.declared.types, self.bound.dropped
        self.bulk.sieve.take(
            [
                item
                for item in near
                if item.recorded.type in types and item.recorded.id not in dropped
            ]
        )

    async def finish(
        self, connection: asyncpg.Connection, partition: TopicPartition
    ) -> None:
        """Copy what is left, with what was parked and the position."""
        until = self.bound.until
        if until is not None and self.at.index < until:
            raise TopicIncomplete(f"{partition}: no record {self.at.index + 1}")
        await self.bulk.finish(connection)
        name = self.bound.build.consumer
        await park(connection, name, self.bulk.sieve.parked)
        if self.at != START:
            await move(connection, [Step(name, partition, START.index, self.at)])


async def jobs(
    pool: asyncpg.Pool, source: Source, builds: Sequence[Build], dropped: Dropped
) -> list[Job]:
    """Return what the builds still lack; what is committed is not read again."""
    services = {name for build in builds for name in build.declared.services}
    parts = await source.parts(services)
    async with pool.acquire() as connection:
        live = await read(connection, [build.declared.table for build in builds])
        done = await read(connection, [build.consumer for build in builds])
    lacked = [
        Job(
            part,
            [
                Bound(
                    build,
                    limit(build, live[build.declared.table], part.partition),
                    dropped.get(build.declared.name, frozenset()),
                )
                for build in builds
                if part.service in build.declared.services
                and part.partition not in done[build.consumer]
            ],
        )
        for part in parts
    ]
    return [job for job in lacked if job.bounds]


async def load(source: Source, job: Job, meter: Meter) -> None:
    """Load one partition in one transaction; raises TopicIncomplete, RebuildCancelled.

    The meter's pool lends two connections: for the load, and to say how far it is.
    """
    await meter.tell()
    partition = job.part.partition
    shares = [Share(b, bulk(b.build.declared, b.build.schema)) for b in job.bounds]
    types = frozenset[str]().union(*(b.build.declared.types for b in job.bounds))
    last, highest = START, START.index
    async with meter.pool.acquire() as connection, connection.transaction():
        async for page in source.read(partition, START.kafka_offset):
            await meter.add(len(page))
            admitted = admit(last, page)
            if admitted.diverged is not None:
                raise TopicIncomplete(f"{partition}: another record again")
            highest = max([highest, *(copy.index for copy in page)])
            if admitted.apply:
                last = Position.at(admitted.apply[-1])
            items = list(_items(admitted.apply, types))
            for share in shares:
                share.take(items)
                await share.bulk.flush(connection)
        if highest > last.index:
            raise TopicIncomplete(f"{partition}: no record {last.index + 1}")
        for share in shares:
            await share.finish(connection, partition)
    await meter.tell()


def limit(build: Build, live: Positions, partition: TopicPartition) -> int | None:
    """Return the index a build may not pass, so that it meets the live one there.

    None where nothing of this version is live, or a time is the limit.
    """
    if build.as_of is not None or not live:
        return None
    return live.get(partition, START).index


def _items(copies: Sequence[Copy], types: frozenset[str]) -> Iterator[Item]:
    for copy in copies:
        row = copy.recorded
        # The others are only counted: reading their JSON would be the most work.
        unread = row.event is None and row.type in types
        yield read_item(copy) if unread else Item(copy, row)
