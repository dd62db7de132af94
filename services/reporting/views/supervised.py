"""Supervised cases: signs reported, leader, level, and whether each is listed."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.contracts.supervision import (
    CaseEscalated,
    CaseLeaderAssigned,
    CaseLevelRaised,
    CaseListedForSupervision,
    SupervisionDelisted,
    SupervisionDelistingProposed,
)
from libs.events.event import Event, Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class SupervisedRow:
    """One case under supervision (S25).

    `listed_on` and `due_on` are of the latest listing, `listed` says whether it stands;
    `result` is what was proposed, or for which it was struck off on `delisted_on`.
    """

    case_id: UUID
    reasons: tuple[str, ...] = ()
    escalated_at: datetime | None = None
    leader_id: UUID | None = None
    leader_unit: str | None = None
    led_since: datetime | None = None
    level: str = "street"
    listed: bool = False
    listed_on: date | None = None
    due_on: date | None = None
    result: str | None = None
    proposer_id: UUID | None = None
    delisted_on: date | None = None
    listings: int = 0
    delistings: int = 0


def evolve(row: SupervisedRow | None, recorded: Recorded) -> SupervisedRow | None:
    """Fold one event of a case's supervision."""
    at = recorded.occurred_at or recorded.recorded_at
    fact = recorded.fact()
    match fact:
        case CaseEscalated():
            held = row or SupervisedRow(fact.case_id)
            reasons = (*held.reasons, fact.reason)
            return replace(held, reasons=reasons, escalated_at=at)
        case CaseLeaderAssigned():
            led = replace(row or SupervisedRow(fact.case_id), led_since=at)
            return replace(led, leader_id=fact.leader_id, leader_unit=fact.leader_unit)
        case CaseLevelRaised():
            return replace(row or SupervisedRow(fact.case_id), level=fact.level)
        case CaseListedForSupervision():
            held = row or SupervisedRow(fact.case_id)
            return _listed(held, fact, day_of(at))
        case _:
            return row and _ended(row, fact, day_of(at))


def _listed(
    row: SupervisedRow, fact: CaseListedForSupervision, on: date
) -> SupervisedRow:
    again = replace(row, listed=True, listed_on=on, due_on=fact.due_on)
    blank = replace(again, result=None, proposer_id=None, delisted_on=None)
    return replace(blank, listings=row.listings + 1)


def _ended(row: SupervisedRow, fact: Event, on: date) -> SupervisedRow:
    match fact:
        case SupervisionDelistingProposed():
            return replace(row, result=fact.result, proposer_id=fact.proposer_id)
        case SupervisionDelisted():
            ended = replace(row, listed=False, result=fact.result, delisted_on=on)
            return replace(ended, delistings=row.delistings + 1)
        case _:
            return row


VIEW = View(
    name="supervised",
    version=1,
    services=("routing",),
    row=SupervisedRow,
    on=(
        CaseEscalated,
        CaseLeaderAssigned,
        CaseLevelRaised,
        CaseListedForSupervision,
        SupervisionDelistingProposed,
        SupervisionDelisted,
    ),
    evolve=evolve,
    indexes=(index("case_id", history=True), index("listed", "due_on")),
)
