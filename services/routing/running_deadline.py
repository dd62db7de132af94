"""Deadlines that run: what the timers look at."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

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
class RunningDeadline:
    """One deadline; `awaited` while it runs, does not stand, and was not missed.

    It `climbs` its ladder while it runs and does not stand, `missed` or not.
    """

    deadline_id: UUID
    clock: str
    rule_version: int
    calendar_version: str
    start_on: date
    due_on: date
    due_at: datetime
    awaited: bool = True
    climbs: bool = True
    missed: bool = False


def evolve(row: RunningDeadline | None, recorded: Recorded) -> RunningDeadline | None:
    """Fold one event of a deadline's stream."""
    fact = recorded.fact()
    match fact:
        case DeadlineSet():
            return RunningDeadline(**{name: getattr(fact, name) for name in SHARED})
        case _ if row is None:
            return None
        case DeadlineExtended() | DeadlineRecomputed():
            return _moved(row, fact)
        case DeadlinePauseEnded():
            return replace(_moved(row, fact), awaited=True, climbs=True)
        case _:
            return _ended(row, fact)


def _ended(row: RunningDeadline, fact: Event) -> RunningDeadline:
    match fact:
        case DeadlineStopped() | DeadlinePaused():
            return replace(row, awaited=False, climbs=False)
        case DeadlineMissed():
            return replace(row, awaited=False, missed=True)
        case DeadlineMissWithdrawn():
            return replace(row, missed=False)
        case DeadlineResumed():
            missed = fact.missed
            return replace(row, awaited=not missed, climbs=True, missed=missed)
        case _:
            return row


def _moved(
    row: RunningDeadline,
    fact: DeadlineExtended | DeadlineRecomputed | DeadlinePauseEnded,
) -> RunningDeadline:
    return replace(
        row,
        due_on=fact.due_on,
        due_at=fact.due_at,
        calendar_version=fact.calendar_version,
    )


SHARED = (
    "deadline_id", "clock", "rule_version", "calendar_version", "start_on", "due_on",
    "due_at",
)  # fmt: skip

VIEW = View(
    name="running_deadline",
    version=3,
    services=("routing",),
    row=RunningDeadline,
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
        index("awaited", "due_at"),
        index("awaited", "deadline_id"),
        index("climbs"),
    ),
)
