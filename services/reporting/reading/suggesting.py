"""Suggesting: which unit the rules name for a clue, and what a draft changes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from libs.calendar.local_days import day_of
from libs.events.views.history import rows
from libs.owner_rules import Facts, Suggestion, suggest
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    known_at,
    reading,
    statement,
)
from services.reporting.views import clue, owner_rules
from services.reporting.views.clue import ClueRow
from services.reporting.views.owner_rules import OwnerRulesRow

VIEWS = ("owner_rules", "clue", "case_file")
MOST = 2000
IN_FORCE = statement("SELECT * FROM {owner_rules} WHERE {at} ORDER BY stream LIMIT 1")
# A whole number of cases, the latest first: what is drafted is for cases to come.
LATEST = statement("""
SELECT k.*, f.unit AS owner FROM {clue} k JOIN {case_file} f ON f.case_id = k.case_id
WHERE {at} AND NOT f.history AND ($2 OR f.parties ? $3)
ORDER BY k.registered_at DESC, k.clue_id LIMIT $4""")


@dataclass(frozen=True)
class Suggested:
    """What the rules in force say of a clue, by which version, on what facts."""

    rules_version: str
    suggestion: Suggestion
    facts: Facts

    @property
    def printed(self) -> str:
        """Return the facts as one line, by their codes."""
        said = asdict(self.facts)
        return ", ".join(f"{name}={value}" for name, value in said.items() if value)


@dataclass(frozen=True)
class Change:
    """A case that a draft would propose to another unit, or by another rule."""

    case_id: UUID
    number: str | None
    owner: str | None
    before: Suggestion | None
    after: Suggestion | None


@dataclass(frozen=True)
class Simulation:
    """A draft tried on the latest visible cases: how many, and what would change.

    `agree_…`: the cases whose owner is the one that the rules name, or that they leave
    where they are.
    """

    tried: int
    agree_before: int
    agree_after: int
    changes: Sequence[Change]


def facts_of(row: ClueRow) -> Facts:
    """Return what the rules look at; an employer without a name is an individual."""
    return Facts(
        kind=row.kind,
        channel=row.channel,
        matter=row.matter,
        jurisdiction=row.jurisdiction,
        project=row.project_name is not None,
        individual=row.employer_name is None,
        workers=row.worker_count,
    )


async def in_force(
    connection: asyncpg.Connection, as_of: datetime | None
) -> OwnerRulesRow:
    """Return the routing rules as they stand, or as they were known."""
    found = await connection.fetch(IN_FORCE.at(as_of), as_of)
    held = rows(owner_rules.VIEW, found)
    return held[0] if held else OwnerRulesRow()


def suggested(held: OwnerRulesRow, row: ClueRow, on: date) -> Suggested | None:
    """Return what the rules in force say of a clue; None when none fits."""
    facts = facts_of(row)
    found = suggest(held.rules, facts, on)
    if found is None or held.rules_version is None:
        return None
    return Suggested(held.rules_version, found, facts)


async def rules(running: Running, asking: Asking) -> Answer[OwnerRulesRow]:
    """Return the rules in force and the draft, as they stand or were known."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        return Answer(await in_force(connection, asking.as_of), of)


async def simulation(
    running: Running, asking: Asking, last: int
) -> Answer[Simulation | None]:
    """Try the draft on the latest cases; None when there is no draft."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        held = await in_force(connection, asking.as_of)
        if held.draft_id is None:
            return Answer(None, of)
        on = day_of(await known_at(running, connection, asking))
        asked = (asking.as_of, asking.sees_all, asking.actor.unit, min(last, MOST))
        found = await connection.fetch(LATEST.at(asking.as_of), *asked)
    owners = [row["owner"] for row in found]
    clues = rows(clue.VIEW, found)
    return Answer(_simulated(held, list(zip(clues, owners, strict=True)), on), of)


def _simulated(
    held: OwnerRulesRow, cases: Sequence[tuple[ClueRow, str | None]], on: date
) -> Simulation:
    changes, agree = [], [0, 0]
    for row, owner in cases:
        facts = facts_of(row)
        both = (suggest(held.rules, facts, on), suggest(held.draft, facts, on))
        for place, one in enumerate(both):
            agree[place] += one is not None and one.owner in {owner, None}
        if _named(both[0]) != _named(both[1]):
            number = row.receipt or row.channel_number
            changes.append(Change(row.case_id, number, owner, *both))
    return Simulation(len(cases), agree[0], agree[1], changes)


def _named(one: Suggestion | None) -> tuple[str | None, str] | None:
    return None if one is None else (one.owner, one.rule.id)
