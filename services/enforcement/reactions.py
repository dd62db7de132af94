"""Reactions: what other services' events make enforcement do."""

from collections.abc import Sequence
from uuid import UUID

from libs.events.command import Command
from libs.events.contracts.clocks import DeadlineMissed
from libs.events.contracts.duplicates import ClueLinkedAsDuplicate, ClueUnlinked
from libs.events.contracts.enforcement import (
    ClaimOpened,
    FactsVerified,
    WagePaymentReversed,
    WagesPaid,
)
from libs.events.contracts.intake import (
    ClueClosedNotWage,
    ComplaintReceived,
    HistoryImported,
    ReportReceived,
)
from libs.events.contracts.merging import ClaimDuplicateLifted, ClaimMoved
from libs.events.contracts.routing import (
    CaseAdopted,
    CaseAssigned,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CasesMerged,
    CaseSplit,
    CaseTransferred,
    OwnershipRuled,
    TransferProposed,
    TransferRefused,
)
from libs.events.event import Event, Recorded
from libs.events.reactions import Reaction
from libs.ids import claim_id
from services.enforcement.grouping import CheckGroup
from services.enforcement.merging import MarkDuplicate, MoveClaims
from services.enforcement.noting import ListAdopted, NoteFact, OpenHistory
from services.enforcement.order import CheckOrders, ExpireOrder
from services.enforcement.verification import OpenClaim

ORDER_CLOCK = "CLK-10"


def open_claims(recorded: Recorded) -> Sequence[Command]:
    """Open one claim a worker of a complaint or report."""
    fact = recorded.fact()
    if not isinstance(fact, ComplaintReceived | ReportReceived):
        return []
    return [
        OpenClaim(
            case_id=fact.case_id,
            clue_id=fact.clue_id,
            claim_id=claim_id(fact.clue_id, worker.ordinal),
            employer=fact.employer,
            project=fact.project,
            worker=worker,
            recorder_id=recorded.actor.id,
            occurred_at=recorded.occurred_at,
        )
        for worker in fact.workers
    ]


def open_history(recorded: Recorded) -> Sequence[Command]:
    """Take in a row of an agency's sheet."""
    fact = recorded.fact()
    return [OpenHistory(row=fact)] if isinstance(fact, HistoryImported) else []


Said = tuple[str, UUID, str | None]


def _owner(fact: Event) -> Said | None:
    match fact:
        case CaseOpened(split_from=UUID()):
            # Who owns the part was noted with the split.
            return "clue_registered", fact.case_id, fact.first_asked_unit
        case CaseOpened() if not fact.history:
            return "opened", fact.case_id, fact.first_asked_unit
        case CaseAssigned() if not fact.history:
            return "owned", fact.case_id, fact.unit
        case CaseTransferred() | OwnershipRuled():
            return "owned", fact.case_id, fact.to_unit
        case TransferProposed():
            return "proposed", fact.case_id, fact.to_unit
        case TransferRefused():
            return "refused", fact.case_id, fact.refused_by
        case _:
            return None


def _end(fact: Event) -> Said | None:
    match fact:
        case CaseClosed() if not fact.history:
            return "closed", fact.case_id, None
        case CaseReopened():
            return "reopened", fact.case_id, None
        case ClueClosedNotWage():
            return "closed_not_wage", fact.case_id, None
        case _:
            return None


def adopt_history(recorded: Recorded) -> Sequence[Command]:
    """List an adopted row's claim in its case, which the adopting unit now owns."""
    fact = recorded.fact()
    if not isinstance(fact, CaseAdopted):
        return []
    command = ListAdopted(
        case_id=fact.case_id,
        claim_id=claim_id(fact.clue_id, 1),
        unit=fact.unit,
        imported_by=fact.imported_by,
        cause=recorded.id,
        at=recorded.occurred_at,
    )
    return [command]


def note_fact(recorded: Recorded) -> Sequence[Command]:
    """Note who owns a case and whether it ended."""
    fact = recorded.fact()
    found = _owner(fact) or _end(fact)
    if found is None:
        return []
    name, case_id, unit = found
    merged = isinstance(fact, CaseClosed) and fact.kind == "merged"
    said = {
        "case_id": case_id,
        "fact": name,
        "unit": unit,
        "kind": "merged" if merged else None,
        "cause": recorded.id,
        "at": recorded.occurred_at,
    }
    return [NoteFact.model_validate(said)]


def check_orders(recorded: Recorded) -> Sequence[Command]:
    """See after each payment and reversal whether an order is paid in full."""
    fact = recorded.fact()
    history = isinstance(fact, WagesPaid) and fact.history
    if not isinstance(fact, WagesPaid | WagePaymentReversed) or history:
        return []
    at = recorded.occurred_at or recorded.recorded_at
    return [CheckOrders(case_id=fact.case_id, at=at)]


def check_group(recorded: Recorded) -> Sequence[Command]:
    """See after each claim that comes in, or is open again, how many workers there are.

    A merged case's claims come in by their move.
    """
    fact = recorded.fact()
    history = isinstance(fact, ClaimOpened) and fact.history
    if not isinstance(fact, OPENS_A_CLAIM) or history:
        return []
    at = recorded.occurred_at or recorded.recorded_at
    return [CheckGroup(case_id=fact.case_id, at=at)]


OPENS_A_CLAIM = (
    ClaimOpened,
    ClaimMoved,
    ClaimDuplicateLifted,
    FactsVerified,
    WagePaymentReversed,
)


def expire_order(recorded: Recorded) -> Sequence[Command]:
    """Let an order expire when routing found its clock missed."""
    fact = recorded.fact()
    if not isinstance(fact, DeadlineMissed) or fact.clock != ORDER_CLOCK:
        return []
    return [ExpireOrder(case_id=fact.case_id, order_id=fact.subject, at=fact.due_at)]


def move_claims(recorded: Recorded) -> Sequence[Command]:
    """Move the claims of a merged case, or of a clue that was un-linked, along."""
    fact = recorded.fact()
    match fact:
        case CasesMerged():
            ends = fact.merged_case_id, fact.case_id
        case CaseSplit() if not fact.claim_ids:
            ends = fact.case_id, fact.new_case_id
        case _:
            return []
    command = MoveClaims(
        from_case_id=ends[0],
        to_case_id=ends[1],
        clue_id=fact.clue_id,
        unit=fact.from_unit if isinstance(fact, CasesMerged) else None,
        turn=recorded.seq,
        cause=recorded.id,
        at=recorded.occurred_at,
    )
    return [command]


def mark_duplicates(recorded: Recorded) -> Sequence[Command]:
    """Mark the claims that a linked clue repeats, or count them again."""
    fact = recorded.fact()
    if not isinstance(fact, ClueLinkedAsDuplicate | ClueUnlinked):
        return []
    lift = isinstance(fact, ClueUnlinked)
    at = recorded.occurred_at
    return [
        MarkDuplicate(
            claim_id=pair.claim_id, of_claim_id=pair.of_claim_id, lift=lift, at=at
        )
        for pair in fact.claims
    ]


REACTIONS = (
    Reaction("open-claims", (ComplaintReceived, ReportReceived), None, open_claims),
    Reaction("open-history", (HistoryImported,), None, open_history),
    Reaction(
        "note-fact",
        (
            CaseOpened,
            CaseAssigned,
            CaseTransferred,
            OwnershipRuled,
            TransferProposed,
            TransferRefused,
            CaseClosed,
            CaseReopened,
            ClueClosedNotWage,
        ),
        None,
        note_fact,
    ),
    Reaction("adopt-history", (CaseAdopted,), None, adopt_history),
    Reaction("check-orders", (WagesPaid, WagePaymentReversed), None, check_orders),
    Reaction("check-group", OPENS_A_CLAIM, None, check_group),
    Reaction("expire-order", (DeadlineMissed,), None, expire_order),
    Reaction("move-claims", (CasesMerged, CaseSplit), None, move_claims),
    Reaction(
        "mark-duplicates", (ClueLinkedAsDuplicate, ClueUnlinked), None, mark_duplicates
    ),
)
