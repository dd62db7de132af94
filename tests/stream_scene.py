"""A scene for stream tests: one service's journal, its topics, and simple consumers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg

from libs.events.command import Stamp
from libs.events.contracts.reporting import ZeroReportFiled
from libs.events.event import Actor, New, Recorded
from libs.events.journal.call import Call
from libs.events.journal.journal import Journal
from libs.events.journal.migrate import migrate
from libs.events.journal.words import (
    Appended,
    Commit,
    Deployment,
    Outcome,
    PositionUpdate,
)
from libs.events.journal.writer import Writer
from libs.events.stream.consumers import Consumer
from libs.events.stream.pump import RelaySettings
from libs.events.stream.relay import Relay
from libs.events.stream.subscription import Subscription, SubscriptionSettings
from libs.events.stream.topics import PARTITIONS, Topics
from libs.events.stream.turn import untold
from libs.events.stream.watermark import Watermarks
from tests.stack import FreshDatabases, FreshTopics

SERVICE = "reporting"
ROLE = "qingxin_stream"
PASSWORD = "only-for-tests"
SITE = Deployment("310199000000", "real")
MAKE_ROLE = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}';
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
SEEN = """
CREATE TABLE seen (
    consumer text, service text, seq bigint, stream text, version int,
    place bigserial
);
GRANT ALL ON seen TO qingxin_stream;
GRANT ALL ON SEQUENCE seen_place_seq TO qingxin_stream;
"""


async def set_up(owner_dsn: str) -> None:
    """Make the app's role, the journal, and a table for effects."""
    connection = await asyncpg.connect(owner_dsn)
    try:
        await connection.execute(MAKE_ROLE)
        await migrate(owner_dsn, SERVICE, ROLE, SITE)
        await connection.execute(SEEN)
    finally:
        await connection.close()


def as_app(owner_dsn: str) -> str:
    """Return the same DSN for the app's role."""
    parts = urlsplit(owner_dsn)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{ROLE}:{PASSWORD}@{host}"))


@dataclass
class Scene:
    """One service: owner's and app's DSN, a pool, the journal, its topics."""

    owner_dsn: str
    dsn: str
    pool: asyncpg.Pool
    bootstrap: str
    topics: Topics
    writer: Writer
    versions: dict[str, int] = field(default_factory=dict)
    running: list[Relay | Subscription] = field(default_factory=list)

    @property
    def journal(self) -> Journal:
        return Journal(self.pool, SERVICE)

    @property
    def topic(self) -> str:
        return self.topics.events(SERVICE)

    async def append(self, stream: str, count: int = 1) -> tuple[Recorded, ...]:
        """Append `count` events to one stream."""
        version = self.versions.get(stream, 0)
        events = [New(stream, an_event(version + n)) for n in range(1, count + 1)]
        result = await self.writer.submit(Commit(a_stamp(), {stream: version}, events))
        assert isinstance(result, Appended)
        self.versions[stream] = version + count
        return result.events

    async def append_many(self, streams: Sequence[str], rounds: int = 1) -> None:
        """Append one event to each of many streams, again and again."""
        for _ in range(rounds):
            await asyncio.gather(*(self.append(stream) for stream in streams))

    def relay_settings(
        self, page: int = 1000, busy_tick: float = 1.0, alive: float = 30.0
    ) -> RelaySettings:
        """Return settings under which a relay comes back at once."""
        return RelaySettings(
            service=SERVICE,
            dsn=self.dsn,
            bootstrap=self.bootstrap,
            topics=self.topics,
            page=page,
            busy_tick=busy_tick,
            alive=alive,
            back_off=0.05,
        )

    async def relay(
        self, page: int = 1000, busy_tick: float = 1.0, alive: float = 30.0
    ) -> Relay:
        """Start a relay; the scene stops it at the end."""
        relay = Relay(self.relay_settings(page, busy_tick, alive), self.journal)
        self.running.append(relay)
        await relay.start()
        return relay

    async def subscription(
        self,
        *consumers: Consumer,
        hole_seconds: float = 10.0,
        marks: Watermarks | None = None,
    ) -> Subscription:
        """Start a member of the group; the scene stops it at the end."""
        settings = SubscriptionSettings(
            bootstrap=self.bootstrap,
            topics=self.topics,
            session_ms=6000,
            heartbeat_ms=500,
            hole_seconds=hole_seconds,
            told=marks.of_topic if marks else untold,
        )
        group = f"{self.topics.prefix}views"
        subscription = Subscription(group, consumers, self.pool, settings)
        self.running.append(subscription)
        await subscription.start()
        return subscription

    async def seen(self, consumer: str = "seen") -> list[tuple[str, int]]:
        """Return (stream, version) of every effect, in the order they were made."""
        rows = await self.pool.fetch(
            "SELECT stream, version FROM seen WHERE consumer = $1 ORDER BY place",
            consumer,
        )
        return [tuple(row) for row in rows]

    async def all_seen(self, count: int, consumer: str = "seen") -> bool:
        return len(await self.seen(consumer)) >= count


@asynccontextmanager
async def a_scene(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str
) -> AsyncIterator[Scene]:
    """Make a database and topics, open a writer; close them after."""
    owner = await fresh_database(set_up)
    await topics.make(f"qingxin.{SERVICE}.v1", partitions=PARTITIONS)
    await topics.make("qingxin.progress.v1", partitions=1)
    async with opened(owner, kafka, Topics(topics.prefix)) as scene:
        yield scene


@asynccontextmanager
async def opened(owner_dsn: str, kafka: str, topics: Topics) -> AsyncIterator[Scene]:
    """Open a service's pool and writer on a database that is set up."""
    dsn = as_app(owner_dsn)
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=8)
    writer = Writer(dsn)
    await writer.start()
    scene = Scene(owner_dsn, dsn, pool, kafka, topics, writer)
    try:
        yield scene
    finally:
        for each in reversed(scene.running):
            await each.stop()
        await writer.stop()
        await pool.close()


@dataclass
class Seen:
    """A view that notes each event; twice is seen twice. Some streams it hates."""

    name: str = "seen"
    services: frozenset[str] = frozenset({SERVICE})
    hates: set[str] = field(default_factory=set)
    passes: set[str] = field(default_factory=set)
    """Streams that do not concern it."""

    def concerns(self, recorded: Recorded) -> bool:
        return recorded.stream not in self.passes

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        if any(event.stream in self.hates for event in events):
            raise ValueError("hated")
        await connection.executemany(
            "INSERT INTO seen (consumer, service, seq, stream, version)"
            " VALUES ($1, $2, $3, $4, $5)",
            [(self.name, e.service, e.seq, e.stream, e.version) for e in events],
        )


def a_stream() -> str:
    return f"zero-{uuid4()}"


def an_event(week: int) -> ZeroReportFiled:
    return ZeroReportFiled(
        campaign_id=UUID(int=1), report_id=uuid4(), unit="310199001000", week=week
    )


def a_stamp() -> Stamp:
    return Stamp(
        command_id=uuid4(),
        request_hmac=b"\x01" * 32,
        actor=Actor(UUID(int=7), "auditor", "310199001000"),
        at=datetime.now(UTC),
        correlation_id=uuid4(),
    )


@dataclass
class Noting:
    """A reactor that decides nothing, and keeps that outcome with its position."""

    journal: Journal
    name: str = "noting"
    services: frozenset[str] = frozenset({SERVICE})

    def concerns(self, _recorded: Recorded) -> bool:
        return True

    async def react(
        self, events: Sequence[Recorded], positions: Sequence[PositionUpdate]
    ) -> None:
        outcomes = [Outcome("noting", event.id, "nothing") for event in events]
        await self.journal.append_page(Call((), outcomes, positions))
