"""Verify: journal, hash chain and topic are held against each other, row by row.

The journal is read in order and its chain recomputed; each row must be the next record
of its partition on the topic, bit for bit. Memory does not grow with the log.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.events.event import Recorded
from libs.events.journal.chain import verified
from libs.events.journal.journal import Journal
from libs.events.journal.words import GENESIS, LogCorrupted
from libs.events.stream.envelope import Copy, Foreign, from_record
from libs.events.stream.topics import PARTITIONS, partition_of

PAGE = 2000
WAIT_MS = 1000


@dataclass(frozen=True)
class Verdict:
    """What was found: rows and records that agree, and the first place that doesn't.

    `foreign` records stand on the topic and are nobody's: they are counted, not ours.
    """

    service: str
    topic: str
    rows: int
    records: int
    foreign: int
    wrong: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether journal, chain and topic say the same."""
        return self.wrong is None


class _Differs(Exception):
    """The first place where journal and topic do not agree."""


class _Partition:
    """One partition of the topic, read in order; repeats of the relay are skipped."""

    def __init__(self, consumer: AIOKafkaConsumer, at: TopicPartition) -> None:
        self._consumer = consumer
        self._at = at
        self._index = -1
        self.foreign = 0
        self._records = self._read()

    async def next(self) -> Recorded | None:
        """Return the next row of the partition; None at its end.

        Raises _Differs for a hole in the dense index.
        """
        async for copy in self._records:
            if copy.index <= self._index:
                continue
            if copy.index != self._index + 1:
                raise _Differs(
                    f"{self._where()}: record {self._index + 1} is missing,"
                    f" {copy.index} follows {self._index}"
                )
            self._index = copy.index
            return copy.recorded
        return None

    def _where(self) -> str:
        return f"{self._at.topic} partition {self._at.partition}"

    async def _read(self) -> AsyncIterator[Copy]:
        self._consumer.assign([self._at])
        first = (await self._consumer.beginning_offsets([self._at]))[self._at]
        end = (await self._consumer.end_offsets([self._at]))[self._at]
        self._consumer.seek(self._at, first)
        while await self._consumer.position(self._at) < end:
            found = await self._consumer.getmany(
                self._at, timeout_ms=WAIT_MS, max_records=PAGE
            )
            for copy in self._ours(found.get(self._at, [])):
                yield copy

    def _ours(self, records: list[object]) -> Iterator[Copy]:
        for record in records:
            copy = from_record(record)  # type: ignore[arg-type]  # aiokafka is untyped
            if isinstance(copy, Foreign):
                self.foreign += 1
            else:
                yield copy


async def verify(journal: Journal, bootstrap: str, topic: str) -> Verdict:
    """Hold a service's journal against a topic; the relay must have come along.

    `topic` may be a copy of the service's own. Nothing is written anywhere.
    """
    consumers = [_consumer(bootstrap) for _ in range(PARTITIONS)]
    for consumer in consumers:
        await consumer.start()
    try:
        partitions = [
            _Partition(consumer, TopicPartition(topic, number))
            for number, consumer in enumerate(consumers)
        ]
        return await _verdict(journal, topic, partitions)
    finally:
        for consumer in consumers:
            await consumer.stop()


async def _verdict(
    journal: Journal, topic: str, partitions: list[_Partition]
) -> Verdict:
    rows = records = 0
    wrong: str | None = None
    try:
        async for row in _rows(journal):
            rows = row.seq
            await _agree(row, partitions[partition_of(row.partition_key)])
            records += 1
        await _beyond(journal, partitions)
    except (_Differs, LogCorrupted) as differs:
        wrong = str(differs)
    foreign = sum(partition.foreign for partition in partitions)
    return Verdict(journal.service, topic, rows, records, foreign, wrong)


async def _rows(journal: Journal) -> AsyncIterator[Recorded]:
    seq, chain = 0, GENESIS
    while page := await journal.read_stored(seq, PAGE):
        for row in verified(page, seq, chain):
            seq, chain = row.seq, row.chain
            yield row
    head = await journal.head()
    if seq < head.seq:
        raise _Differs(f"the journal ends at event {seq}, its head says {head.seq}")


async def _agree(row: Recorded, partition: _Partition) -> None:
    record = await partition.next()
    if record is None:
        raise _Differs(f"event {row.seq} is not on the topic")
    if _bare(record) != _bare(row):
        raise _Differs(
            f"event {row.seq} of the journal is not the record on the topic"
            f" (there: event {record.seq})"
        )


async def _beyond(journal: Journal, partitions: list[_Partition]) -> None:
    # What was written while we read is in the journal by now; nothing else may follow.
    head = (await journal.head()).seq
    for partition in partitions:
        record = await partition.next()
        if record is not None and record.seq > head:
            raise _Differs(f"the topic holds event {record.seq}, the journal does not")


def _bare(row: Recorded) -> Recorded:
    return replace(row, event=None, leaf=b"", service="")


def _consumer(bootstrap: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
