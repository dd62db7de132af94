"""Source: where a rebuild reads events from: the topics, from their first record."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.events.stream.envelope import Copy, Foreign, from_record
from libs.events.stream.reading import reading
from libs.events.stream.topics import PARTITIONS, Topics

PAGE = 5000
WAIT_MS = 1000


@dataclass(frozen=True)
class Part:
    """One partition and how many records it holds now: the unit of a bulk load.

    All events of a stream lie in one partition, so its rows are done when it is read.
    """

    service: str
    partition: TopicPartition
    records: int


class Source(Protocol):
    """Copies of journal rows by partition, in the topic's order, to its present end."""

    async def parts(self, services: Iterable[str]) -> Sequence[Part]: ...

    def read(
        self, partition: TopicPartition, after: int
    ) -> AsyncIterator[Sequence[Copy]]:
        """Yield pages of what lies after an offset (-1: all), then end."""
        ...


@dataclass(frozen=True)
class TopicSource:
    """The events' topics, read without a group: no live position is touched."""

    bootstrap: str
    topics: Topics

    async def parts(self, services: Iterable[str]) -> Sequence[Part]:
        """Return every partition of these services' topics."""
        found = [
            (service, TopicPartition(self.topics.events(service), number))
            for service in sorted(services)
            for number in range(PARTITIONS)
        ]
        async with self._consumer() as consumer:
            every = [partition for _, partition in found]
            firsts = await consumer.beginning_offsets(every)
            ends = await consumer.end_offsets(every)
        return [Part(service, at, ends[at] - firsts[at]) for service, at in found]

    async def read(
        self, partition: TopicPartition, after: int
    ) -> AsyncIterator[Sequence[Copy]]:
        """Yield pages of our own records; foreign ones are left out."""
        async with self._consumer() as consumer:
            consumer.assign([partition])
            end = (await consumer.end_offsets([partition]))[partition]
            consumer.seek(partition, after + 1)
            while await consumer.position(partition) < end:
                found = await consumer.getmany(
                    partition, timeout_ms=WAIT_MS, max_records=PAGE
                )
                records = (from_record(record) for record in found.get(partition, []))
                yield [copy for copy in records if not isinstance(copy, Foreign)]

    def _consumer(self) -> AbstractAsyncContextManager[AIOKafkaConsumer]:
        return reading(self.bootstrap, auto_offset_reset="earliest")
