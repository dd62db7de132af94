"""Resending: one partition's records sent again from an index, at a given pace."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from libs.events.stream.leadership import Checkpoint

ORDER = """
INSERT INTO relay_resend (id, topic, partition, from_index, records, per_second)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING"""
COUNT = """
SELECT greatest(idx - $3 + 1, 0) FROM relay_partition
WHERE topic = $1 AND partition = $2"""
WAITING = """
SELECT id, partition, from_index, per_second FROM relay_resend
WHERE topic = $1 AND finished_at IS NULL ORDER BY asked_at LIMIT 1"""
MOVED = """
UPDATE relay_resend
SET done = $2, finished_at = CASE WHEN $3 THEN clock_timestamp() END
WHERE id = $1"""
LIST = """
SELECT id, topic, partition, from_index, records, per_second, done, asked_at,
       finished_at
FROM relay_resend ORDER BY asked_at DESC LIMIT 50"""


@dataclass(frozen=True)
class Wanted:
    """One partition's records from an index on, so many a second."""

    partition: int
    from_index: int
    per_second: int


@dataclass
class Resend:
    """A resend under way: how far the log was gone through, and what was sent.

    The index of a record is counted from the log's start, so that is where it begins.
    """

    id: UUID
    wanted: Wanted
    at: Checkpoint = field(default_factory=lambda: Checkpoint(0, 0))
    sent: int = 0
    _began: float = field(default_factory=time.monotonic)

    def due_in(self) -> float:
        """Return the seconds until the pace lets it go on; not above zero is now."""
        return self._began + self.sent / self.wanted.per_second - time.monotonic()


async def count(pool: asyncpg.Pool, topic: str, partition: int, from_index: int) -> int:
    """Return how many records a resend from an index would send."""
    found: int | None = await pool.fetchval(COUNT, topic, partition, from_index)
    return found or 0


async def order(pool: asyncpg.Pool, topic: str, resend: Resend, records: int) -> None:
    """Leave word for whoever leads; once more changes nothing."""
    wanted = resend.wanted
    place = (wanted.partition, wanted.from_index, records, wanted.per_second)
    await pool.execute(ORDER, resend.id, topic, *place)


async def listed(pool: asyncpg.Pool) -> Sequence[asyncpg.Record]:
    """Return what was ordered, the latest first."""
    rows: Sequence[asyncpg.Record] = await pool.fetch(LIST)
    return rows


async def next_waiting(pool: asyncpg.Pool, topic: str) -> Resend | None:
    """Return the oldest that is not done."""
    row = await pool.fetchrow(WAITING, topic)
    if row is None:
        return None
    wanted = Wanted(row["partition"], row["from_index"], row["per_second"])
    return Resend(row["id"], wanted)


async def moved(pool: asyncpg.Pool, resend: Resend, *, finished: bool) -> None:
    """Note how far a resend is."""
    await pool.execute(MOVED, resend.id, resend.sent, finished)
