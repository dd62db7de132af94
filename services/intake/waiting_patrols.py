"""Patrols that wait for their day: what the timer looks at."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from libs.events.contracts.patrols import (
    PatrolCompleted,
    PatrolMissed,
    PatrolScheduled,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class WaitingPatrol:
    """One patrol; it waits until it was made or missed."""

    patrol_id: UUID
    due_on: date
    waits: bool = True


def evolve(row: WaitingPatrol | None, recorded: Recorded) -> WaitingPatrol | None:
    """Fold one event of a patrol's stream."""
    match fact := recorded.fact():
        case PatrolScheduled():
            return WaitingPatrol(fact.patrol_id, fact.due_on)
        case PatrolCompleted() | PatrolMissed() if row is not None:
            return replace(row, waits=False)
        case _:
            return row


VIEW = View(
    name="waiting_patrol",
    version=1,
    services=("intake",),
    row=WaitingPatrol,
    on=(PatrolScheduled, PatrolCompleted, PatrolMissed),
    evolve=evolve,
    indexes=(index("waits", "due_on"),),
)
