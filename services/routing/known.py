"""What routing knows of other services' facts about a case, and when it may close."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.merges import CaseMergeNoted
from libs.events.contracts.routing import CaseFactNoted, ClaimCountNoted
from libs.events.decider import Kind
from libs.events.event import Event


@dataclass(frozen=True)
class Known:
    """Facts of intake and enforcement, folded.

    `answered` holds the clues whose author was answered or can't be; `claims` and
    `withdrawn` the claims of the case's clue, `duplicates` those counted elsewhere;
    `addressees` units that a proposal named; `filed_by` the district's unit that filed;
    `last_at`: when the later of conclusion and answer happened; `into`: the case it was
    merged into, by the link of that `turn` in intake's journal.
    """

    concluded: str | None = None
    last_at: datetime | None = None
    not_wage: bool = False
    answered: frozenset[UUID] = frozenset()
    claims: frozenset[UUID] = frozenset()
    withdrawn: frozenset[UUID] = frozenset()
    duplicates: frozenset[UUID] = frozenset()
    addressees: frozenset[str] = frozenset()
    filed_by: str | None = None
    into: UUID | None = None
    turn: int = 0

    @property
    def claims_left(self) -> frozenset[UUID]:
        """Return the claims that are counted and were not given up."""
        return self.claims - self.withdrawn - self.duplicates


def evolve(known: Known, event: Event) -> Known:
    """Fold one noted fact."""
    match event:
        case CaseFactNoted():
            return _noted(known, event)
        case ClaimCountNoted():
            this = {event.claim_id}
            less = known.duplicates - this if event.counted else known.duplicates | this
            return replace(known, duplicates=less)
        case CaseMergeNoted(fact="went_into"):
            return replace(known, into=event.other_case_id, turn=event.turn or 0)
        case CaseMergeNoted(fact="apart"):
            return replace(known, into=None)
        case _:
            return known


def _noted(known: Known, event: CaseFactNoted) -> Known:
    match event.fact:
        case "filing_proposed" | "filed":
            unit = {event.unit} if event.unit else set()
            filed_by = event.unit if event.fact == "filed" else known.filed_by
            addressees = known.addressees | unit
            return replace(known, addressees=addressees, filed_by=filed_by)
        case "concluded":
            return replace(_later(known, event), concluded=event.kind)
        case "answered" | "unanswerable":
            answered = known.answered | {event.subject}
            return replace(_later(known, event), answered=answered)
        case "closed_not_wage":
            return replace(known, not_wage=True)
        case _:
            return _claims(known, event)


def _claims(known: Known, event: CaseFactNoted) -> Known:
    match event.fact:
        case "claim_opened":
            return replace(known, claims=known.claims | {event.subject})
        case "claim_withdrawn":
            return replace(known, withdrawn=known.withdrawn | {event.subject})
        case _:
            # Opened again: a new conclusion and a new answer are owed.
            return replace(
                known,
                concluded=None,
                last_at=None,
                not_wage=False,
                answered=frozenset(),
            )


def _later(known: Known, event: CaseFactNoted) -> Known:
    times = [at for at in (known.last_at, event.at) if at is not None]
    return replace(known, last_at=max(times, default=None))


KIND = Kind("known", Known(), evolve)


def closing_kind(known: Known, waiting: Collection[UUID]) -> str | None:
    """Return how the case may close now, or None while something is owed.

    It closes on the later of conclusion and the last answer owed (architecture §1); a
    matter that is not wages closes once the channel was advised. `waiting`: the clues
    whose authors wait here for an answer, none for an adopted row.
    """
    if known.not_wage:
        return "not_wage"
    if known.concluded is not None and known.answered >= {*waiting}:
        return known.concluded
    return None
