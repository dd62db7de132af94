"""Calendars: each adopted version with its papers, and the cases that it moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg
import orjson

from libs.calendar import Calendar, YearTable, load_year
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)

VIEWS = ("rulebook", "recount", "case_file", "clue", "imported")
ADOPTIONS = """
SELECT book_version, known_on, in_force_from, files, known_from AS adopted_at
FROM rulebook_history
WHERE book = 'calendar' AND ($1::timestamptz IS NULL OR known_from <= $1)
UNION ALL
SELECT book_version, known_on, in_force_from, files, recorded_at
FROM rulebook
WHERE book = 'calendar' AND ($1::timestamptz IS NULL OR recorded_at <= $1)
ORDER BY adopted_at DESC"""
COUNTS = statement("""
SELECT calendar_version, count(*) AS deadlines, count(DISTINCT case_id) AS cases,
       count(*) FILTER (WHERE due_on > old_due_on) AS later,
       count(*) FILTER (WHERE due_on < old_due_on) AS earlier,
       count(*) FILTER (WHERE old_provisional AND NOT provisional) AS firm
FROM {recount} WHERE {at} GROUP BY calendar_version ORDER BY calendar_version""")
# What neither moved nor became firm is counted, and not listed.
AFFECTED = statement("""
SELECT r.deadline_id, r.case_id, r.clock, r.old_due_on, r.due_on, r.old_provisional,
       r.provisional, f.unit, COALESCE(k.receipt, i.channel_number) AS number,
       COALESCE(k.employer_name, i.employer_name) AS employer_name
FROM {recount} r JOIN {case_file} f ON f.case_id = r.case_id
LEFT JOIN {clue} k ON k.case_id = r.case_id
LEFT JOIN {imported} i ON k.case_id IS NULL AND i.case_id = r.case_id
WHERE {at} AND ($2 OR f.parties ? $3) AND r.calendar_version = $4
  AND (r.due_on <> r.old_due_on OR (r.old_provisional AND NOT r.provisional))
  AND ($5::date IS NULL OR (r.due_on, r.deadline_id) > ($5, $6::uuid))
ORDER BY r.due_on, r.deadline_id LIMIT $7""")

Mark = tuple[date, UUID]
"""Where a page ended: the last line's new date and deadline."""


@dataclass(frozen=True)
class Moved:
    """How many running deadlines a calendar counted anew, and what came of it."""

    deadlines: int = 0
    cases: int = 0
    later: int = 0
    earlier: int = 0
    firm: int = 0


@dataclass(frozen=True)
class Adoption:
    """One adopted calendar: since when it was known, its papers, what it moved."""

    calendar_version: str
    known_on: date
    in_force_from: date
    adopted_at: datetime
    papers: Sequence[YearTable]
    moved: Moved


@dataclass(frozen=True)
class AffectedLine:
    """A deadline that a calendar moved or made firm, with its case."""

    deadline_id: UUID
    case_id: UUID
    number: str | None
    employer_name: str | None
    unit: str | None
    clock: str
    old_due_on: date
    due_on: date
    old_provisional: bool
    provisional: bool


@dataclass(frozen=True)
class Affected:
    """A page of what a calendar moved, by new date; where the next page begins."""

    lines: Sequence[AffectedLine]
    after: Mark | None


async def calendars(running: Running, asking: Asking) -> Answer[Sequence[Adoption]]:
    """Return the adopted calendars, the one in force first; counts are of all cases."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        adopted = await connection.fetch(ADOPTIONS, asking.as_of)
        counts = await connection.fetch(COUNTS.at(asking.as_of), asking.as_of)
    moved = {row["calendar_version"]: _moved(row) for row in counts}
    return Answer([_adoption(row, moved) for row in adopted], of)


async def affected(
    running: Running, asking: Asking, version: str, after: Mark | None, limit: int
) -> Answer[Affected]:
    """Return a page of the visible cases whose date a calendar moved or made firm."""
    due_on, deadline_id = after or (None, None)
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        rows = await connection.fetch(
            AFFECTED.at(asking.as_of),
            asking.as_of,
            asking.sees_all,
            asking.actor.unit,
            version,
            due_on,
            deadline_id,
            limit + 1,
        )
    lines = [AffectedLine(**row) for row in rows[:limit]]
    last = lines[-1] if len(rows) > limit else None
    mark = (last.due_on, last.deadline_id) if last is not None else None
    return Answer(Affected(lines, mark), of)


async def calendar_of(connection: asyncpg.Connection, version: str) -> Calendar | None:
    """Return an adopted calendar by the version that deadlines cite."""
    for row in await connection.fetch(ADOPTIONS, None):
        found = _calendar(row)
        if found.version == version:
            return found
    return None


def _calendar(row: asyncpg.Record) -> Calendar:
    files: Mapping[str, str] = orjson.loads(row["files"])
    return Calendar.of(load_year(text) for text in files.values())


def _moved(row: asyncpg.Record) -> Moved:
    return Moved(**{name: row[name] for name in Moved.__dataclass_fields__})


def _adoption(row: asyncpg.Record, moved: Mapping[str, Moved]) -> Adoption:
    calendar = _calendar(row)
    return Adoption(
        calendar_version=calendar.version,
        known_on=row["known_on"],
        in_force_from=row["in_force_from"],
        adopted_at=row["adopted_at"],
        papers=calendar.in_force,
        moved=moved.get(calendar.version, Moved()),
    )
