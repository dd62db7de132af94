"""Merging: claims go along when cases merge or split, and are counted once.

No claim is lost or made (domain §5.9, 4): each keeps its stream and its amounts, and is
listed in exactly one case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    None: a case is apart again. `turn`: the number of routing's event. The merges of
    one case stand on the streams of those that took it in: a later one may be heard
    first.
    """

    from_case_id: UUID
    to_case_id: UUID
    clue_id: UUID
    unit: Code | None
    turn: int
    cause: UUID
    at: datetime | None

    @property
    def merged_case_id(self) -> UUID:
        """Return the case that went into the other, or is apart from it again."""
        return self.to_case_id if self.unit is None else self.from_case_id


class MarkDuplicate(Command):
    """Count a claim once, in another one's stead; or, with `lift`, by itself again."""

    claim_id: UUID
    of_claim_id: UUID
    lift: bool
    at: datetime | None


def move(command: MoveClaims, _stamp: Stamp, states: States) -> list[New]:
    """Move what is there; a claim that is heard of later finds its case noted.

    What is heard too late still sweeps up what it left where it was: by then the last
    of the merges says where that belongs.
    """
    merged = states.of(known.KIND, command.merged_case_id)
    late = command.turn < merged.turn
    there = command.to_case_id
    if late:
        there = merged.into or command.merged_case_id
    here = command.from_case_id
    ends = Ends(here, there, command.cause, command.at)
    moved = [
        new
        for claim_id in states.of(known.KIND, here).claims
        if (held := states.of(claim.KIND, claim_id)).clue_id == command.clue_id
        and here != there
        for new in moving(claim_id, held, ends)
    ]
    return [*_noted(command, late=late), *moved]


@dataclass(frozen=True)
class Ends:
    """From which case to which a claim goes, because of what and when."""

    from_case_id: UUID
    to_case_id: UUID
    cause: UUID
    at: datetime | None


def moving(claim_id: UUID, held: claim.Claim, ends: Ends) -> list[New]:
    """Return what moves one claim: its own stream, and both cases' lists."""
    here, there = ends.from_case_id, ends.to_case_id
    moved = ClaimMoved(
        claim_id=claim_id,
        case_id=there,
        clue_id=held.clue_id or claim_id,
        from_case_id=here,
    )
    gone = ClaimDelisted(case_id=here, claim_id=claim_id, cause=ends.cause)
    stream, key = claim.KIND.stream(claim_id), str(held.opened_in)
    return [
        New(stream, moved, ends.at, partition_key=key),
        on_known(here, gone, ends.at),
        on_known(there, ClaimListed(case_id=there, claim_id=claim_id), ends.at),
    ]


def _noted(command: MoveClaims, *, late: bool) -> list[New]:
    own, other = command.from_case_id, command.to_case_id
    went_into = {"case_id": own, "other_case_id": other, "fact": "went_into"}
    took_in = {"case_id": other, "other_case_id": own, "fact": "took_in"}
    apart = {"case_id": other, "other_case_id": own, "fact": "apart"}
    notes = [apart] if command.unit is None else [went_into, took_in]
    if late:
        # Who was let in by it stays in.
        notes = [note for note in notes if note is took_in]
    facts = [
        CaseMergeNoted.model_validate(
            {
                **note,
                "unit": command.unit,
                "cause": command.cause,
                "turn": command.turn,
            }
        )
        for note in notes
    ]
    return [on_known(fact.case_id, fact, command.at) for fact in facts]


def on_known(case_id: UUID, fact: Event, at: datetime | None) -> New:
    """Put a fact on what enforcement knows of a case."""
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
    into = states.of(known.KIND, command.merged_case_id).into
    there = [] if into is None else [Read(known.KIND, into)]
    return [*(Read(claim.KIND, claim_id) for claim_id in listed), *there]


def _claim(command: MarkDuplicate) -> Sequence[Read]:
    return [Read(claim.KIND, command.claim_id)]


RULES = (Rule(MoveClaims, _cases, move, _listed), Rule(MarkDuplicate, _claim, mark))
