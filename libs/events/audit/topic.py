"""Topic: a service's records partition by partition, in order, repeats held to it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, fields
from typing import Any, NoReturn

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from libs.events.audit.places import PAGE, Looked, Places
from libs.events.event import Recorded
from libs.events.stream.envelope import Copy, Foreign, from_record
from libs.events.stream.reading import reading
from libs.events.stream.topics import PARTITIONS

WAIT_MS = 1000
EARLY_MOST = 10_000
"""So many records before their turn are no page that was under way."""


class Differs(Exception):
    """The first place where journal and topic do not agree."""


class NoSuchTopic(LookupError):
    """There is no topic of that name, or it has another number of partitions."""


@dataclass
class Partition:
    """One partition, read once, up to the end it had when it was first read.

    A relay may repeat a record under its index; a repeat must be the same row. So a
    record may stand before its turn (under way while the topic was made again, it is
    there before index 0): it must come once more, in its turn.
    """

    consumer: AIOKafkaConsumer
    at: TopicPartition
    places: Places
    foreign: int = 0
    index: int = -1
    early: dict[int, Copy] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._copies = self._read()

    async def next(self) -> Copy | None:
        """Return the next row's record; None at the end.

        Raises Differs for a hole in the dense index, or a repeat that is not one.
        """
        async for copy in self._copies:
            if copy.index == self.index + 1:
                return self._in_turn(copy)
            if copy.index <= self.index:
                await self._hold_repeat(copy)
                continue
            self._hold_early(copy)
            if len(self.early) > EARLY_MOST:
                break
        if self.early:
            copy = next(iter(self.early.values()))
            message = (
                f"{place(copy)}: the record with index {self.index + 1} is missing,"
                f" {copy.index} stands there (event {copy.recorded.seq})"
            )
            raise Differs(message)
        return None

    def _hold_early(self, copy: Copy) -> None:
        before = self.early.setdefault(copy.index, copy)
        self._hold_same(before, copy)

    def _hold_same(self, before: Copy, copy: Copy) -> None:
        if differing := differences(before.recorded, copy.recorded):
            self._repeated(copy, differing)

    def _repeated(self, copy: Copy, differing: Sequence[str]) -> NoReturn:
        with_what = "by another event" if "seq" in differing else "with other words"
        message = f"{place(copy)}: index {copy.index} is repeated {with_what}"
        raise Differs(message)

    def _in_turn(self, copy: Copy) -> Copy:
        if before := self.early.pop(copy.index, None):
            self._hold_same(before, copy)
        self.index = copy.index
        self.places.stands(copy.index, copy.recorded.seq)
        return copy

    async def _hold_repeat(self, copy: Copy) -> None:
        row = await self.places.row_at(copy.index)
        if differing := ["seq"] if row is None else differences(row, copy.recorded):
            self._repeated(copy, differing)

    async def _read(self) -> AsyncIterator[Copy]:
        self.consumer.assign([self.at])
        first = (await self.consumer.beginning_offsets([self.at]))[self.at]
        end = (await self.consumer.end_offsets([self.at]))[self.at]
        self.consumer.seek(self.at, first)
        while await self.consumer.position(self.at) < end:
            found = await self.consumer.getmany(
                self.at, timeout_ms=WAIT_MS, max_records=PAGE
            )
            for copy in self._ours(found.get(self.at, ()), end):
                yield copy

    def _ours(self, records: Sequence[Any], end: int) -> Iterator[Copy]:
        for record in records:
            if record.offset >= end:
                return
            match from_record(record):
                case Copy() as copy:
                    yield copy
                case Foreign():
                    self.foreign += 1


def place(copy: Copy) -> str:
    """Return where a record stands, for a person."""
    return f"{copy.topic} partition {copy.partition} offset {copy.offset}"


def differences(row: Recorded, record: Recorded) -> list[str]:
    """Return the names of the stored fields in which two rows differ."""
    return [
        each.name
        for each in fields(Recorded)
        if each.compare and getattr(row, each.name) != getattr(record, each.name)
    ]


@asynccontextmanager
async def partitions(
    bootstrap: str, topic: str, looked: Looked
) -> AsyncIterator[Sequence[Partition]]:
    """Open all partitions of a topic, each at its first record.

    Raises NoSuchTopic.
    """
    await check(bootstrap, topic)
    async with AsyncExitStack() as stack:
        opened = []
        for number in range(PARTITIONS):
            consumer = await stack.enter_async_context(
                reading(bootstrap, auto_offset_reset="earliest")
            )
            at = TopicPartition(topic, number)
            opened.append(Partition(consumer, at, Places(looked, number)))
        yield opened


async def check(bootstrap: str, topic: str) -> None:
    """Raise NoSuchTopic unless the topic is there with its partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        told = (await admin.describe_topics([topic]))[0]
    finally:
        await admin.close()
    found = len(told["partitions"])
    if not found:
        message = f"there is no topic {topic}"
        raise NoSuchTopic(message)
    if found != PARTITIONS:
        message = f"{topic} has {found} partitions, not {PARTITIONS}"
        raise NoSuchTopic(message)
