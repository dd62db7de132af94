"""Cases as they stand: who holds each, what was proposed, how it ended."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.routing import (
    CaseAdopted,
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CasesMerged,
    CaseTransferred,
    OwnershipRuled,
    TransferProposed,
    TransferRefused,
)
from libs.events.contracts.supervision import TaskForceFormed
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class CaseRow:
    """One case; `parties` are the units that may see it, those of `task_force` too."""

    case_id: UUID
    clue_id: UUID
    first_asked_unit: str
    channel: str
    employer_id: UUID
    history: bool
    opened_at: datetime | None
    unit: str | None = None
    handler_id: UUID | None = None
    pending_unit: str | None = None
    pending_since: datetime | None = None
    transfer_id: UUID | None = None
    hops: int = 0
    refusals: int = 0
    ruled: bool = False
    parties: tuple[str, ...] = ()
    task_force: tuple[str, ...] = ()
    closed: str | None = None
    closed_at: datetime | None = None
    reopenings: int = 0


def evolve(row: CaseRow | None, recorded: Recorded) -> CaseRow | None:
    """Fold one event of a case's stream."""
    fact = recorded.fact()
    at = recorded.occurred_at
    match fact:
        case CaseOpened():
            return CaseRow(
                case_id=fact.case_id,
                clue_id=fact.clue_id,
                first_asked_unit=fact.first_asked_unit,
                channel=fact.channel,
                employer_id=fact.employer_id,
                history=fact.history,
                opened_at=at,
                parties=(fact.first_asked_unit,),
            )
        case _ if row is None:
            return None
        case CaseAssigned():
            return _with(
                replace(row, unit=fact.unit, handler_id=fact.handler_id), fact.unit
            )
        case CaseAdopted():
            return _with(replace(row, unit=fact.unit, history=False), fact.unit)
        case CaseClosed():
            return replace(_settled(row), closed=fact.kind, closed_at=at)
        case CaseReopened():
            again = row.reopenings + 1
            return replace(row, closed=None, closed_at=None, reopenings=again)
        case _:
            return _moved(row, recorded)


def _moved(row: CaseRow, recorded: Recorded) -> CaseRow:
    fact = recorded.fact()
    match fact:
        case TransferProposed():
            proposed = replace(
                row,
                pending_unit=fact.to_unit,
                pending_since=recorded.occurred_at,
                transfer_id=fact.transfer_id,
            )
            return _with(proposed, fact.to_unit)
        case CaseTransferred():
            return replace(_settled(row), unit=fact.to_unit, hops=fact.hop)
        case TransferRefused():
            return replace(_settled(row), refusals=row.refusals + 1)
        case OwnershipRuled():
            ruled = replace(_settled(row), unit=fact.to_unit, ruled=True)
            return _with(ruled, fact.to_unit)
        case CasesMerged():
            return _with(row, fact.from_unit)
        case TaskForceFormed():
            return _with(replace(row, task_force=fact.units), *fact.units)
        case _:
            return row


def _settled(row: CaseRow) -> CaseRow:
    return replace(row, pending_unit=None, pending_since=None)


def _with(row: CaseRow, *units: str) -> CaseRow:
    return replace(row, parties=tuple(sorted({*row.parties, *units})))


VIEW = View(
    name="case_file",
    version=2,
    services=("routing",),
    row=CaseRow,
    on=(
        CaseOpened,
        CaseAssigned,
        CaseAdopted,
        TransferProposed,
        CaseTransferred,
        TransferRefused,
        OwnershipRuled,
        CasesMerged,
        TaskForceFormed,
        CaseClosed,
        CaseReopened,
    ),
    evolve=evolve,
    indexes=(
        index("case_id", history=True),
        index("clue_id"),
        index("employer_id"),
        index("opened_at", "case_id", history=True),
        index("unit", "closed", history=True),
        index("pending_unit"),
        index("parties", gin=True),
    ),
)
