"""Facts: everything the system recorded, as it stands once all is at rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg
from aiokafka import TopicPartition

from deploy.local.kept import SERVICES
from libs.events.audit.verify import Verdict, verify
from libs.events.event import Recorded
from libs.events.journal.journal import Journal
from libs.events.stream.envelope import Copy
from libs.events.stream.tail import records_from
from libs.events.stream.topics import PARTITIONS, Topics
from libs.events.views.build import RebuildRunning
from libs.events.views.crew import Crew, LoaderLost
from libs.events.views.loading import TopicIncomplete
from libs.events.views.rebuild import Order, Rebuilt, rebuild
from libs.events.views.source import TopicSource
from services.enforcement.app import SERVICE as ENFORCEMENT
from services.intake.app import SERVICE as INTAKE
from services.reporting.app import SERVICE as REPORTING
from services.routing.app import SERVICE as ROUTING
from tests.chaos.system import System
from tests.eventually import eventually

SERVED = {one.name: one for one in (INTAKE, ROUTING, ENFORCEMENT, REPORTING)}
PAGE = 2000
ALONE_SECONDS = 120
OUTCOMES = "SELECT reaction, event_id, outcome, code FROM journal.reaction_outcome"
POSITIONS = "SELECT consumer, topic, partition, idx FROM position"
COMMANDS = "SELECT id, first_seq, last_seq FROM journal.command"
PARKED = "SELECT consumer, event_id, reason, error_code FROM parked"
CASES = "SELECT case_id, unit, version FROM case_file"
PAID = "SELECT payment_id, minor FROM money_fact WHERE kind = 'paid'"


@dataclass
class Facts:
    """By service: journal, topic, commands, outcomes, positions; reporting's rows.

    `unbuilt` says why its views could not be rebuilt from the topics; `told` are the
    figures that an officer was told.
    """

    journals: dict[str, list[Recorded]] = field(default_factory=dict)
    topics: dict[str, list[Copy]] = field(default_factory=dict)
    commands: dict[str, list[asyncpg.Record]] = field(default_factory=dict)
    outcomes: dict[str, list[asyncpg.Record]] = field(default_factory=dict)
    positions: dict[str, list[asyncpg.Record]] = field(default_factory=dict)
    parked: dict[str, list[asyncpg.Record]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    rebuilt: list[Rebuilt] = field(default_factory=list)
    unbuilt: str = ""
    cases: list[asyncpg.Record] = field(default_factory=list)
    paid: list[asyncpg.Record] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)


async def collected(system: System) -> Facts:
    """Read everything, past the links."""
    facts = Facts()
    for service in SERVICES:
        async with asyncpg.create_pool(
            system.settings.owner_dsn(service), min_size=1, max_size=2
        ) as pool:
            journal = Journal(pool, service)
            facts.verdicts[service] = await verify(
                journal, system.kafka, Topics("").events(service), patience=30
            )
            facts.journals[service] = await _all(journal)
            facts.commands[service] = await pool.fetch(COMMANDS)
            facts.outcomes[service] = await pool.fetch(OUTCOMES)
            facts.positions[service] = await pool.fetch(POSITIONS)
            facts.parked[service] = await pool.fetch(PARKED)
            if service == "reporting":
                facts.cases = await pool.fetch(CASES)
                facts.paid = await pool.fetch(PAID)
        facts.topics[service] = await _copies(system, service)
    try:
        facts.rebuilt = await eventually(partial(_rebuilt_alone, system), ALONE_SECONDS)
    except (TopicIncomplete, LoaderLost, AssertionError) as error:
        facts.unbuilt = str(error)
    return facts


async def _rebuilt_alone(system: System) -> list[Rebuilt]:
    """Rebuild once none that a client ordered is under way; nothing until then."""
    try:
        return await rebuilt(system)
    except RebuildRunning:
        return []


async def rebuilt(system: System) -> list[Rebuilt]:
    """Rebuild reporting's views from the topics' first record and compare."""
    owner = system.settings.owner_dsn("reporting")
    role = system.settings.database("reporting").app.name
    source = TopicSource(system.kafka, Topics(""))
    order = Order(REPORTING.views, role, crew=Crew(owner, few=0))
    async with asyncpg.create_pool(owner, min_size=1, max_size=8) as pool:
        return await rebuild(pool, source, order)


async def _all(journal: Journal) -> list[Recorded]:
    found: list[Recorded] = []
    while page := await journal.read(len(found), PAGE):
        found += page
    return found


async def _copies(system: System, service: str) -> list[Copy]:
    topic = Topics("").events(service)
    starts = {TopicPartition(topic, p): 0 for p in range(PARTITIONS)}
    return [copy async for copy in records_from(system.kafka, starts)]


def answered(row: Mapping[str, Any]) -> range:
    """Return the numbers of a command's events."""
    return range(row["first_seq"], row["last_seq"] + 1)
