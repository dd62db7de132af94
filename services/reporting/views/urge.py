"""Urges: rungs and those of the office, with their receipts and answers."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.events.contracts.supervision import (
    CaseUrged,
    DeadlineRungReached,
    UrgeAnswered,
    UrgeRead,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class UrgeRow:
    """One urge: who sent it, whom it addresses, when it was signed for and answered.

    `rung`: of the ladder; the office's own are `urge` and `supervise`. `reason` and
    `answer_by` only of those by hand, `due_on` only of the ladder's.
    """

    urge_id: UUID
    case_id: UUID
    sender: Literal["ladder", "office"]
    rung: str
    unit: str
    sent_at: datetime
    deadline_id: UUID | None = None
    clock: str | None = None
    due_on: date | None = None
    reason: str | None = None
    answer_by: date | None = None
    read_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str | None = None


def evolve(row: UrgeRow | None, recorded: Recorded) -> UrgeRow | None:
    """Fold one event of an urge's stream."""
    at = recorded.occurred_at or recorded.recorded_at
    match fact := recorded.fact():
        case DeadlineRungReached():
            said = {name: getattr(fact, name) for name in (*SHARED, "rung", "due_on")}
            return UrgeRow(**said, sender="ladder", sent_at=at)
        case CaseUrged():
            said = {name: getattr(fact, name) for name in (*SHARED, *BY_HAND)}
            return UrgeRow(**said, sender="office", rung=fact.level, sent_at=at)
        case UrgeRead() if row is not None:
            return replace(row, read_at=at)
        case UrgeAnswered() if row is not None:
            return replace(row, answered_at=at, answer=fact.answer)
        case _:
            return row


SHARED = ("urge_id", "case_id", "unit", "deadline_id", "clock")
BY_HAND = ("reason", "answer_by")

VIEW = View(
    name="urge",
    version=1,
    services=("routing",),
    row=UrgeRow,
    on=(DeadlineRungReached, CaseUrged, UrgeRead, UrgeAnswered),
    evolve=evolve,
    indexes=(index("case_id", history=True), index("unit", "read_at")),
)
