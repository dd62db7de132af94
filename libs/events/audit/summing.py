"""Summing: both sides of a log read at once, in two processes, and compared.

It only ever says "all agrees" or "not for me to say": then `verify` reads row by row.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.events.audit.merkle import Frontier
from libs.events.audit.seal import Seal
from libs.events.audit.sums import (
    COLUMNS,
    SPAN,
    JournalPart,
    Part,
    Sums,
    TopicPart,
    Unclear,
    grown,
)
from libs.events.journal.words import GENESIS, Head
from libs.events.stream.reading import reading
from libs.events.stream.topics import PARTITIONS
from libs.workers import workers

PAGE = 8192
WAIT_MS = 1000
FETCH_BYTES = 16 * 1024 * 1024
WORKERS = 2
TOGETHER = 3
FEW = 20_000
"""Below so many events two processes cost more than they save."""

CHAIN = "SELECT chain FROM journal.event WHERE seq = $1"
ROWS = (
    f"SELECT {COLUMNS} FROM journal.event"  # noqa: S608 -- a constant list.
    " WHERE seq > $1 AND seq <= $2 ORDER BY seq"
)
SAID = "SELECT seq, leaf, chain FROM journal.event WHERE seq = ANY($1)"


@dataclass(frozen=True)
class Logs:
    """A journal by DSN, a topic, and up to where they are compared."""

    dsn: str
    bootstrap: str
    topic: str
    service: str
    until: Head


@dataclass(frozen=True)
class _Read:
    """What some partitions said: sums, and rows recorded while they were read."""

    sums: Sums
    beyond: dict[int, bytes]
    foreign: int


def processes() -> Executor:
    """Return what reads in two processes; close it after."""
    return workers(WORKERS)


async def summed(logs: Logs, seals: Sequence[Seal], executor: Executor) -> int | None:
    """Return how many foreign records there are beside two logs that agree.

    None when journal, chain, topic or seals may not agree: look closer.
    """
    loop = asyncio.get_running_loop()
    marks = frozenset(seal.size for seal in seals)
    parts = [
        loop.run_in_executor(executor, _journal_part, logs, after, marks)
        for after in range(0, logs.until.seq, SPAN)
    ]
    reads = [
        loop.run_in_executor(executor, _topic_part, logs, first)
        for first in range(0, PARTITIONS, TOGETHER)
    ]
    try:
        journal, topic = await asyncio.gather(*parts), await asyncio.gather(*reads)
    except Unclear:
        await asyncio.gather(*parts, *reads, return_exceptions=True)
        return None
    agreed = (
        _added([part.sums for part in journal]) == _added([one.sums for one in topic])
        and _sealed(journal, seals, logs.until)
        and await _further(logs, [one.beyond for one in topic])
    )
    return sum(one.foreign for one in topic) if agreed else None


def _added(sums: Sequence[Sums]) -> Sums:
    return {at: said for each in sums for at, said in each.items()}


def _sealed(parts: Sequence[Part], seals: Sequence[Seal], until: Head) -> bool:
    """Say whether ranges follow each other up to the head, as every seal says."""
    tree, last = Frontier(), GENESIS
    said = dict[int, tuple[bytes, bytes]]()
    for part in parts:
        for size, peaks in part.at_seals.items():
            said[size] = grown(tree, peaks).root(), part.chains[size]
        tree, last = grown(tree, part.peaks), part.last_chain
    whole = (tree.size, last) == (until.seq, until.chain)
    return whole and all(
        said.get(seal.size) == (seal.root, seal.chain) for seal in seals
    )


async def _further(logs: Logs, beyond: Sequence[dict[int, bytes]]) -> bool:
    """Say whether what was recorded while we read is in the journal, too."""
    wanted = {seq: said for each in beyond for seq, said in each.items()}
    if not wanted:
        return True
    connection = await asyncpg.connect(logs.dsn)
    try:
        rows = await connection.fetch(SAID, list(wanted))
    finally:
        await connection.close()
    return wanted == {row["seq"]: row["leaf"] + row["chain"] for row in rows}


def _journal_part(logs: Logs, after: int, marks: frozenset[int]) -> Part:
    return asyncio.run(_read_journal(logs, after, marks))


async def _read_journal(logs: Logs, after: int, marks: frozenset[int]) -> Part:
    until = min(after + SPAN, logs.until.seq)
    connection = await asyncpg.connect(logs.dsn)
    try:
        before = await connection.fetchval(CHAIN, after) if after else GENESIS
        if before is None:
            raise Unclear(after)
        part = JournalPart(after + 1, before, marks)
        for start in range(after, until, PAGE):
            part.take(await connection.fetch(ROWS, start, min(start + PAGE, until)))
    finally:
        await connection.close()
    if len(part.leaves) != until - after:
        raise Unclear(after)
    return part.done()


def _topic_part(logs: Logs, first: int) -> _Read:
    return asyncio.run(_read_topic(logs, range(first, first + TOGETHER)))


async def _read_topic(logs: Logs, numbers: range) -> _Read:
    service, until = logs.service.encode(), logs.until.seq
    parts = {
        TopicPartition(logs.topic, number): TopicPart(service, number, until)
        for number in numbers
    }
    async with reading(
        logs.bootstrap,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_bytes=FETCH_BYTES,
    ) as consumer:
        await _take(consumer, parts)
    return _Read(
        _added([part.digests.sums() for part in parts.values()]),
        {seq: said for part in parts.values() for seq, said in part.beyond.items()},
        sum(part.foreign for part in parts.values()),
    )


async def _take(
    consumer: AIOKafkaConsumer, parts: Mapping[TopicPartition, TopicPart]
) -> None:
    """Read the partitions up to the ends that they have now."""
    consumer.assign(list(parts))
    firsts = await consumer.beginning_offsets(list(parts))
    ends = await consumer.end_offsets(list(parts))
    for at, first in firsts.items():
        consumer.seek(at, first)
    left = {at for at, end in ends.items() if firsts[at] < end}
    while left:
        pages = await consumer.getmany(*left, timeout_ms=WAIT_MS, max_records=PAGE)
        for at, records in pages.items():
            for record in records:
                if record.offset < ends[at]:
                    parts[at].take(record)
        left = {at for at in left if await consumer.position(at) < ends[at]}
