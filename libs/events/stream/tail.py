"""Tail: a topic's newest records against a journal that may be restored and older."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.events.event import Recorded
from libs.events.journal.words import Diverged
from libs.events.stream.envelope import Copy, from_record
from libs.events.stream.leadership import Checkpoint
from libs.events.stream.sender import Numbered

READ_SECONDS = 30


async def records_from(
    bootstrap: str, starts: Mapping[TopicPartition, int]
) -> AsyncIterator[Copy]:
    """Yield our records from these offsets up to the ends as they are now."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign(list(starts))
        ends = await consumer.end_offsets(list(starts))
        left = {p: end for p, end in ends.items() if starts[p] < end}
        for partition, start in starts.items():
            consumer.seek(partition, min(start, ends[partition]))
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
    finally:
        await consumer.stop()


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
            " journal that wrote this topic, or start a new version of the topic."
        )
