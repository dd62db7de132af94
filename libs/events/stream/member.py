"""Member: one process's share of a consumer group, batch by batch."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from libs.events.stream.effects import ConsumerBroken, Effects
from libs.events.stream.ends import Ends
from libs.events.stream.envelope import Copy, Foreign, Record, from_record
from libs.events.stream.foreign import tell_foreign
from libs.events.stream.group import Group
from libs.events.stream.holes import Holes
from libs.events.stream.trouble import TRANSIENT, Issue, Lag, name_of
from libs.telemetry import messaging

log = structlog.get_logger()

PASSING: tuple[type[Exception], ...] = (*TRANSIENT, ConsumerBroken)
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
# So many failures one after another are no passing trouble.
FAILURES_TO_TELL = 3
COMMIT_SECONDS = 5.0
ASK_SECONDS = 5.0
"""After so long without a word of the group, a commit asks whether we are in it."""


class Member(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is untyped.
    """Takes in what Kafka hands over; the stored positions decide what is new."""

    def __init__(
        self,
        group: Group,
        effects: Effects,
        holes: Holes,
        consumer: Callable[[], AIOKafkaConsumer | None],
    ) -> None:
        self._group = group
        self._effects = effects
        self._holes = holes
        self._consumer = consumer
        self._read: dict[TopicPartition, tuple[int, int]] = {}
        self._level_at: dict[TopicPartition, float] = {}
        self._is_loaded = False
        self._committed: dict[TopicPartition, int] = {}
        self._heard_at = self._fed_at = time.monotonic()
        self._ends = Ends()
        self._failures = 0
        self._trouble: Issue | None = None
        self._busy = asyncio.Lock()
        self._stopping = asyncio.Event()
        self.assigned: frozenset[TopicPartition] = frozenset()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Finish the page at hand; its effect still counts."""
        async with self._busy:
            await self._store()
            self.assigned = self.assigned - revoked
        await self.commit()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Read on from the stored positions, whatever Kafka remembers."""
        async with self._busy:
            self.assigned = frozenset(assigned)
            self._heard_at = self._fed_at = time.monotonic()
            for each in (self._holes, self._read, self._level_at):
                each.clear()
            self._is_loaded = False
            with suppress(*TRANSIENT):
                await self._load()

    async def _store(self) -> None:
        # Not stored is only read again, by whoever has the partition then.
        with suppress(*TRANSIENT):
            await self._effects.store()

    async def _load(self) -> None:
        await self._effects.load()
        self._is_loaded = True
        self._rewind(self.assigned)

    async def on_batch(self, records: tuple[Any, ...]) -> None:
        """Take in a batch; never raises, or FastStream would skip it for ever."""
        async with self._busy:
            self._fed_at = time.monotonic()
            try:
                if self._is_loaded and not self._effects.is_stale:
                    await self._take(records)
                    self._failures, self._trouble = 0, None
                else:
                    # What was fetched before is fetched again, from what is stored.
                    await self._load()
            except PASSING as error:
                self._again(records, error)
            except Exception as error:  # the subscription's own loop
                log.exception("subscription_failed", group=self._group.name)
                self._again(records, error)
            else:
                return
        pause = min(FIRST_PAUSE * 2**self._failures, LONGEST_PAUSE)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._stopping.wait()

    def _again(self, records: Sequence[Record], error: Exception) -> None:
        self._failures += 1
        self._is_loaded = False
        log.warning("page_again", group=self._group.name, error=name_of(error))
        if self._failures >= FAILURES_TO_TELL:
            message = f"The same page failed {self._failures} times: {name_of(error)}."
            self._trouble = Issue("failing", self._group.name, message)
        self._rewind({TopicPartition(r.topic, r.partition) for r in records})

    async def _take(self, records: Sequence[Any]) -> None:
        page: dict[TopicPartition, list[Copy]] = {}
        foreign: list[Foreign] = []
        for record in records:
            partition = TopicPartition(record.topic, record.partition)
            # Fetched before a rebalance: another member has it now.
            if partition not in self.assigned or self._holes.has_stopped(partition):
                continue
            self._read[partition] = (record.offset + 1, record.timestamp)
            match from_record(record):
                case Copy() as copy:
                    page.setdefault(partition, []).append(copy)
                case Foreign() as found:
                    foreign.append(found)
        tell_foreign(foreign)
        if page:
            await self._apply(page)

    async def _apply(self, page: Mapping[TopicPartition, Sequence[Copy]]) -> None:
        by_topic: dict[str, list[Any]] = {}
        for partition, copies in page.items():
            told = by_topic.setdefault(partition.topic, [])
            told += [copy.recorded for copy in copies]
        with messaging.process(self._group.name, by_topic):
            found = await self._effects.apply(page, self._group.readers)
        self._holes.filled(self._filled())
        for partition, copy in found.diverged.items():
            self._stop_partition(partition, copy)
        self._rewind(self._holes.see(found.holes, time.monotonic()))

    def _filled(self) -> list[TopicPartition]:
        missing = self._holes.missing().items()
        return [one for one, index in missing if self._reached(one) >= index]

    def _reached(self, partition: TopicPartition) -> int:
        """Return the index up to which all consumers have taken a partition in."""
        names = self._group.readers[partition.topic]
        return min(self._effects.position(name, partition).index for name in names)

    def _stop_partition(self, partition: TopicPartition, copy: Copy) -> None:
        message = f"Index {copy.index} holds another event than the one applied."
        self._holes.stop(partition, message)
        self._pause([partition])
        where = f"{partition.topic}/{partition.partition}"
        log.error("partition_diverged", partition=where, index=copy.index)

    def _rewind(self, partitions: Iterable[TopicPartition]) -> None:
        """Read on from what is stored."""
        for partition in partitions:
            self._seek(partition, self._stored_offset(partition))

    def _stored_offset(self, partition: TopicPartition) -> int:
        names = self._group.readers.get(partition.topic, ())
        return self._effects.next_offset(partition, names)

    def _seek(self, partition: TopicPartition, offset: int) -> None:
        consumer = self._consumer()
        # Lost between two lines: whoever has it now seeks itself.
        with suppress(IllegalStateError):
            if consumer is not None and partition in self.assigned:
                consumer.seek(partition, offset)

    def _pause(self, partitions: Sequence[TopicPartition]) -> None:
        consumer = self._consumer()
        with suppress(IllegalStateError):
            if consumer is not None and partitions:
                consumer.pause(*partitions)

    async def look_after(self) -> None:
        """Go one round: pause what waits too long, look again, retry, commit."""
        now = time.monotonic()
        async with self._busy:
            if self._effects.is_stale:
                await self._load()
            late = self._holes.to_pause(now)
            self._pause(late)
            for partition in late:
                where = f"{partition.topic}/{partition.partition}"
                index = self._holes.missing()[partition]
                log.error("partition_lacks_index", partition=where, index=index)
            for partition, looks in self._holes.to_look_again(now):
                self._resume(partition, looks)
        await self._retry()
        await self.commit()
        consumer = self._consumer()
        if consumer is not None and self._ends.is_due(self._fed_at):
            await self._look_behind(consumer)

    async def _look_behind(self, consumer: AIOKafkaConsumer) -> None:
        """Nothing comes: ask Kafka whether there is more, and the relay's word."""
        offsets = self._offsets()
        told = {topic: self._group.told(topic) for topic in self._group.readers}
        if not await self._ends.ask(consumer, offsets, self._fed_at) or self._failures:
            return
        async with self._busy:
            lacking = self._ends.lacking(offsets, self._reached, told)
            for partition in self._holes.see(lacking, time.monotonic()):
                self._seek(partition, 0)

    def _resume(self, partition: TopicPartition, looks: int) -> None:
        if (consumer := self._consumer()) is None or partition not in self.assigned:
            return
        # From the start, for a topic made anew; after a look too short, on from there.
        with suppress(IllegalStateError):
            read, _ = self._read.get(partition, (0, 0))
            if looks == 1 or read >= (consumer.highwater(partition) or 0):
                consumer.seek(partition, 0)
            consumer.resume(partition)

    async def _retry(self) -> None:
        for consumer, stream, topic, partition in await self._effects.asked():
            async with self._busy:
                if TopicPartition(topic, partition) in self.assigned:
                    await self._effects.retry(consumer, stream)

    async def commit(self) -> None:
        """Tell Kafka where we are; its answer says that we are still in the group."""
        offsets = self._offsets()
        consumer = self._consumer()
        is_old = self._committed == offsets and self.silent < ASK_SECONDS
        if consumer is None or not offsets or is_old:
            return
        with suppress(KafkaError, IllegalStateError, TimeoutError):
            async with asyncio.timeout(COMMIT_SECONDS):
                # aiokafka's own TopicPartition: FastStream's would raise.
                await consumer.commit(offsets)
            self._committed, self._heard_at = offsets, time.monotonic()

    def _offsets(self) -> dict[TopicPartition, int]:
        """Return the offset from which each partition of the share is read on."""
        return {
            partition: self._read.get(partition, (self._stored_offset(partition), 0))[0]
            for partition in self.assigned.difference(self._holes.missing())
            if self._is_loaded or partition in self._read
        }

    @property
    def deaf(self) -> float:
        """Return the seconds since Kafka has what this consumer does not bring."""
        return self._ends.deaf(self._fed_at)

    @property
    def silent(self) -> float:
        """Return the seconds since the group last answered; 0.0 without a share."""
        return time.monotonic() - self._heard_at if self.assigned else 0.0

    def leave(self) -> None:
        """Give up the share: what still comes of it is dropped."""
        self.assigned, self._is_loaded = frozenset(), False
        self._read.clear()
        self._ends = Ends()

    async def stop(self) -> None:
        """Finish the page at hand and wait for nothing more."""
        self._stopping.set()
        async with self._busy:
            await self._store()
            await self.commit()

    def issues(self) -> list[Issue]:
        """Return what keeps this member from its work."""
        found = self._holes.issues(time.monotonic())
        return [*found, self._trouble] if self._trouble else found

    def behind(self, partition: TopicPartition) -> Lag:
        """Return how far one of its partitions is behind, and for how many seconds.

        Since it was last level, or the age of what it read last, if that is more.
        """
        consumer = self._consumer()
        offset, stamp = self._read.get(partition, (0, 0))
        if partition in self._holes.missing() or not stamp:
            offset = self._stored_offset(partition)
        end = consumer.highwater(partition) if consumer else None
        events = max(0, max(end or 0, self._ends.of(partition)) - offset)
        now = time.monotonic()
        if events == 0:
            self._level_at[partition] = now
            return Lag(0, 0.0)
        waited = now - self._level_at.setdefault(partition, now)
        age = time.time() - stamp / 1000 if stamp else 0.0
        return Lag(events, max(waited, age))
