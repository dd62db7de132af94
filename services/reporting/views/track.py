"""Tracks 分类施策: a line for each time a case was put on one (F-2.3.0)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.contracts.tracks import CaseClassified
from libs.events.event import Recorded
from libs.events.views.view import Register, index


@dataclass(frozen=True)
class TrackChange:
    """One classification: onto which track, from which and why, by which rule."""

    case_id: UUID
    track: str
    previous: str | None
    reason: str | None
    rule_version: int
    unit: str
    happened_at: datetime | None


def facts(recorded: Recorded) -> Sequence[TrackChange]:
    """Return the one line of a classification."""
    fact = recorded.fact()
    if not isinstance(fact, CaseClassified):
        return []
    return [TrackChange(**fact.model_dump(), happened_at=recorded.occurred_at)]


REGISTER = Register(
    name="track_change",
    version=1,
    services=("enforcement",),
    row=TrackChange,
    on=(CaseClassified,),
    facts=facts,
    indexes=(index("case_id"),),
)
