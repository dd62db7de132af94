"""Reactions: what other services' events make intake do."""

from collections.abc import Sequence

from libs.events.command import Command
from libs.events.contracts.enforcement import ClaimOpened, ClaimWithdrawn, FactsVerified
from libs.events.contracts.routing import (
    CaseAdopted,
    CaseAssigned,
    CaseReopened,
    CasesMerged,
    CaseTransferred,
    OwnershipRuled,
    TransferProposed,
)
from libs.events.event import Event, Recorded
from libs.events.reactions import Reaction
from libs.ids import case_id as case_of
from services.intake.noting import MarkVerified, NoteFact, NoteMerge


def _said(recorded: Recorded) -> tuple[str, str | None] | None:
    fact: Event = recorded.fact()
    match fact:
        case CaseAssigned() if not fact.history:
            return "owned", fact.unit
        case CaseAdopted():
            return "owned", fact.unit
        case CaseTransferred() | OwnershipRuled():
            return "owned", fact.to_unit
        case TransferProposed():
            return "proposed", fact.to_unit
        case CaseReopened() if not _redispatched(recorded, fact):
            return "reopened", None
        case _:
            return None


def _redispatched(recorded: Recorded, fact: CaseReopened) -> bool:
    """Say whether an order that came again reopened it: the clue knows that itself."""
    return recorded.actor.role == "system" and fact.reason == "dissatisfied"


def note_fact(recorded: Recorded) -> Sequence[Command]:
    """Note who owns a clue's case, and that it was opened again."""
    fact = recorded.fact()
    found = _said(recorded)
    if found is None:
        return []
    name, unit = found
    said = {
        "case_id": fact.case_id,  # type: ignore[attr-defined]  # `on` lists them
        "fact": name,
        "unit": unit,
        "cause": recorded.id,
        "at": recorded.occurred_at,
    }
    return [NoteFact.model_validate(said)]


def mark_verified(recorded: Recorded) -> Sequence[Command]:
    """Note each claim's fact; the last verified one verifies the clue."""
    fact = recorded.fact()
    match fact:
        case ClaimOpened() if not fact.history:
            found = "opened"
        case FactsVerified():
            found = "arrears" if fact.verified.minor > 0 else "no_arrears"
        case ClaimWithdrawn():
            found = "withdrawn"
        case _:
            return []
    said = {
        "clue_id": fact.clue_id,
        # What is found of a claim is found of its clue, whatever case it is in.
        "case_id": case_of(fact.clue_id),
        "claim_id": fact.claim_id,
        "fact": found,
        "cause": recorded.id,
        "occurred_at": recorded.occurred_at,
    }
    return [MarkVerified.model_validate(said)]


def note_merge(recorded: Recorded) -> Sequence[Command]:
    """Let the owner of a merged case see the one that it went into."""
    fact = recorded.fact()
    if not isinstance(fact, CasesMerged):
        return []
    command = NoteMerge(
        case_id=fact.case_id,
        other_case_id=fact.merged_case_id,
        unit=fact.from_unit,
        cause=recorded.id,
        at=recorded.occurred_at,
    )
    return [command]


REACTIONS = (
    Reaction(
        "note-fact",
        (
            CaseAssigned,
            CaseAdopted,
            CaseTransferred,
            OwnershipRuled,
            TransferProposed,
            CaseReopened,
        ),
        None,
        note_fact,
    ),
    Reaction(
        "mark-verified",
        (ClaimOpened, FactsVerified, ClaimWithdrawn),
        None,
        mark_verified,
    ),
    Reaction("note-merge", (CasesMerged,), None, note_merge),
)
