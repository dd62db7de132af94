"""Evidence: papers, pictures and films of a case, each by the SHA-256 of its bytes.

The bytes lie in the object store, the event says that they do and what they are
(architecture §6); the statement and defence of a case rest on them (LIR 19; SPC3 4).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.enforcement import EvidenceAdded
from libs.events.contracts.evidence import EvidenceHandedInAgain
from libs.events.contracts.parts import Code, Sha256
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New
from services.enforcement import known

MOST = 500
"""Pieces of evidence of one case: more are to be put together in one file."""


@dataclass(frozen=True)
class Evidence:
    """What decisions ask: which bytes the case has, by digest."""

    pieces: Mapping[str, EvidenceAdded] = field(default_factory=dict)


def evolve(evidence: Evidence, event: Event) -> Evidence:
    """Fold one event of a case's evidence."""
    if not isinstance(event, EvidenceAdded):
        return evidence
    return Evidence({**evidence.pieces, event.sha256: event})


KIND = Kind("evidence", Evidence(), evolve)


class AddEvidence(Command):
    """Add bytes that are already kept to a case's evidence (F-2.3.3a)."""

    case_id: UUID
    kind: Code
    sha256: Sha256
    media_type: str
    size: int
    handed_in: Sha256 | None = None


def add(command: AddEvidence, stamp: Stamp, states: States) -> list[New]:
    """Add once: who handles the case, also when it is closed.

    The same again adds nothing, but is told: nobody should have to (F-2.2.3d).
    """
    known.handling(states.of(known.KIND, command.case_id), stamp.actor)
    pieces = states.of(KIND, command.case_id).pieces
    originals = {piece.handed_in or piece.sha256 for piece in pieces.values()}
    if command.sha256 in pieces or command.handed_in in originals:
        return [_again(command, pieces.values())]
    if len(pieces) >= MOST:
        raise Rejected("evidence-full", "证据份数已满，请把几份合成一个文件再交。")
    added = EvidenceAdded.model_validate(command.model_dump())
    stream, key = KIND.stream(command.case_id), str(command.case_id)
    return [New(stream, added, partition_key=key)]


def _again(command: AddEvidence, pieces: Iterable[EvidenceAdded]) -> New:
    came = {command.sha256, command.handed_in} - {None}
    held = next(one for one in pieces if came & {one.sha256, one.handed_in})
    again = EvidenceHandedInAgain(
        case_id=command.case_id, kind=command.kind, sha256=held.sha256
    )
    stream, key = KIND.stream(command.case_id), str(command.case_id)
    return New(stream, again, partition_key=key)


def _reads(command: AddEvidence) -> Sequence[Read]:
    return [Read(KIND, command.case_id), Read(known.KIND, command.case_id)]


RULES = (Rule(AddEvidence, _reads, add),)
