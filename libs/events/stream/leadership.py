"""Leadership: one relay a topic, by an advisory lock on a connection of its own.

Losing the connection is losing the lock. A leader that is silent, because its process
was stopped or its line is dead, loses both: it shows that it is there every few
seconds, and the database ends a session that does not. The epoch in the checkpoint row
keeps a deposed leader, still alive and unaware, from moving anything.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from libs.events.journal.gone import GONE
from libs.events.stream.progress import NOTHING

CHANNEL = "journal"
BEATS = 4
"""How often a leader shows that it is there within the silence it is allowed."""

TRY = "SELECT pg_try_advisory_lock(hashtextextended('relay:' || $1, 0))"
LOCK = "SELECT pg_advisory_lock(hashtextextended('relay:' || $1, 0))"
# A lost checkpoint only means records sent twice: no need to wait for the disk.
QUICK = "SET synchronous_commit = off"
SILENT = "SELECT set_config('idle_session_timeout', $1, false)"
BEAT = "SELECT 1"
BEGIN = """
INSERT INTO relay_checkpoint (topic, seq, epoch, leader_pid, checked)
VALUES ($1, 0, 1, pg_backend_pid(), false)
ON CONFLICT (topic) DO UPDATE
SET epoch = relay_checkpoint.epoch + 1, leader_pid = pg_backend_pid(), checked = false
RETURNING seq, epoch
"""
LASTS = """
SELECT partition, idx, id, kafka_offset FROM relay_partition WHERE topic = $1
"""
EPOCH = "SELECT epoch FROM relay_checkpoint WHERE topic = $1"
CHECKED = "UPDATE relay_checkpoint SET checked = true WHERE topic = $1 AND epoch = $2"
ADVANCE = """
WITH moved AS (
    UPDATE relay_checkpoint SET seq = $3
    WHERE topic = $1 AND seq = $2 AND epoch = $4 RETURNING 1
), kept AS (
    INSERT INTO relay_partition (topic, partition, idx, id, kafka_offset)
    SELECT $1, n.* FROM unnest($5::int[], $6::bigint[], $7::uuid[], $8::bigint[]) AS n
    WHERE EXISTS (SELECT FROM moved)
    ON CONFLICT (topic, partition) DO UPDATE
    SET idx = excluded.idx, id = excluded.id, kafka_offset = excluded.kafka_offset
)
SELECT count(*) FROM moved
"""
ANEW = """
WITH forgotten AS (DELETE FROM relay_partition WHERE topic = $1)
UPDATE relay_checkpoint SET seq = 0, epoch = epoch + 1, checked = false
WHERE topic = $1
"""
HAS_COMPARED = """
SELECT EXISTS (
    SELECT FROM relay_checkpoint c JOIN pg_locks l ON l.pid = c.leader_pid
    WHERE c.topic = $1 AND c.checked AND l.locktype = 'advisory' AND l.granted
)
"""


class Deposed(Exception):
    """Another relay leads now, or the topic is to be filled anew: this one stops."""


@dataclass(frozen=True)
class Last:
    """The last acknowledged record of a partition."""

    index: int
    id: UUID
    kafka_offset: int


@dataclass(frozen=True)
class Checkpoint:
    """Everything up to `seq` is acknowledged by Kafka; the last of each partition."""

    seq: int
    epoch: int
    lasts: Mapping[int, Last] = field(default_factory=dict)

    def index(self, partition: int) -> int:
        """Return a partition's last index, -1 when it has none."""
        last = self.lasts.get(partition)
        return last.index if last else NOTHING


@dataclass(frozen=True)
class Lead:
    """The leader's connection: while it lives, this process leads."""

    connection: asyncpg.Connection
    topic: str
    lost: asyncio.Event
    speaks: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def begin(self) -> Checkpoint:
        """Raise the epoch and return the checkpoint it starts from."""
        async with self.speaks:
            row = await self.connection.fetchrow(BEGIN, self.topic)
            found = await self.connection.fetch(LASTS, self.topic)
        lasts = {
            each["partition"]: Last(each["idx"], each["id"], each["kafka_offset"])
            for each in found
        }
        return Checkpoint(row["seq"], row["epoch"], lasts)

    async def confirm(self, checkpoint: Checkpoint) -> None:
        """Note that journal and topic were compared: writers may open."""
        async with self.speaks:
            await self.connection.execute(CHECKED, self.topic, checkpoint.epoch)

    async def hold(self, checkpoint: Checkpoint) -> None:
        """Raise Deposed when the epoch moved: nothing that is sent would tell it."""
        async with self.speaks:
            epoch = await self.connection.fetchval(EPOCH, self.topic)
        if epoch != checkpoint.epoch:
            raise Deposed

    async def advance(
        self, checkpoint: Checkpoint, seq: int, moved: Mapping[int, Last]
    ) -> Checkpoint:
        """Move the checkpoint by compare-and-set; raises Deposed when it moved."""
        async with self.speaks:
            done = await self.connection.fetchval(
                ADVANCE,
                *(self.topic, checkpoint.seq, seq, checkpoint.epoch),
                list(moved),
                [last.index for last in moved.values()],
                [last.id for last in moved.values()],
                [last.kafka_offset for last in moved.values()],
            )
        if not done:
            raise Deposed
        return Checkpoint(seq, checkpoint.epoch, {**checkpoint.lasts, **moved})

    async def beat(self, silent: float) -> None:
        """Show that this leader is there, until it cannot: then it has lost."""
        try:
            with suppress(*GONE, asyncpg.PostgresError):
                while True:
                    async with asyncio.timeout(silent), self.speaks:
                        await self.connection.execute(BEAT)
                    await asyncio.sleep(silent / BEATS)
        finally:
            self.lost.set()


@dataclass(frozen=True)
class Calls:
    """Whom to call: at each append while leading, and when another one leads."""

    on_append: Callable[[], None]
    on_wait: Callable[[], None]


@asynccontextmanager
async def leadership(
    dsn: str, topic: str, silent: float, calls: Calls
) -> AsyncIterator[Lead]:
    """Wait until this process leads.

    A leader that is `silent` for so many seconds has its session ended by the database.
    """
    connection = await asyncpg.connect(dsn)
    beating: asyncio.Task[None] | None = None
    try:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        await connection.execute(QUICK)
        await connection.execute(SILENT, f"{silent * 1000:.0f}ms")
        # The database wakes the next in line: nobody has to ask again and again.
        if not await connection.fetchval(TRY, topic):
            calls.on_wait()
            await connection.execute(LOCK, topic)
        await connection.add_listener(CHANNEL, lambda *_: calls.on_append())
        lead = Lead(connection, topic, lost)
        beating = asyncio.create_task(lead.beat(silent), name=f"beat-{topic}")
        yield lead
    finally:
        if beating is not None:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
        # A graceful close could hang on a connection that is gone: cut it.
        connection.terminate()


async def leader_has_compared(connection: asyncpg.Connection, topic: str) -> bool:
    """Say whether a leader lives that has compared journal and topic."""
    answer: bool = await connection.fetchval(HAS_COMPARED, topic)
    return answer


async def from_the_start(
    connection: asyncpg.Connection | asyncpg.Pool, topic: str
) -> None:
    """Have a topic filled again from the journal's first row, by whoever leads next.

    Records that are there still are repeated under their index: readers drop them.
    """
    await connection.execute(ANEW, topic)
