"""Patrols 巡查台账 as they stand: planned, made, missed, and their findings."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.contracts.patrols import (
    PatrolCompleted,
    PatrolLinkedToClue,
    PatrolMissed,
    PatrolScheduled,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class PatrolRow:
    """One patrol; `in_time` when it was made by its day, whenever it was entered."""

    patrol_id: UUID
    area: str
    site: str | None
    unit: str
    due_on: date
    finding: str | None = None
    patrolled_at: datetime | None = None
    in_time: bool = False
    missed: bool = False
    clue_id: UUID | None = None

    @property
    def state(self) -> Literal["planned", "made", "made-late", "missed"]:
        """Return how it stands."""
        if self.finding is not None:
            return "made" if self.in_time else "made-late"
        return "missed" if self.missed else "planned"


def evolve(row: PatrolRow | None, recorded: Recorded) -> PatrolRow | None:
    """Fold one event of a patrol's stream."""
    match fact := recorded.fact():
        case PatrolScheduled():
            return PatrolRow(**fact.model_dump(exclude={"plan_id"}))
        case _ if row is None:
            return None
        case PatrolCompleted():
            at = recorded.occurred_at or recorded.recorded_at
            return replace(
                row,
                finding=fact.finding,
                patrolled_at=at,
                in_time=day_of(at) <= row.due_on,
            )
        case PatrolMissed():
            return replace(row, missed=True)
        case PatrolLinkedToClue():
            return replace(row, clue_id=fact.clue_id)
        case _:
            return row


VIEW = View(
    name="patrol",
    version=1,
    services=("intake",),
    row=PatrolRow,
    on=(PatrolScheduled, PatrolCompleted, PatrolMissed, PatrolLinkedToClue),
    evolve=evolve,
    indexes=(index("due_on"),),
)
