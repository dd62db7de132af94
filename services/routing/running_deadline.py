"""Deadlines that run: what the timers look at."""

from dataclasses import dataclass, replace
from datetime import datetime
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
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class RunningDeadline:
    """One deadline; `awaited` while it runs, does not stand, and was not missed."""

    deadline_id: UUID
    clock: str
    calendar_version: str
    due_at: datetime
    awaited: bool = True


def evolve(row: RunningDeadline | None, recorded: Recorded) -> RunningDeadline | None:
    """Fold one event of a deadline's stream."""
    fact = recorded.fact()
    match fact:
        case DeadlineSet():
            this, by = fact.deadline_id, fact.calendar_version
            return RunningDeadline(this, fact.clock, by, fact.due_at)
        case _ if row is None:
            return None
        case DeadlineExtended() | DeadlineRecomputed():
            by = fact.calendar_version
            return replace(row, due_at=fact.due_at, calendar_version=by)
        case DeadlinePauseEnded():
            by = fact.calendar_version
            again = replace(row, due_at=fact.due_at, calendar_version=by)
            return replace(again, awaited=True)
        case DeadlineStopped() | DeadlineMissed() | DeadlinePaused():
            return replace(row, awaited=False)
        case DeadlineResumed():
            return replace(row, awaited=not fact.missed)
        case _:
            return row


VIEW = View(
    name="running_deadline",
    version=2,
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
    indexes=(index("awaited", "due_at"), index("awaited", "deadline_id")),
)
