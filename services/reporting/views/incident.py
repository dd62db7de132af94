"""Incidents 突发事件 as they stand: warned of, reported, responded to, closed (S24)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.events.contracts.duties import (
    IncidentClosed,
    IncidentLinkedToCase,
    IncidentReported,
    IncidentResponded,
    IncidentWarningRaised,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class IncidentRow:
    """One incident; `unit` is to respond, `parties` may see it.

    `grade` and `respond_by` are None while it is a warning alone.
    """

    incident_id: UUID
    kind: str
    people: int | None
    features: tuple[str, ...]
    unit: str
    area: str | None
    parties: tuple[str, ...]
    warned_at: datetime | None = None
    reported_at: datetime | None = None
    grade: str | None = None
    grades_version: int | None = None
    clock: str | None = None
    respond_by: datetime | None = None
    responded_by: str | None = None
    responded_at: datetime | None = None
    measure: str | None = None
    cases: tuple[UUID, ...] = ()
    result: str | None = None
    closed_at: datetime | None = None

    @property
    def state(self) -> Literal["warned", "reported", "responded", "closed"]:
        """Return how far it has come."""
        if self.result is not None:
            return "closed"
        if self.grade is None:
            return "warned"
        return "reported" if self.responded_at is None else "responded"

    def late(self, now: datetime) -> bool:
        """Say whether the first response came, or has to come, after its time."""
        over = self.responded_at or self.closed_at or now
        return self.respond_by is not None and self.respond_by < over


def evolve(row: IncidentRow | None, recorded: Recorded) -> IncidentRow | None:
    """Fold one event of an incident's stream."""
    at = recorded.occurred_at
    match fact := recorded.fact():
        case IncidentWarningRaised():
            return replace(_told(fact, row), warned_at=at)
        case IncidentReported():
            first = row.reported_at if row and row.reported_at else at
            return replace(
                _told(fact, row),
                features=fact.features,
                reported_at=first,
                grade=fact.grade,
                grades_version=fact.grades_version,
                clock=fact.clock,
                respond_by=fact.respond_by,
            )
        case _ if row is None:
            return None
        case IncidentResponded():
            return replace(
                row, responded_by=fact.unit, responded_at=at, measure=fact.measure
            )
        case IncidentLinkedToCase():
            return replace(row, cases=(*row.cases, fact.case_id))
        case IncidentClosed():
            return replace(row, result=fact.result, closed_at=at)
        case _:
            return row


def _told(
    fact: IncidentWarningRaised | IncidentReported, row: IncidentRow | None
) -> IncidentRow:
    before = row or IncidentRow(
        fact.incident_id, fact.kind, None, (), fact.unit, None, ()
    )
    return replace(
        before,
        kind=fact.kind,
        people=fact.people,
        unit=fact.unit,
        area=fact.area,
        parties=tuple(sorted({*before.parties, fact.unit, fact.by_unit})),
    )


VIEW = View(
    name="incident",
    version=1,
    services=("routing",),
    row=IncidentRow,
    on=(
        IncidentWarningRaised,
        IncidentReported,
        IncidentResponded,
        IncidentLinkedToCase,
        IncidentClosed,
    ),
    evolve=evolve,
    indexes=(index("reported_at"),),
)
