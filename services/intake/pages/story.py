"""Story: what became of a clue so far, in lines that its author understands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from libs.events.contracts.channels import (
    ClueRedispatched,
    PetitionNoticeSent,
    PetitionOpinionIssued,
)
from libs.events.contracts.intake import (
    CaseFactNoted,
    ChannelAdvised,
    ClaimFactNoted,
    ClueClosedNotWage,
    ClueScreened,
    ClueVerified,
    ReceiptIssued,
    ReplyFoundImpossible,
    ReplySent,
)
from libs.events.contracts.merges import DossierNoted
from libs.events.event import Event, Recorded
from libs.other_channels import OtherChannel
from libs.other_channels import told as told_in

STANDING = frozenset({"owned", "claim", "verified"})
"""Kinds of lines that tell how something stands: said again, they tell nothing."""


@dataclass(frozen=True)
class Line:
    """One thing that happened: a key of the catalogue, a unit perhaps, and when.

    `advice`: the text of the directory that its author was given.
    """

    key: str
    at: datetime
    unit: str | None = None
    advice: OtherChannel | None = None


@dataclass(frozen=True)
class Found:
    """How many of a clue's workers were checked, and what was found."""

    workers: int = 0
    arrears: int = 0
    no_arrears: int = 0
    withdrawn: int = 0


@dataclass(frozen=True)
class Story:
    """A clue's number, its lines in order of time, and its workers' findings."""

    number: str | None
    received_at: datetime
    lines: Sequence[Line]
    found: Found = field(default_factory=Found)


def story(
    clue: Sequence[Recorded], known: Iterable[Recorded], claim_id: UUID | None = None
) -> Story:
    """Tell a clue's story; with a claim's code, that one worker's findings only."""
    receipt = next((r for r in clue if isinstance(r.fact(), ReceiptIssued)), None)
    noted = list(known)
    events = sorted([*clue, *noted], key=_when)
    lines = [line for record in events for line in _lines(record, claim_id)]
    return Story(
        number=receipt.serial if receipt else None,
        received_at=clue[0].recorded_at,
        lines=_without_repeats(lines),
        found=_found(record.fact() for record in noted),
    )


def _when(record: Recorded) -> tuple[datetime, int]:
    # Facts of one instant stand in the order in which intake heard of them.
    return record.occurred_at or record.recorded_at, record.seq


def _lines(record: Recorded, claim_id: UUID | None) -> Iterator[Line]:
    fact, at = record.fact(), record.occurred_at or record.recorded_at
    match fact:
        case ReceiptIssued():
            yield Line("received", at)
        case ClueScreened():
            yield Line(f"screened_{fact.matter}", at)
        case ClueVerified() if claim_id is None:
            yield Line(f"verified_{fact.result}", at)
        case ReplySent():
            yield Line("replied", at)
        case ReplyFoundImpossible():
            yield Line("reply_impossible", at)
        case _:
            yield from _more(fact, at, claim_id)


def _more(fact: Event, at: datetime, claim_id: UUID | None) -> Iterator[Line]:
    match fact:
        case ChannelAdvised():
            version = fact.text_version or 0
            yield Line("advised", at, advice=told_in(fact.advised_channel, version))
        case ClueClosedNotWage():
            yield Line("closed_not_wage", at)
        case CaseFactNoted(fact="owned" | "proposed" | "reopened"):
            yield Line(fact.fact, at, fact.unit)
        case DossierNoted():
            yield Line("file_along", at, fact.unit)
        case ClaimFactNoted(claim_id=own) if own == claim_id:
            if fact.fact != "opened":
                yield Line(f"claim_{fact.fact}", at)
        case _:
            yield from _of_channel(fact, at)


def _of_channel(fact: Event, at: datetime) -> Iterator[Line]:
    match fact:
        case ClueRedispatched():
            yield Line("came_again", at)
        case PetitionNoticeSent():
            yield Line(f"notice_{fact.outcome}", at)
        case PetitionOpinionIssued():
            yield Line("opinion", at)
        case _:
            return


def _without_repeats(lines: Sequence[Line]) -> list[Line]:
    """Leave out a line that says again what the last of its kind said."""
    kept: list[Line] = []
    last: dict[str, Line] = {}
    for line in lines:
        kind = line.key.split("_", maxsplit=1)[0]
        before = last.get(kind)
        again = before and (before.key, before.unit) == (line.key, line.unit)
        if not (again and kind in STANDING):
            kept.append(line)
        last[kind] = line
    return kept


def _found(facts: Iterable[Event]) -> Found:
    latest = {
        fact.claim_id: fact.fact for fact in facts if isinstance(fact, ClaimFactNoted)
    }
    said = list(latest.values())
    return Found(
        len(said),
        said.count("arrears"),
        said.count("no_arrears"),
        said.count("withdrawn"),
    )
