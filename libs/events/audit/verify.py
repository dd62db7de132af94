"""Verify: journal, hash chain and topic are held against each other, row by row.

The journal is read in order and its chain recomputed; each row must be the next record
of its partition on the topic, bit for bit; every seal must say the same of the log.
Memory hardly grows with the log.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from time import monotonic

import asyncpg

from libs.events.audit.places import PAGE, Looked
from libs.events.audit.sealed import Held, Seals, Where, gathered
from libs.events.audit.summing import FEW, Logs, processes, summed
from libs.events.audit.topic import (
    Differs,
    Partition,
    check,
    differences,
    partitions,
    place,
)
from libs.events.event import Recorded
from libs.events.journal.chain import verified
from libs.events.journal.journal import Journal
from libs.events.journal.words import GENESIS, Head, LogCorrupted
from libs.events.stream.topics import partition_of

RELAYED = "SELECT COALESCE(max(seq), 0) FROM relay_checkpoint"
PATIENCE = 10.0
"""Seconds that the relay has to come along with what was recorded until now."""
LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Verdict:
    """What was found: rows and records that agree, and the first place that doesn't.

    `foreign` records stand on the topic and are nobody's: they are counted, not ours.
    `disproved_by` names the first seal that says another thing than the journal.
    """

    service: str
    topic: str
    rows: int
    records: int
    foreign: int
    wrong: str | None = None
    seals: int = 0
    disproved_by: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether journal, chain and topic say the same."""
        return self.wrong is None


@dataclass
class _Reading:
    """How far a verification is; what is recorded after `until` is left alone."""

    journal: Journal
    until: Head
    looked: Looked
    held: Held
    rows: int = 0
    records: int = 0

    async def first_wrong(self, read: Sequence[Partition], seals: Seals) -> str | None:
        try:
            await self.compare(read)
            _must(seals.wrong)
        except (Differs, LogCorrupted) as differs:
            return str(differs)
        return None

    async def compare(self, read: Sequence[Partition]) -> None:
        async for row in self._journalled():
            self.rows = row.seq
            await _agree(row, read[partition_of(row.partition_key)])
            self.records += 1
            _must(self.held.takes(row.leaf, row.chain))
        for partition in read:
            await self._beyond(partition)
        _must(self.held.end())

    async def _journalled(self) -> AsyncIterator[Recorded]:
        seq, chain = 0, GENESIS
        while seq < self.until.seq:
            page = await self._page(seq)
            if not page:
                message = (
                    f"the journal ends at event {seq}, its head says {self.until.seq}"
                )
                raise Differs(message)
            for row in verified(page, seq, chain):
                seq, chain = row.seq, row.chain
                yield row
        if chain != self.until.chain:
            message = f"the journal's head has another chain than event {seq}"
            raise Differs(message)

    async def _page(self, after: int) -> Sequence[Recorded]:
        try:
            return await self.journal.read_stored(
                after, min(PAGE, self.until.seq - after)
            )
        except ValueError as error:
            message = f"a row after event {after} cannot be read"
            raise Differs(message) from error

    async def _beyond(self, partition: Partition) -> None:
        # What was recorded while we read is in the journal by now; nothing else may
        # follow, and nothing a second time.
        while (copy := await partition.next()) is not None:
            row = await self.looked.at(copy.recorded.seq)
            if row is None:
                message = (
                    f"{place(copy)} holds event {copy.recorded.seq},"
                    " the journal does not"
                )
                raise Differs(message)
            if row.seq <= self.until.seq or differences(row, copy.recorded):
                message = f"{place(copy)} holds what is no further event of the journal"
                raise Differs(message)


@dataclass(frozen=True)
class Also:
    """What a journal is held against besides its topic, and how it may be read.

    With the journal's `dsn` a long log is read by two processes, and row by row only
    if they find a doubt.
    """

    seals: Where | None = None
    dsn: str | None = None


async def verify(
    journal: Journal,
    bootstrap: str,
    topic: str,
    patience: float = PATIENCE,
    also: Also = Also(),
) -> Verdict:
    """Hold a service's journal against a topic and its seals, up to its head.

    `topic` may be a copy of the service's own. Nothing is written anywhere. Relay and
    sealer have `patience` seconds to come along. Raises NoSuchTopic.
    """
    # The seals first: what they cover is in the journal by the time its head is read.
    seals = Seals()
    if also.seals is not None:
        pool, service = journal.pool, journal.service
        seals = await gathered(pool, service, also.seals, patience)
    until = await journal.head()
    await _come_along(journal.pool, until.seq, patience)
    foreign = None
    if also.dsn is not None and seals.wrong is None and until.seq >= FEW:
        await check(bootstrap, topic)
        logs = Logs(also.dsn, bootstrap, topic, journal.service, until)
        with processes() as executor:
            foreign = await summed(logs, seals.seals, executor)
    if foreign is not None:
        rows, sealed = until.seq, len(seals.seals)
        return Verdict(journal.service, topic, rows, rows, foreign, seals=sealed)
    looked = Looked(journal)
    reading = _Reading(journal, until, looked, Held(seals))
    async with partitions(bootstrap, topic, looked) as read:
        wrong = await reading.first_wrong(read, seals)
        foreign = sum(partition.foreign for partition in read)
    found = (reading.rows, reading.records, foreign)
    disproof = await seals.disproof(journal.pool) if wrong else None
    named = disproof.named() if disproof else None
    return Verdict(journal.service, topic, *found, wrong, len(seals.seals), named)


def _must(wrong: str | None) -> None:
    if wrong is not None:
        raise Differs(wrong)


async def _come_along(pool: asyncpg.Pool, seq: int, patience: float) -> None:
    until = monotonic() + patience
    while monotonic() < until:
        if await pool.fetchval(RELAYED) >= seq:
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _agree(row: Recorded, partition: Partition) -> None:
    copy = await partition.next()
    if copy is None:
        message = f"event {row.seq} is not on the topic"
        raise Differs(message)
    differing = differences(row, copy.recorded)
    if "seq" in differing:
        message = (
            f"event {row.seq} is not where it belongs on the topic:"
            f" event {copy.recorded.seq} is, at {place(copy)}"
        )
        raise Differs(message)
    if differing:
        message = (
            f"event {row.seq} and its record at {place(copy)} differ in"
            f" {', '.join(differing)}"
        )
        raise Differs(message)
