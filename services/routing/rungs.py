"""Rungs that were told: what the timer of the ladder need not tell again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.contracts.supervision import DeadlineRungReached
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class RungRow:
    """One rung of a deadline, told from the date `due_at`."""

    deadline_id: UUID
    due_at: datetime
    point: str


def evolve(row: RungRow | None, recorded: Recorded) -> RungRow | None:
    """Fold one event of an urge's stream; those by hand are no rungs."""
    fact = recorded.fact()
    if not isinstance(fact, DeadlineRungReached):
        return row
    return RungRow(fact.deadline_id, fact.due_at, fact.point)


VIEW = View(
    name="rung",
    version=1,
    services=("routing",),
    row=RungRow,
    on=(DeadlineRungReached,),
    evolve=evolve,
    indexes=(index("deadline_id", "due_at"),),
)
