"""Switch: catch up with the live version, compare, and change over in one moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
from aiokafka import TopicPartition

from libs.events.event import Recorded
from libs.events.stream.effects import Effects
from libs.events.stream.positions import Positions, read
from libs.events.views.build import FORGET_PARKED, Build, set_state
from libs.events.views.checksum import checksum, digests
from libs.events.views.live import DROP_READERS, point
from libs.events.views.loading import Dropped, TopicIncomplete, limit
from libs.events.views.making import grant
from libs.events.views.runner import runner
from libs.events.views.source import Source
from libs.events.views.tables import LIVE, tables
from libs.events.views.view import Declared

ROUNDS = 20
NEAR = 1000
TRIES = 20
LISTED = 20

# Less than the server's deadlock_timeout: the switch gives way, never a page.
PATIENCE = "SET LOCAL lock_timeout = '500ms'"
SNAPSHOT = "repeatable_read"
EXISTS = "SELECT to_regclass($1) IS NOT NULL"
# Readers go on; pages wait (they ask for ROW EXCLUSIVE first).
HOLD = "LOCK TABLE {table} IN EXCLUSIVE MODE"
RETIRED = "CREATE SCHEMA IF NOT EXISTS retired"
DROP = "DROP TABLE IF EXISTS retired.{table}"
MOVE = "ALTER TABLE {schema}.{table} SET SCHEMA {to}"
DROP_SCHEMA = "DROP SCHEMA {schema} CASCADE"
# A consumer also moves over pages that do not concern it, without its tables.
HOLD_POSITIONS = "SELECT FROM public.position WHERE consumer = $1 FOR UPDATE"
# In place: who waits for these rows finds them where it left them.
TAKE_OVER = """
WITH built AS (
    DELETE FROM public.position WHERE consumer = $1 RETURNING *
)
INSERT INTO public.position
SELECT $2, topic, partition, idx, event_id, kafka_offset, seq, recorded_at FROM built
ON CONFLICT (consumer, topic, partition) DO UPDATE
SET (idx, event_id, kafka_offset, seq, recorded_at) = ROW(
    EXCLUDED.idx, EXCLUDED.event_id, EXCLUDED.kafka_offset, EXCLUDED.seq,
    EXCLUDED.recorded_at
)"""
TAKE_OVER_PARKED = "UPDATE public.parked SET consumer = $2 WHERE consumer = $1"
STREAMS = "SELECT DISTINCT stream FROM public.parked WHERE consumer = ANY ($1)"


@dataclass(frozen=True)
class Compared:
    """What the live version and the rebuilt one are at the same positions.

    Streams parked on either side are left out and named. `live` is None where there
    was nothing to compare with.
    """

    rebuilt: str
    live: str | None = None
    different: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Say whether nothing differs."""
        return self.live in (None, self.rebuilt)


@dataclass(frozen=True)
class Wanted:
    """A build's runner that leaves the dropped events out."""

    build: Build
    dropped: frozenset[UUID]

    @property
    def name(self) -> str:
        """Return the name its positions are kept under."""
        return self.build.consumer

    @property
    def services(self) -> frozenset[str]:
        """Return whose topics it reads."""
        return frozenset(self.build.declared.services)

    def concerns(self, recorded: Recorded) -> bool:
        """Say whether the build hears an event of this type."""
        return recorded.type in self.build.declared.types

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        """Apply a page to the build's tables."""
        wanted = [event for event in events if event.id not in self.dropped]
        build = self.build
        await runner(build.declared, build.schema).apply(connection, wanted)


@dataclass(frozen=True)
class Switch:
    """Brings one loaded build up to the live positions, and makes it live."""

    pool: asyncpg.Pool
    source: Source
    build: Build
    app_role: str
    dropped: Dropped = field(default_factory=dict)

    async def compared(self) -> Compared:
        """Catch up and compare, no more; raises TopicIncomplete."""
        for _ in range(ROUNDS):
            if await self._catch_up(await self._live(self.pool)) < NEAR:
                break
        return await self._compare()

    async def run(self) -> Compared:
        """Catch up, compare, switch; raises TopicIncomplete."""
        compared = await self.compared()
        for _ in range(TRIES):
            if await self._switched():
                break
        else:
            raise TimeoutError(f"{self.build.declared.table} is never free: try again")
        return compared

    async def _live(self, where: asyncpg.Pool | asyncpg.Connection) -> Positions:
        table = self.build.declared.table
        if isinstance(where, asyncpg.Pool):
            async with where.acquire() as connection:
                return (await read(connection, [table]))[table]
        return (await read(where, [table]))[table]

    async def _catch_up(self, live: Positions) -> int:
        """Apply what lies between the build's positions and the live ones."""
        build, applied = self.build, 0
        wanted = self.dropped.get(build.declared.name, frozenset())
        effects = Effects(self.pool, [Wanted(build, wanted)])
        await effects.load()
        for part in await self.source.parts(build.declared.services):
            until = limit(build, live, part.partition)
            applied += await self._partition(effects, part.partition, until)
        await effects.store()
        return applied

    async def _partition(
        self, effects: Effects, partition: TopicPartition, until: int | None
    ) -> int:
        name = self.build.consumer
        first = effects.position(name, partition)
        if until is not None and first.index >= until:
            return 0
        async for page in self.source.read(partition, first.kafka_offset):
            near = [copy for copy in page if until is None or copy.index <= until]
            found = await effects.apply({partition: near}, {partition.topic: [name]})
            if found.diverged:
                raise TopicIncomplete(f"{partition}: another record than applied")
        last = effects.position(name, partition).index
        if until is not None and last < until:
            raise TopicIncomplete(f"{partition}: no record {last + 1}")
        return last - first.index

    async def _compare(self) -> Compared:
        """Compare with the live rows at one moment of theirs, while they go on."""
        declared, schema = self.build.declared, self.build.schema
        async with (
            self.pool.acquire() as live,
            live.transaction(isolation=SNAPSHOT, readonly=True),
            self.pool.acquire() as ours,
        ):
            positions = await self._live(live)
            if not (positions and await live.fetchval(EXISTS, _full(declared))):
                return Compared(await checksum(ours, declared, schema))
            await self._catch_up(positions)
            names = [declared.table, self.build.consumer]
            parked = [row[0] for row in await ours.fetch(STREAMS, names)]
            rebuilt = await checksum(ours, declared, schema, parked)
            before = await checksum(live, declared, LIVE, parked)
            different: Iterable[str] = ()
            if rebuilt != before:
                here = await digests(ours, declared, schema)
                there = await digests(live, declared, LIVE)
                different = {key for key, _ in here.items() ^ there.items()}
            named = sorted(set(different) - set(parked))[:LISTED]
            return Compared(rebuilt, before, tuple(named), tuple(sorted(parked)))

    async def _switched(self) -> bool:
        """Try to change over; False when a reader was in the way for too long."""
        try:
            async with self.pool.acquire() as connection, connection.transaction():
                await self._change_over(connection)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            return False
        return True

    async def _change_over(self, connection: asyncpg.Connection) -> None:
        build, declared = self.build, self.build.declared
        await connection.execute(PATIENCE)
        exists = await connection.fetchval(EXISTS, _full(declared))
        if exists:
            await connection.execute(HOLD.format_map({"table": _full(declared)}))
        await connection.execute(HOLD_POSITIONS, declared.table)
        await self._catch_up(await self._live(connection))
        for statement in DROP_READERS:
            names = {"schema": LIVE, "name": declared.name}
            await connection.execute(statement.format_map(names))
        await self._change_tables(connection)
        await grant(connection, declared, LIVE, self.app_role)
        await point(connection, declared, app_role=self.app_role)
        await connection.execute(FORGET_PARKED, declared.table)
        for take_over in (TAKE_OVER, TAKE_OVER_PARKED):
            await connection.execute(take_over, build.consumer, declared.table)
        await connection.execute(DROP_SCHEMA.format_map({"schema": build.schema}))
        await set_state(connection, build, "switched")

    async def _change_tables(self, connection: asyncpg.Connection) -> None:
        """Put the built tables in the live ones' place; those are kept as retired."""
        await connection.execute(RETIRED)
        for table in tables(self.build.declared):
            names = {"schema": LIVE, "table": table.name, "to": "retired"}
            if await connection.fetchval(EXISTS, f"{LIVE}.{table.name}"):
                await connection.execute(DROP.format_map(names))
                await connection.execute(MOVE.format_map(names))
            built = {**names, "schema": self.build.schema, "to": LIVE}
            await connection.execute(MOVE.format_map(built))


def _full(declared: Declared) -> str:
    return f"{LIVE}.{declared.table}"
