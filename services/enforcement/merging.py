"""Merging: claims go along when cases merge or split, and are counted once.

No claim is lost or made (domain §5.9, 4): each keeps its stream and its amounts, and is
listed in exactly one case.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.enforcement import ClaimListed
from libs.events.contracts.merges import CaseMergeNoted
from libs.events.contracts.merging import (
    ClaimDelisted,
    ClaimDuplicateLifted,
    ClaimMarkedDuplicate,
    ClaimMoved,
)
from libs.events.contracts.parts import Code
from libs.events.decider import Read, Rule, States
from libs.events.event import Event, New
from services.enforcement import claim, known


class MoveClaims(Command):
    """Move a clue's claims from one case to another, as routing merged or split them.

    `unit` owned the case that went into the other, and may see that one from then on;
    None: a case is apart again.
    """

    from_case_id: UUID
    to_case_id: UUID
    clue_id: UUID
    unit: Code | None
    cause: UUID
    at: datetime | None


class MarkDuplicate(Command):
    """Count a claim once, in another one's stead; or, with `lift`, by itself again."""

    claim_id: UUID
    of_claim_id: UUID
    lift: bool
    at: datetime | None


def move(command: MoveClaims, _stamp: Stamp, states: States) -> list[New]:
    """Move what is there; a claim that is heard of later finds its case noted."""
    listed = states.of(known.KIND, command.from_case_id).claims
    going = [
        (claim_id, held)
        for claim_id in listed
        if (held := states.of(claim.KIND, claim_id)).clue_id == command.clue_id
    ]
    news = _noted(command)
    for claim_id, held in going:
        moved = ClaimMoved(
            claim_id=claim_id,
            case_id=command.to_case_id,
            clue_id=command.clue_id,
            from_case_id=command.from_case_id,
        )
        gone = ClaimDelisted(
            case_id=command.from_case_id, claim_id=claim_id, cause=command.cause
        )
        there = ClaimListed(case_id=command.to_case_id, claim_id=claim_id)
        stream, key = claim.KIND.stream(claim_id), str(held.opened_in)
        news += [
            New(stream, moved, command.at, partition_key=key),
            _on_known(command.from_case_id, gone, command.at),
            _on_known(command.to_case_id, there, command.at),
        ]
    return news


def _noted(command: MoveClaims) -> list[New]:
    own, other = command.from_case_id, command.to_case_id
    notes: list[dict[str, object]] = [
        {"case_id": own, "other_case_id": other, "fact": "went_into"},
        {"case_id": other, "other_case_id": own, "fact": "took_in"},
    ]
    if command.unit is None:
        notes = [{"case_id": other, "other_case_id": own, "fact": "apart"}]
    facts = [
        CaseMergeNoted.model_validate(
            {**note, "unit": command.unit, "cause": command.cause}
        )
        for note in notes
    ]
    return [_on_known(fact.case_id, fact, command.at) for fact in facts]


def _on_known(case_id: UUID, fact: Event, at: datetime | None) -> New:
    return New(known.KIND.stream(case_id), fact, at, partition_key=str(case_id))


def mark(command: MarkDuplicate, _stamp: Stamp, states: States) -> list[New]:
    """Mark or lift once; what is paid on the claim stays paid."""
    held = states.of(claim.KIND, command.claim_id)
    if held.case_id is None or held.clue_id is None:
        return []
    said = {
        "claim_id": command.claim_id,
        "case_id": held.case_id,
        "clue_id": held.clue_id,
        "of_claim_id": command.of_claim_id,
    }
    if command.lift == (held.duplicate_of is None):
        return []
    word = ClaimDuplicateLifted if command.lift else ClaimMarkedDuplicate
    stream, key = claim.KIND.stream(command.claim_id), str(held.opened_in)
    return [New(stream, word.model_validate(said), command.at, partition_key=key)]


def _cases(command: MoveClaims) -> Sequence[Read]:
    cases = (command.from_case_id, command.to_case_id)
    return [Read(known.KIND, case_id) for case_id in cases]


def _listed(command: MoveClaims, states: States) -> Sequence[Read]:
    listed = states.of(known.KIND, command.from_case_id).claims
    return [Read(claim.KIND, claim_id) for claim_id in listed]


def _claim(command: MarkDuplicate) -> Sequence[Read]:
    return [Read(claim.KIND, command.claim_id)]


RULES = (Rule(MoveClaims, _cases, move, _listed), Rule(MarkDuplicate, _claim, mark))
