"""Tail: a topic's newest records against a journal that may be restored and older."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from libs.events.event import Recorded
from libs.events.journal.words import Diverged
from libs.events.stream.envelope import Copy, from_record
from libs.events.stream.leadership import Checkpoint, Last
from libs.events.stream.progress import NOTHING
from libs.events.stream.reading import reading
from libs.events.stream.sender import Numbered

READ_SECONDS = 30
LOOKS = 4
"""A broker that has just come back may say too little for a moment."""


class TopicUnfit(Exception):
    """The topic is not the one this relay wrote: nothing may be sent there."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


async def records_from(
    bootstrap: str, starts: Mapping[TopicPartition, int]
) -> AsyncIterator[Copy]:
    """Yield our records from these offsets up to the ends as they are now.

    An offset before the first that is left means that first one.
    """
    async with reading(bootstrap) as consumer:
        consumer.assign(list(starts))
        firsts = await consumer.beginning_offsets(list(starts))
        ends = await consumer.end_offsets(list(starts))
        left = {p: end for p, end in ends.items() if max(starts[p], firsts[p]) < end}
        for partition, start in starts.items():
            begin = max(start, firsts[partition])
            consumer.seek(partition, min(begin, ends[partition]))
        while left:
            async with asyncio.timeout(READ_SECONDS):
                pages = await consumer.getmany(*left, timeout_ms=1000)
            for partition, records in pages.items():
                for record in records:
                    read = from_record(record)
                    if isinstance(read, Copy) and record.offset < ends[partition]:
                        yield read
            for partition in list(left):
                if await consumer.position(partition) >= left[partition]:
                    del left[partition]


@dataclass(frozen=True)
class Expected:
    """The topic a relay writes to: where, how many partitions, how far."""

    bootstrap: str
    topic: str
    partitions: int
    checkpoint: Checkpoint


async def hold_fit(expected: Expected, pause: float) -> None:
    """Raise TopicUnfit when a topic is gone, was cut, or has other partitions."""
    for look in range(LOOKS):
        found, ends = await _ends(expected.bootstrap, expected.topic)
        unfit = _unfit(expected, found, ends)
        if unfit is None:
            return
        if look + 1 == LOOKS:
            raise unfit
        await asyncio.sleep(pause)


async def _ends(bootstrap: str, topic: str) -> tuple[int, Mapping[int, int]]:
    """Return how many partitions a topic has, and where each ends."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        [told] = await admin.describe_topics([topic])
    finally:
        await admin.close()
    places = [TopicPartition(topic, p["partition"]) for p in told["partitions"]]
    if not places:
        return 0, {}
    async with reading(bootstrap) as consumer:
        ends = await consumer.end_offsets(places)
    return len(places), {place.partition: end for place, end in ends.items()}


def _unfit(
    expected: Expected, found: int, ends: Mapping[int, int]
) -> TopicUnfit | None:
    topic, wanted = expected.topic, expected.partitions
    if not found:
        message = (
            f"There is no topic {topic}: was it deleted, or is the prefix another?"
            " Start the deployment anew, which makes it, then have it refilled."
        )
        return TopicUnfit("topic-missing", message)
    if found != wanted:
        message = (
            f"{topic} has {found} partitions instead of {wanted}, which can never"
            " change: use another prefix, and its relay fills the new topic."
        )
        return TopicUnfit("topic-partitions", message)
    for partition, last in sorted(expected.checkpoint.lasts.items()):
        if ends.get(partition, 0) <= last.kafka_offset:
            return _lost(topic, partition, last)
    return None


def hold_offsets(
    topic: str, checkpoint: Checkpoint, acknowledged: Mapping[int, Last]
) -> None:
    """Raise TopicUnfit when a topic began anew while it was written to."""
    for partition, last in acknowledged.items():
        before = checkpoint.lasts.get(partition)
        if before is not None and last.kafka_offset <= before.kafka_offset:
            raise _lost(topic, partition, before)


def are_between(
    checkpoint: Checkpoint, page: Sequence[Numbered], acknowledged: Mapping[int, Last]
) -> bool:
    """Say whether somebody else wrote between the checkpoint and what was sent."""
    sent = Counter(each.partition for each in page)
    for partition, last in acknowledged.items():
        before = checkpoint.lasts.get(partition)
        start = before.kafka_offset if before is not None else NOTHING
        if last.kafka_offset != start + sent[partition]:
            return True
    return False


def _lost(topic: str, partition: int, last: Last) -> TopicUnfit:
    message = (
        f"{topic}, partition {partition}, ends before index {last.index}, which it"
        " had acknowledged: records are lost there, or the servers are others."
        " Restore the topic, or make it anew and POST /operator/relay/refill."
    )
    return TopicUnfit("topic-lost", message)


async def newest(
    bootstrap: str, topic: str, partitions: int, checkpoint: Checkpoint
) -> list[Copy]:
    """Return the topic's records from each partition's checkpoint on, that included."""
    starts = {
        TopicPartition(topic, partition): (
            checkpoint.lasts[partition].kafka_offset
            if partition in checkpoint.lasts
            else 0
        )
        for partition in range(partitions)
    }
    copies = [copy async for copy in records_from(bootstrap, starts)]
    return [c for c in copies if c.index >= checkpoint.index(c.partition)]


def missing_rows(
    copies: Sequence[Copy], checkpoint: Checkpoint, rows: Sequence[Numbered]
) -> list[Recorded]:
    """Return the rows that only the topic has, in the journal's order.

    `rows` are the journal's own after the checkpoint. Raises Diverged when both
    hold another event at the same index, or when the topic's go on beyond a gap.
    """
    ours = {(row.partition, row.index): row.recorded for row in rows}
    lost: dict[int, Recorded] = {}
    for copy in copies:
        last = checkpoint.lasts.get(copy.partition)
        if last and copy.index == last.index:
            _same(copy, copy.recorded.id == last.id)
        elif (row := ours.get((copy.partition, copy.index))) is not None:
            same = (row.id, row.chain) == (copy.recorded.id, copy.recorded.chain)
            _same(copy, same)
        else:
            lost[copy.recorded.seq] = copy.recorded
    head = rows[-1].recorded.seq if rows else checkpoint.seq
    for expected, seq in enumerate(sorted(lost), start=head + 1):
        if seq != expected:
            raise Diverged(
                f"The topic goes on with sequence {seq}, the journal ends at {head}."
                " Restore a newer copy of the journal."
            )
    return [lost[seq] for seq in sorted(lost)]


def _same(copy: Copy, same: bool) -> None:  # noqa: FBT001 -- the finding itself.
    if not same:
        raise Diverged(
            f"{copy.topic}, partition {copy.partition}, index {copy.index}: the topic"
            f" holds event {copy.recorded.id}, the journal another one. Restore the"
            " journal that wrote this topic, or start a new version of the topic; if"
            " another deployment writes here too, give this one its own prefix."
        )
