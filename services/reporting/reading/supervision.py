"""Supervision: listed and led cases, and urges with their receipts (ledger K, S25)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from libs.calendar.local_days import day_of
from libs.events.views.history import rows
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.views import supervised as view
from services.reporting.views import urge
from services.reporting.views.supervised import SupervisedRow
from services.reporting.views.urge import UrgeRow

VIEWS = ("supervised", "urge", "case_file", "clue", "deadline")
MOST = 100_000
SHOWN = 300
Show = Literal["listed", "delisted", "overdue", "led", "escalated"]
Urges = Literal["unread", "unanswered", "answered"]
SHOWS: tuple[Show, ...] = ("listed", "overdue", "delisted", "led", "escalated")
URGES: tuple[Urges, ...] = ("unread", "unanswered", "answered")
RUNGS = ("warn", "urge", "supervise", "leader", "listing")

# $6: the day by which a listing that stands is overdue.
CASES = """
FROM {supervised} s
JOIN {case_file} f ON f.case_id = s.case_id
LEFT JOIN {clue} k ON k.case_id = s.case_id
WHERE {at} AND ($2 OR f.parties ? $3) AND ($4::text IS NULL OR f.unit = $4)"""
LISTED = statement(f"""
SELECT s.*, COALESCE(k.receipt, k.channel_number) AS number, k.employer_name, f.unit,
       f.closed, f.task_force, s.listed AND s.due_on < $6 AS overdue
{CASES} AND CASE COALESCE($5, 'all')
  WHEN 'listed' THEN s.listed
  WHEN 'overdue' THEN s.listed AND s.due_on < $6
  WHEN 'delisted' THEN s.delistings > 0 AND NOT s.listed
  WHEN 'led' THEN s.leader_id IS NOT NULL
  WHEN 'escalated' THEN s.escalated_at IS NOT NULL
  ELSE true END
ORDER BY NOT s.listed, s.due_on NULLS LAST, s.escalated_at DESC NULLS LAST, s.case_id
LIMIT $7""")
SUMS = statement(f"""
SELECT count(*) FILTER (WHERE s.listed) AS standing,
       COALESCE(sum(s.listings), 0)::bigint AS listings,
       COALESCE(sum(s.delistings), 0)::bigint AS delistings,
       count(*) FILTER (WHERE s.listed AND s.due_on < $5) AS overdue,
       count(*) FILTER (WHERE s.leader_id IS NOT NULL) AS led,
       count(*) FILTER (WHERE s.escalated_at IS NOT NULL) AS escalated
{CASES}""")
# What its deadline or its case has ended asks nobody any more.
TOLD = """
FROM {urge} u
JOIN {case_file} f ON f.case_id = u.case_id
LEFT JOIN {clue} k ON k.case_id = u.case_id
LEFT JOIN {deadline} d ON d.deadline_id = u.deadline_id
WHERE {at} AND ($2 OR f.parties ? $3 OR u.unit = $3)
  AND ($4::text IS NULL OR u.unit = $4)
  AND CASE WHEN $5::text IS NULL THEN u.rung <> 'warn' ELSE u.rung = $5 END"""
OPEN = "COALESCE(d.running, f.closed IS NULL)"
TOLD_LINES = statement(f"""
SELECT u.*, COALESCE(k.receipt, k.channel_number) AS number, k.employer_name,
       {OPEN} AS open
{TOLD} AND CASE COALESCE($6, 'all')
  WHEN 'unread' THEN u.read_at IS NULL AND {OPEN}
  WHEN 'unanswered' THEN u.read_at IS NOT NULL AND u.answered_at IS NULL AND {OPEN}
  WHEN 'answered' THEN u.answered_at IS NOT NULL
  ELSE true END
ORDER BY u.read_at IS NOT NULL, u.sent_at DESC, u.urge_id
LIMIT $7""")


class Narrowed(BaseModel):
    """What the page shows: every filter stands in the address.

    `show` narrows the cases, `urges` and `rung` the urges, `unit` both.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    unit: Annotated[str | None, Field(max_length=8)] = None
    show: Show | None = None
    urges: Urges | None = None
    rung: Literal["warn", "urge", "supervise", "leader", "listing"] | None = None


@dataclass(frozen=True)
class SupervisedLine:
    """One supervised case; `overdue`: listed, and its last day is over."""

    case_id: UUID
    number: str | None
    employer_name: str | None
    unit: str | None
    closed: str | None
    task_force: tuple[str, ...]
    overdue: bool
    row: SupervisedRow


@dataclass(frozen=True)
class UrgeLine:
    """One urge with its receipt; `open`: what it asks for is still owed."""

    case_id: UUID
    number: str | None
    employer_name: str | None
    open: bool
    row: UrgeRow


@dataclass(frozen=True)
class Sums:
    """Counts of the visible cases (S25): listings ever, struck off ever, led now."""

    standing: int
    listings: int
    delistings: int
    overdue: int
    led: int
    escalated: int


@dataclass(frozen=True)
class Supervised:
    """The cases, the urges, and the counts of all cases that the asker may see."""

    cases: Sequence[SupervisedLine]
    urges: Sequence[UrgeLine]
    sums: Sums


async def supervised(
    running: Running, asking: Asking, filters: Narrowed, limit: int = SHOWN
) -> Answer[Supervised]:
    """Return what stands under supervision and is visible, by filter."""
    asked = (asking.as_of, asking.sees_all, asking.actor.unit, filters.unit)
    today = day_of(asking.as_of or running.last_now)
    at = asking.as_of
    chosen = (*asked, filters.show, today, limit)
    told = (*asked, filters.rung, filters.urges, limit)
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        cases = await connection.fetch(LISTED.at(at), *chosen)
        urges = await connection.fetch(TOLD_LINES.at(at), *told)
        sums = await connection.fetchrow(SUMS.at(at), *asked, today)
    found = Supervised(_cases(cases), _urges(urges), Sums(**sums))
    return Answer(found, of)


async def unread(running: Running, asking: Asking) -> Sequence[UrgeLine]:
    """Return what the asker's own unit has not signed for yet, the newest first."""
    asked = (asking.as_of, False, asking.actor.unit, asking.actor.unit)
    told = (*asked, None, "unread", SHOWN)
    found = await running.pool.fetch(TOLD_LINES.at(asking.as_of), *told)
    return _urges(found)


def _cases(found: Sequence[asyncpg.Record]) -> list[SupervisedLine]:
    return [
        SupervisedLine(
            case_id=row.case_id,
            number=one["number"],
            employer_name=one["employer_name"],
            unit=one["unit"],
            closed=one["closed"],
            task_force=tuple(json.loads(one["task_force"])),
            overdue=bool(one["overdue"]),
            row=row,
        )
        for row, one in zip(rows(view.VIEW, found), found, strict=True)
    ]


def _urges(found: Sequence[asyncpg.Record]) -> list[UrgeLine]:
    return [
        UrgeLine(row.case_id, one["number"], one["employer_name"], one["open"], row)
        for row, one in zip(rows(urge.VIEW, found), found, strict=True)
    ]
