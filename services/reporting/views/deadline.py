"""Deadlines as they stand, with the days that were counted."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from libs.calendar.deadlines import CountedDay, Paused
from libs.events.contracts.clocks import (
    DeadlineExtended,
    DeadlineMissed,
    DeadlineMissWithdrawn,
    DeadlinePaused,
    DeadlinePauseEnded,
    DeadlineRecomputed,
    DeadlineResumed,
    DeadlineSet,
    DeadlineStopped,
)
from libs.events.event import Event, Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class DeadlineRow:
    """One deadline: running, stopped or missed, and its arithmetic.

    `recomputed_from`: the last day that stood before an amended calendar moved it.
    `first_days`: how many days counted before it was extended. While `paused_on` has a
    day it stands, and its due day is the one that stood.
    """

    deadline_id: UUID
    clock: str
    case_id: UUID
    subject: UUID
    unit: str
    article: str
    rule_version: int
    calendar_version: str
    start_on: date
    due_on: date
    due_at: datetime
    provisional: bool
    days: tuple[CountedDay, ...]
    running: bool = True
    extended: bool = False
    first_days: int | None = None
    recomputed_from: date | None = None
    paused_on: date | None = None
    pauses: tuple[Paused, ...] = ()
    missed: bool = False
    withdrawn: bool = False
    stopped_at: datetime | None = None
    stopped_by: str | None = None
    in_time: bool | None = None


def evolve(row: DeadlineRow | None, recorded: Recorded) -> DeadlineRow | None:
    """Fold one event of a deadline's stream."""
    fact = recorded.fact()
    match fact:
        case DeadlineSet():
            said = {name: getattr(fact, name) for name in SHARED}
            return DeadlineRow(**said)
        case _ if row is None:
            return None
        case DeadlineExtended() | DeadlineRecomputed() | DeadlinePauseEnded():
            return _counted(row, fact)
        case DeadlinePaused():
            return replace(row, paused_on=fact.paused_on)
        case _:
            return _ended(row, fact)


def _counted(
    row: DeadlineRow, fact: DeadlineExtended | DeadlineRecomputed | DeadlinePauseEnded
) -> DeadlineRow:
    said = {name: getattr(fact, name) for name in MOVED}
    said["days"] = fact.days or row.days
    match fact:
        case DeadlineExtended():
            first = sum(day.counted for day in row.days)
            return replace(row, extended=True, first_days=first, **said)
        case DeadlinePauseEnded():
            return replace(row, paused_on=None, pauses=fact.pauses, **said)
        case DeadlineRecomputed():
            moved = fact.due_on != fact.old_due_on
            was = fact.old_due_on if moved else row.recomputed_from
            return replace(row, recomputed_from=was, **said)


def _ended(row: DeadlineRow, fact: Event) -> DeadlineRow:
    match fact:
        case DeadlineStopped():
            return replace(
                row,
                running=False,
                stopped_at=fact.stopped_at,
                stopped_by=fact.by_type,
                in_time=fact.in_time,
            )
        case DeadlineResumed():
            again = replace(row, running=True, stopped_at=None, stopped_by=None)
            return replace(again, in_time=None)
        case DeadlineMissed():
            return replace(row, missed=True)
        case DeadlineMissWithdrawn():
            return replace(row, missed=False, withdrawn=True)
        case _:
            return row


SHARED = (
    "deadline_id", "clock", "case_id", "subject", "unit", "article", "rule_version",
    "calendar_version", "start_on", "due_on", "due_at", "provisional", "days",
)  # fmt: skip
MOVED = ("due_on", "due_at", "provisional", "calendar_version", "days")

VIEW = View(
    name="deadline",
    version=2,
    services=("routing",),
    row=DeadlineRow,
    on=(
        DeadlineSet,
        DeadlineExtended,
        DeadlineStopped,
        DeadlineMissed,
        DeadlineMissWithdrawn,
        DeadlinePaused,
        DeadlinePauseEnded,
        DeadlineRecomputed,
        DeadlineResumed,
    ),
    evolve=evolve,
    indexes=(
        index("case_id", history=True),
        index("running", "due_at"),
        index("deadline_id"),
    ),
)
