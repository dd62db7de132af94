"""Loading: partition by partition, once for all builds that read it, and resumable."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass
class Share:
    """What one build takes of one partition, no further than the live one has come."""

    build: Build
    bulk: Bulk
    dropped: frozenset[UUID]
    until: int | None
    at: Position = START

    def take(self, items: Sequence[Item]) -> None:
        """Fold a page as far as it goes."""
        near = [item for item in items if not self._is_beyond(item)]
        if near:
            self.at = Position.at(near[-1].copy)
        types = self.build.declared.types
        self.bulk.sieve.take(
            [
                item
                for item in near
                if item.recorded.type in types and item.recorded.id not in self.dropped
            ]
        )

    async def finish(
        self, connection: asyncpg.Connection, partition: TopicPartition
    ) -> None:
        """Copy what is left, with what was parked and the position."""
        if self.until is not None and self.at.index < self.until:
            raise TopicIncomplete(f"{partition}: no record {self.at.index + 1}")
        await self.bulk.finish(connection)
        name = self.build.consumer
        await park(connection, name, self.bulk.sieve.parked)
        if self.at != START:
            await move(connection, [Step(name, partition, START.index, self.at)])

    def _is_beyond(self, item: Item) -> bool:
        if self.until is not None and item.copy.index > self.until:
            return True
        as_of = self.build.as_of
        return as_of is not None and item.recorded.recorded_at > as_of


@dataclass(frozen=True)
class Load:
    """A bulk load of several builds; what is committed is not read again."""

    pool: asyncpg.Pool
    source: Source
    builds: Sequence[Build]
    dropped: Dropped = field(default_factory=dict)

    async def run(self, meter: Meter) -> None:
        """Load every partition that a build lacks.

        Raises TopicIncomplete, RebuildCancelled.
        """
        services = {name for build in self.builds for name in build.declared.services}
        parts = await self.source.parts(services)
        lives = [build.declared.table for build in self.builds]
        async with self.pool.acquire() as connection:
            live = await read(connection, lives)
            done = await read(connection, [build.consumer for build in self.builds])
        todo = [(part, self._shares(part, live, done)) for part in parts]
        meter.total = sum(part.records for part, shares in todo if shares)
        for part, shares in todo:
            if shares:
                await meter.tell()
                await self._part(part, shares, meter)
        await meter.tell()

    def _shares(
        self, part: Part, live: Mapping[str, Positions], done: Mapping[str, Positions]
    ) -> list[Share]:
        return [
            Share(
                build,
                bulk(build.declared, build.schema),
                self.dropped.get(build.declared.name, frozenset()),
                limit(build, live[build.declared.table], part.partition),
            )
            for build in self.builds
            if part.service in build.declared.services
            and part.partition not in done[build.consumer]
        ]

    async def _part(self, part: Part, shares: Sequence[Share], meter: Meter) -> None:
        types = frozenset[str]().union(*(s.build.declared.types for s in shares))
        last, highest = START, START.index
        async with self.pool.acquire() as connection, connection.transaction():
            async for page in self.source.read(part.partition, START.kafka_offset):
                await meter.add(len(page))
                admitted = admit(last, page)
                if admitted.diverged is not None:
                    raise TopicIncomplete(f"{part.partition}: another record again")
                highest = max([highest, *(copy.index for copy in page)])
                if admitted.apply:
                    last = Position.at(admitted.apply[-1])
                items = list(_items(admitted.apply, types))
                for share in shares:
                    share.take(items)
                    await share.bulk.flush(connection)
            if highest > last.index:
                raise TopicIncomplete(f"{part.partition}: no record {last.index + 1}")
            for share in shares:
                await share.finish(connection, part.partition)


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
