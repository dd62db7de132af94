"""A journal of its own for a test: database, role, writer, reader, and commits."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg

from libs.events.command import Stamp
from libs.events.contracts.enforcement import ClaimListed
from libs.events.event import Actor, New, Series, Source
from libs.events.journal.chain import verified
from libs.events.journal.journal import Journal
from libs.events.journal.migrate import migrate
from libs.events.journal.words import GENESIS, Commit, Deployment
from libs.events.journal.writer import Gate, Limits, Writer
from libs.events.perform import Log
from tests.stack import FreshDatabases

SITE = "310199000000"
SERVICE = "enforcement"
ROLE = "enforcement_app"
PASSWORD = "test"
MAKE_ROLE = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}';
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
START = datetime(2023, 11, 10, 1, 0, tzinfo=UTC)
OFFICER = Actor(UUID(int=0xA), "brigade", "district-brigade")
RECEIPT = Series("310199", "SJ")


async def real(dsn: str) -> None:
    """Make the journal of a deployment that runs in real time."""
    await _make(dsn, Deployment(SITE, "real"))


async def simulated(dsn: str) -> None:
    """Make the journal of a deployment whose time is simulated."""
    await _make(dsn, Deployment(SITE, "simulated", START))


async def _make(dsn: str, deployment: Deployment) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(MAKE_ROLE)
    finally:
        await connection.close()
    await migrate(dsn, SERVICE, ROLE, deployment)


def as_app(owner_dsn: str) -> str:
    """Return the DSN of the service's own role."""
    parts = urlsplit(owner_dsn)
    place = f"{ROLE}:{PASSWORD}@{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=place))


@dataclass
class Scene:
    """One journal at work."""

    owner_dsn: str
    stack: AsyncExitStack
    journal: Journal = field(init=False)
    writer: Writer = field(init=False)

    @property
    def log(self) -> Log:
        """Return journal and writer together."""
        return Log(self.journal, self.writer)

    @property
    def dsn(self) -> str:
        """Return the service's own way in."""
        return as_app(self.owner_dsn)

    async def another_writer(
        self, gate: Gate | None = None, limits: Limits | None = None
    ) -> Writer:
        """Start one more writer, as another replica would."""
        writer = Writer(self.dsn, gate, limits)
        await writer.start()
        self.stack.push_async_callback(writer.stop)
        return writer

    async def execute(self, sql: str, *values: object) -> str:
        """Run SQL as the owner of everything."""
        connection = await asyncpg.connect(self.owner_dsn)
        try:
            done: str = await connection.execute(sql, *values)
        finally:
            await connection.close()
        return done

    async def prove(self) -> int:
        """Hold that numbers and hashes of the whole journal are right; count it."""
        head, after, chain = await self.journal.head(), 0, GENESIS
        while page := await self.journal.read(after):
            list(verified(page, after, chain))
            after, chain = page[-1].seq, page[-1].chain
        assert (after, chain) == (head.seq, head.chain)
        return after


@asynccontextmanager
async def journal_scene(
    fresh_database: FreshDatabases, *, simulate: bool = False
) -> AsyncIterator[Scene]:
    """Yield a journal in real or simulated time, with one writer started."""
    dsn = await fresh_database(simulated if simulate else real)
    async with AsyncExitStack() as stack:
        scene = Scene(dsn, stack)
        pool = await asyncpg.create_pool(scene.dsn, min_size=1, max_size=4)
        stack.push_async_callback(pool.close)
        scene.journal = Journal(pool, SERVICE)
        scene.writer = await scene.another_writer()
        yield scene


def a_stamp(
    *,
    command_id: UUID | None = None,
    body: bytes = b"body",
    caused_at: datetime | None = None,
    source: Source = Source.DOOR,
) -> Stamp:
    """Return an officer's stamp, with a new command id unless one is given."""
    return Stamp(
        command_id=command_id or uuid4(),
        request_hmac=body,
        actor=OFFICER,
        at=datetime.now(UTC),
        source=source,
        correlation_id=UUID(int=0xC),
        caused_at=caused_at,
    )


def a_stream() -> str:
    """Return the name of a stream that nobody has used."""
    return f"known-{uuid4()}"


def said(stream: str, series: Series | None = None) -> New:
    """Return a new event of a stream."""
    subject = UUID(stream[-36:])
    event = ClaimListed(case_id=subject, claim_id=subject)
    return New(stream, event, series=series)


def a_commit(
    expected: dict[str, int],
    *,
    writes: Sequence[str] | None = None,
    stamp: Stamp | None = None,
    series: Series | None = None,
) -> Commit:
    """Return a commit that says one event in each stream it expects (or `writes`)."""
    streams = list(expected) if writes is None else writes
    events = [said(stream, series) for stream in streams]
    return Commit(stamp or a_stamp(), expected, events, {"said": len(events)})
