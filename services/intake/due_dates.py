"""Due dates: the deadlines that routing set on a case, as the public sees them."""

from dataclasses import dataclass, replace
from datetime import date
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
class DueDate:
    """One deadline: which clock, by which day, under which article; does it run?

    While it is `paused` it runs out on no day.
    """

    case_id: UUID
    clock: str
    due_on: date
    article: str
    provisional: bool
    running: bool = True
    missed: bool = False
    paused: bool = False


def evolve(row: DueDate | None, recorded: Recorded) -> DueDate | None:
    """Fold one event of a deadline's stream."""
    fact = recorded.fact()
    match fact:
        case DeadlineSet():
            said = (fact.case_id, fact.clock, fact.due_on, fact.article)
            return DueDate(*said, fact.provisional)
        case _ if row is None:
            return None
        case DeadlineExtended() | DeadlineRecomputed():
            return replace(row, due_on=fact.due_on, provisional=fact.provisional)
        case DeadlinePaused():
            return replace(row, paused=True)
        case DeadlinePauseEnded():
            again = replace(row, due_on=fact.due_on, provisional=fact.provisional)
            return replace(again, paused=False)
        case _:
            return _ended(row, fact)


def _ended(row: DueDate, fact: Event) -> DueDate:
    match fact:
        case DeadlineStopped():
            return replace(row, running=False)
        case DeadlineResumed():
            return replace(row, running=True)
        case DeadlineMissed():
            return replace(row, missed=True)
        case DeadlineMissWithdrawn():
            return replace(row, missed=False)
        case _:
            return row


VIEW = View(
    name="due_date",
    version=2,
    services=("routing",),
    row=DueDate,
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
    indexes=(index("case_id"),),
)
