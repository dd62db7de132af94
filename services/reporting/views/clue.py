"""Clues as they stand: what was said, screened, verified and answered."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.intake import (
    ChannelAdvised,
    ClueClosedNotWage,
    ClueRegistered,
    ClueScreened,
    ClueVerified,
    ComplaintReceived,
    ReceiptIssued,
    ReplyFoundImpossible,
    ReplySent,
    ReportReceived,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class ClueRow:
    """One clue of the register."""

    clue_id: UUID
    case_id: UUID
    kind: str
    mode: str
    channel: str
    channel_number: str | None
    episode: int
    first_asked_unit: str
    employer_id: UUID
    employer_name: str | None
    employer_code: str | None
    code_check: str
    project_name: str | None
    worker_count: int
    reference: str | None
    registered_at: datetime | None
    reporter_id: UUID | None
    receipt: str | None = None
    matter: str | None = None
    jurisdiction: str | None = None
    advised_channel: str | None = None
    verified: str | None = None
    verified_at: datetime | None = None
    answered: str | None = None
    answered_at: datetime | None = None
    closed_not_wage: bool = False


def evolve(row: ClueRow | None, recorded: Recorded) -> ClueRow | None:
    """Fold one event of a clue's stream."""
    fact = recorded.fact()
    match fact:
        case ComplaintReceived() | ReportReceived():
            return _received(fact, recorded)
        case _ if row is None:
            return None
        case ClueRegistered():
            return replace(row, kind=fact.kind)
        case ReceiptIssued():
            return replace(row, receipt=recorded.serial)
        case ClueScreened():
            return replace(row, matter=fact.matter, jurisdiction=fact.jurisdiction)
        case ChannelAdvised():
            return replace(row, advised_channel=fact.advised_channel)
        case ClueVerified():
            return replace(row, verified=fact.result, verified_at=recorded.occurred_at)
        case _:
            return _answered(row, recorded)


def _answered(row: ClueRow, recorded: Recorded) -> ClueRow:
    at = recorded.occurred_at
    match recorded.fact():
        case ClueClosedNotWage():
            return replace(
                row, closed_not_wage=True, answered="advised", answered_at=at
            )
        case ReplySent():
            return replace(row, answered="sent", answered_at=at)
        case ReplyFoundImpossible():
            return replace(row, answered="impossible", answered_at=at)
        case _:
            return row


def _received(fact: ComplaintReceived | ReportReceived, recorded: Recorded) -> ClueRow:
    return ClueRow(
        clue_id=fact.clue_id,
        case_id=fact.case_id,
        kind="complaint" if isinstance(fact, ComplaintReceived) else "report",
        mode=fact.mode,
        channel=fact.channel,
        channel_number=fact.channel_number,
        episode=fact.episode,
        first_asked_unit=fact.first_asked_unit,
        employer_id=fact.employer.employer_id,
        employer_name=fact.employer.name,
        employer_code=fact.employer.credit_code,
        code_check=fact.employer.code_check,
        project_name=fact.project.name if fact.project else None,
        worker_count=len(fact.workers),
        reference=fact.reference,
        registered_at=recorded.occurred_at,
        reporter_id=fact.reporter_id,
    )


VIEW = View(
    name="clue",
    version=1,
    services=("intake",),
    row=ClueRow,
    on=(
        ComplaintReceived,
        ReportReceived,
        ClueRegistered,
        ReceiptIssued,
        ClueScreened,
        ChannelAdvised,
        ClueVerified,
        ClueClosedNotWage,
        ReplySent,
        ReplyFoundImpossible,
    ),
    evolve=evolve,
    indexes=(
        index("case_id", history=True),
        index("clue_id"),
        index("receipt"),
        index("channel_number"),
        index("reference"),
        index("registered_at", "clue_id"),
        index("employer_id"),
    ),
)
