"""One complaint, through real journals and a real Kafka, is one picture."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.events.command import Command, Stamp
from libs.events.contracts.intake import ClueRegistered
from libs.events.contracts.parts import Employer
from libs.events.contracts.routing import CaseOpened
from libs.events.decider import Kind, Read, Rule, States
from libs.events.event import Actor, Event, New, Recorded
from libs.events.journal.journal import Journal
from libs.events.journal.migrate import migrate
from libs.events.journal.words import Deployment
from libs.events.journal.writer import Writer
from libs.events.perform import Log, perform
from libs.events.reactions import Reaction, Reactor, system_actor
from libs.events.stream.consumers import ReactionConsumer, ViewConsumer
from libs.events.stream.pump import RelaySettings
from libs.events.stream.relay import Relay
from libs.events.stream.subscription import Subscription, SubscriptionSettings
from libs.events.stream.topics import PARTITIONS, Topics
from libs.events.views.making import ensure
from libs.events.views.runner import consumers
from libs.events.views.view import View
from libs.telemetry.instruments import Sight, instruments_of
from libs.telemetry.linking import MOST_LINKS
from libs.telemetry.privacy import OnlyAllowed
from services.reporting.traces import query
from services.reporting.traces.decode import decode
from services.reporting.traces.store import ensure as ensure_store
from services.reporting.traces.store import insert
from tests.eventually import eventually
from tests.stack import FreshDatabases, FreshTopics

APP = "qingxin_test_way"
MAKE_ROLE = f"""
DO $$ BEGIN CREATE ROLE {APP} LOGIN; EXCEPTION
WHEN duplicate_object OR unique_violation THEN NULL; END $$"""
OFFICER = Actor(UUID(int=7), "centre", "LC")
EMPLOYER = Employer(employer_id=UUID(int=8), name="Fictional Works")


class Complain(Command):
    """A worker complains."""

    clue_id: UUID
    case_id: UUID


class OpenCase(Command):
    """Open the clue's case."""

    case_id: UUID
    clue_id: UUID


def _untouched(state: None, _event: Event) -> None:
    return state


CLUE: Kind[None] = Kind("clue", None, _untouched)
CASE: Kind[None] = Kind("case", None, _untouched)


def complain(command: Complain, _stamp: Stamp, _states: States) -> list[New]:
    """Register the clue."""
    fact = ClueRegistered(
        clue_id=command.clue_id,
        case_id=command.case_id,
        kind="complaint",
        channel="window",
        first_asked_unit="LI",
        employer=EMPLOYER,
        worker_count=1,
    )
    return [New(CLUE.stream(command.clue_id), fact)]


def open_case(command: OpenCase, _stamp: Stamp, _states: States) -> list[New]:
    """Open the case."""
    fact = CaseOpened(
        case_id=command.case_id,
        clue_id=command.clue_id,
        first_asked_unit="LI",
        channel="window",
        employer_id=EMPLOYER.employer_id,
    )
    return [New(CASE.stream(command.case_id), fact)]


def open_for(recorded: Recorded) -> list[Command]:
    """Answer a registered clue."""
    fact = recorded.fact()
    assert isinstance(fact, ClueRegistered)
    return [OpenCase(case_id=fact.case_id, clue_id=fact.clue_id)]


COMPLAIN = Rule(Complain, lambda c: [Read(CLUE, c.clue_id)], complain)
OPEN = Rule(OpenCase, lambda c: [Read(CASE, c.case_id)], open_case)


@dataclass(frozen=True)
class Held:
    """A row of the test's ledger."""

    kind: str


def hold(_row: Held | None, event: Recorded) -> Held | None:
    """Fold either event into a row."""
    return Held(event.type)


LEDGER = View(
    name="way",
    version=1,
    services=("intake", "routing"),
    row=Held,
    on=(ClueRegistered, CaseOpened),
    evolve=hold,
)


class Place:
    """One service of the test: its database, its sight, its spans."""

    def __init__(self, name: str, pool: asyncpg.Pool, dsn: str) -> None:
        self.name, self.pool, self.dsn = name, pool, dsn
        self.exporter = InMemorySpanExporter()
        provider = TracerProvider(
            resource=Resource({"service.name": name}),
            span_limits=SpanLimits(max_links=MOST_LINKS),
        )
        instruments = instruments_of(MeterProvider().get_meter("test"))
        provider.add_span_processor(
            OnlyAllowed(SimpleSpanProcessor(self.exporter), instruments.withheld.add)
        )
        self.sight = Sight(name, provider.get_tracer("test"), instruments)
        self.journal = Journal(pool, name)


class World:
    """Three services on one Kafka."""

    def __init__(self, stack: AsyncExitStack, kafka: str, topics: Topics) -> None:
        self._stack, self._kafka, self._topics = stack, kafka, topics
        self.places: dict[str, Place] = {}

    async def add(self, name: str, dsn: str) -> Place:
        """Open a service's database."""
        pool = await asyncpg.create_pool(dsn, min_size=1, max_size=6)
        self._stack.push_async_callback(pool.close)
        self.places[name] = Place(name, pool, dsn)
        return self.places[name]

    async def relay(self, place: Place) -> None:
        """Start a service's relay."""
        settings = RelaySettings(place.name, place.dsn, self._kafka, self._topics)
        relay = Relay(settings, place.journal)
        with place.sight.active():
            await relay.start()
        self._stack.push_async_callback(relay.stop)

    async def subscribe(
        self, place: Place, group: str, *consumed: ViewConsumer | ReactionConsumer
    ) -> None:
        """Start a group of a service."""
        settings = SubscriptionSettings(self._kafka, self._topics)
        with place.sight.active():
            subscription = Subscription(
                f"{self._topics.prefix}{group}", consumed, place.pool, settings
            )
            await subscription.start()
        self._stack.push_async_callback(subscription.stop)

    async def perform(self, place: Place, command: Command) -> None:
        """Do a command as a door would, inside a server span."""
        writer = Writer(place.dsn)
        with place.sight.active():
            await writer.start()
            self._stack.push_async_callback(writer.stop)
            stamp = Stamp(uuid4(), b"x", OFFICER, datetime.now(UTC))
            with place.sight.tracer.start_as_current_span("POST /v1/complaints"):
                await perform(Log(place.journal, writer), COMPLAIN, command, stamp)


async def migrated(dsn: str, service: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(MAKE_ROLE)
    await connection.close()
    await migrate(dsn, service, APP, Deployment("310199000000", "real"))


@pytest.fixture
async def world(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str
) -> AsyncIterator[World]:
    for service in ("intake", "routing"):
        await topics.make(f"qingxin.{service}.v1", partitions=PARTITIONS)
    await topics.make("qingxin.progress.v1", partitions=1)
    async with AsyncExitStack() as stack:
        world = World(stack, kafka, Topics(topics.prefix))
        for service in ("intake", "routing", "reporting"):
            dsn = await fresh_database()
            await migrated(dsn, service)
            await world.add(service, dsn)
        yield world


def way(prefix: str) -> set[tuple[str, str, str, str]]:
    """Every edge of a complaint's way, Kafka hops included."""
    intake, routing = f"{prefix}qingxin.intake.v1", f"{prefix}qingxin.routing.v1"
    asked, opened = ("intake", "decide Complain"), ("routing", "decide OpenCase")
    heard = ("routing", f"process {intake}")
    pages = [("reporting", f"process {topic}") for topic in (intake, routing)]
    return {
        ("intake", "POST /v1/complaints", *asked),
        (*asked, "intake", "append intake"),
        (*asked, "intake", f"send {intake}"),
        (*asked, *heard),
        (*heard, *opened),
        (*asked, *opened),
        (*heard, "routing", "append routing"),
        (*opened, "routing", "append routing"),
        (*opened, "routing", f"send {routing}"),
        (*asked, *pages[0]),
        (*opened, *pages[1]),
        *((*page, "reporting", "view way") for page in pages),
    }


async def test_a_complaint_is_one_picture_over_journals_and_kafka(
    world: World, topics: FreshTopics
) -> None:
    intake, routing, reporting = world.places.values()
    async with reporting.pool.acquire() as connection:
        await ensure(connection, [LEDGER], APP)
    await ensure_store(reporting.pool)
    reaction = Reaction("open-case", (ClueRegistered,), None, open_for)
    reactor = Reactor(
        "reactions",
        frozenset({"intake"}),
        routing.journal,
        [reaction],
        {OpenCase: OPEN},
        system_actor("routing"),
    )
    await world.relay(intake)
    await world.relay(routing)
    await world.subscribe(routing, "reactions", reactor)
    await world.subscribe(reporting, "views", *consumers([LEDGER]))
    clue = uuid4()
    await world.perform(intake, Complain(clue_id=clue, case_id=uuid4()))

    async def shown() -> bool:
        rows: int = await reporting.pool.fetchval("SELECT count(*) FROM way")
        return rows == 2

    async def edges() -> set[tuple[str, str, str, str]]:
        for place in world.places.values():
            spans = place.exporter.get_finished_spans()
            if spans:
                await insert(reporting.pool, *decode(encode_spans(spans)))
        found = await query.edges(reporting.pool, clue)
        assert found == way(topics.prefix)
        return found

    await eventually(shown)
    assert await eventually(edges) == way(topics.prefix)
