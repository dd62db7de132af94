"""Build: tables in a schema of their own, until they are live."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

import asyncpg

from libs.events.views.making import make
from libs.events.views.runner import consumer_name
from libs.events.views.view import Declared

SAY_SECONDS = 0.5

# One rebuild of a name at a time; the lock ends with its connection.
LOCK = "SELECT pg_try_advisory_lock(hashtextextended('rebuild ' || $1, 0))"
FIND = """
UPDATE public.view_build SET state = 'building', cancel = false
WHERE id = (
    SELECT max(id) FROM public.view_build
    WHERE name = $1 AND version = $2 AND as_of IS NOT DISTINCT FROM $3
    AND state IN ('building', 'cancelled'))
RETURNING schema"""
NEXT = "SELECT nextval(pg_get_serial_sequence('public.view_build', 'id'))"
OPEN = """
INSERT INTO public.view_build (id, name, version, as_of, schema)
OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5)"""
BEGIN = "UPDATE public.view_build SET done = 0, total = $2 WHERE schema = ANY ($1)"
# Several processes load one build: each adds what it has read.
SAY = """
UPDATE public.view_build
SET done = done + $2, rate = (done + $2) / $3::float8, updated_at = clock_timestamp()
WHERE schema = ANY ($1) RETURNING done, total, rate, cancel"""
STATE = """
UPDATE public.view_build
SET state = $2, checksum = coalesce($3, checksum), updated_at = clock_timestamp()
WHERE schema = $1"""
CANCEL = """
UPDATE public.view_build SET cancel = true
WHERE name = $1 AND state = 'building'"""
CREATE_SCHEMA = "CREATE SCHEMA {schema}"
DROP_SCHEMA = "DROP SCHEMA IF EXISTS {schema} CASCADE"
FORGET_POSITIONS = "DELETE FROM public.position WHERE consumer = $1"
FORGET_PARKED = "DELETE FROM public.parked WHERE consumer = $1"


class RebuildRunning(Exception):
    """Another rebuild of this name is under way: wait for it, or cancel it."""


class RebuildCancelled(Exception):
    """The rebuild was cancelled; begun again, it goes on where it stopped."""


@dataclass(frozen=True)
class Build:
    """One declaration being built in its schema, perhaps only up to a time."""

    declared: Declared
    schema: str
    as_of: datetime | None

    @property
    def consumer(self) -> str:
        """Return the name that its positions and parked events are kept under."""
        return consumer_name(self.declared, self.schema)


@dataclass(frozen=True)
class Progress:
    """How far a rebuild is: records read of all, records a second."""

    done: int
    total: int
    rate: float

    @property
    def seconds_left(self) -> float | None:
        """Return the time left at this rate; None while there is no rate."""
        return (self.total - self.done) / self.rate if self.rate else None


Say = Callable[[Progress], None]


@dataclass
class Meter:
    """Counts records into the table of builds twice a second, and hears when to stop.

    `began` is the machine's monotonic clock, the same for each process that counts.
    """

    pool: asyncpg.Pool
    builds: Sequence[Build]
    say: Say = lambda _: None
    began: float = field(default_factory=monotonic)
    _unsaid: int = 0
    _said: float = 0.0

    @property
    def _schemas(self) -> list[str]:
        return [build.schema for build in self.builds]

    async def begin(self, total: int) -> None:
        """Say how many records there are to read."""
        await self.pool.execute(BEGIN, self._schemas, total)

    async def add(self, records: int) -> None:
        """Count records; raises RebuildCancelled when somebody wants it so."""
        self._unsaid += records
        if monotonic() - self._said >= SAY_SECONDS:
            await self.tell()

    async def tell(self) -> None:
        """Say how far it is, here and in the table; raises as `add` does."""
        self._said = monotonic()
        unsaid, self._unsaid = self._unsaid, 0
        seconds = max(self._said - self.began, 1e-6)
        rows = await self.pool.fetch(SAY, self._schemas, unsaid, seconds)
        if rows:
            self.say(Progress(rows[0]["done"], rows[0]["total"], rows[0]["rate"]))
        if any(row["cancel"] for row in rows):
            raise RebuildCancelled


async def begin(
    connection: asyncpg.Connection, declared: Declared, as_of: datetime | None
) -> Build:
    """Open a build, or the one that was stopped; the connection holds its lock.

    Raises RebuildRunning.
    """
    if not await connection.fetchval(LOCK, declared.name):
        raise RebuildRunning(declared.name)
    found = await connection.fetchval(FIND, declared.name, declared.version, as_of)
    if found is not None:
        return Build(declared, found, as_of)
    async with connection.transaction():
        number = await connection.fetchval(NEXT)
        schema = f"build_{number}" if as_of is None else f"as_of_{number}"
        entry = (number, declared.name, declared.version, as_of, schema)
        await connection.execute(OPEN, *entry)
        await connection.execute(CREATE_SCHEMA.format_map({"schema": schema}))
        await make(connection, declared, schema)
    return Build(declared, schema, as_of)


async def set_state(
    connection: asyncpg.Connection | asyncpg.Pool,
    build: Build,
    state: str,
    checksum: str | None = None,
) -> None:
    """Note what has become of a build."""
    await connection.execute(STATE, build.schema, state, checksum)


async def cancel(connection: asyncpg.Connection | asyncpg.Pool, name: str) -> bool:
    """Ask a running rebuild to stop; say whether there is one."""
    done: str = await connection.execute(CANCEL, name)
    return done != "UPDATE 0"


async def forget_progress(connection: asyncpg.Connection, consumer: str) -> None:
    """Forget positions and parked events: nobody goes on from there."""
    await connection.execute(FORGET_POSITIONS, consumer)
    await connection.execute(FORGET_PARKED, consumer)


async def discard(connection: asyncpg.Connection, build: Build) -> None:
    """Throw a build away: its tables, positions and parked events."""
    async with connection.transaction():
        await forget_progress(connection, build.consumer)
        names = {"schema": build.schema}
        await connection.execute(DROP_SCHEMA.format_map(names))
        await set_state(connection, build, "discarded")
