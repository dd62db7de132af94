"""Copying a topic record by record, as a backup does, with one thing done to it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from libs.events.stream.topics import PARTITIONS

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class Raw:
    """A record as bytes."""

    partition: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    def header(self, name: str) -> str:
        """Return a header's text."""
        return dict(self.headers)[name].decode()

    def with_header(self, name: str, text: str) -> "Raw":
        """Return the record with one header changed."""
        changed = tuple(
            (n, text.encode() if n == name else value) for n, value in self.headers
        )
        return replace(self, headers=changed)


Meddle = Callable[[Sequence[Raw]], Iterable[Raw]]


async def read_raw(
    bootstrap: str, topic: str, partitions: int = PARTITIONS
) -> list[Raw]:
    """Return every record of a topic, partition by partition, in order."""
    found: list[Raw] = []
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False
    ) as consumer:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        ends = await consumer.end_offsets(places)
        firsts = await consumer.beginning_offsets(places)
        for at in places:
            consumer.assign([at])
            consumer.seek(at, firsts[at])
            while await consumer.position(at) < ends[at]:
                page = await consumer.getmany(at, timeout_ms=200)
                found += [
                    Raw(at.partition, r.key, r.value, tuple(r.headers))
                    for r in page.get(at, ())
                ]
    return found


async def write_raw(bootstrap: str, topic: str, records: Iterable[Raw]) -> None:
    """Send records as they are."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for each in records:
            await producer.send(
                topic,
                each.value,
                key=each.key,
                headers=list(each.headers),
                partition=each.partition,
            )
