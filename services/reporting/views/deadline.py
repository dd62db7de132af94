"""Deadlines as they stand, with the days that were counted."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from libs.calendar.deadlines import CountedDay
from libs.events.contracts.clocks import (
    DeadlineExtended,
    DeadlineMissed,
    DeadlineMissWithdrawn,
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
    recomputed_from: date | None = None
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
        case DeadlineExtended() | DeadlineRecomputed():
            return _counted(row, fact)
        case _:
            return _ended(row, fact)


def _counted(
    row: DeadlineRow, fact: DeadlineExtended | DeadlineRecomputed
) -> DeadlineRow:
    said = {name: getattr(fact, name) for name in MOVED}
    said["days"] = fact.days or row.days
    if isinstance(fact, DeadlineExtended):
        return replace(row, extended=True, **said)
    if fact.due_on != fact.old_due_on:
        said["recomputed_from"] = fact.old_due_on
    return replace(row, **said)


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
