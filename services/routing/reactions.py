"""Reactions: what other services' events make routing do."""

from collections.abc import Callable, Sequence
from uuid import UUID

from libs.events.command import Command
from libs.events.contracts import (
    channels,
    duplicates,
    enforcement,
    groups,
    intake,
    merging,
    routing,
)
from libs.events.contracts.channels import ClueRedispatched
from libs.events.contracts.duplicates import ClueLinkedAsDuplicate, ClueUnlinked
from libs.events.contracts.enforcement import (
    CaseConcluded,
    CaseFiled,
    ClaimOpened,
    ClaimWithdrawn,
    FilingProposed,
    WagePaymentDisputed,
    WagePaymentReversed,
)
from libs.events.contracts.groups import ClaimsSplitOff
from libs.events.contracts.intake import (
    ClueClosedNotWage,
    ClueRegistered,
    HistoryImported,
    ReplyFoundImpossible,
    ReplySent,
)
from libs.events.contracts.merging import ClaimDuplicateLifted, ClaimMarkedDuplicate
from libs.events.contracts.routing import CloseKind
from libs.events.contracts.supervision import (
    CaseListedForSupervision,
    SupervisionDelisted,
)
from libs.events.event import Event, Recorded
from libs.events.reactions import Reaction
from libs.ids import case_id as case_of
from services.routing.case import OpenCase, ReopenCase
from services.routing.hearing import HearEvent
from services.routing.merging import MergeCases, SplitMerged, Untangle
from services.routing.noting import CountClaim, NoteFact
from services.routing.splitting import OpenPart

DISTRICT = "DB"
"""The unit to which a proposal to file is addressed."""


def open_case(recorded: Recorded) -> Sequence[Command]:
    """Open a registered clue's case at once; a closed row of history is closed."""
    fact = recorded.fact()
    match fact:
        case ClueRegistered():
            unit, employer = fact.first_asked_unit, fact.employer
            closed: CloseKind | None = None
            history = fact.history
        case HistoryImported():
            unit, employer, history = fact.unit, fact.employer, True
            closed = "settled" if fact.closed else None
        case _:
            return []
    command = OpenCase(
        case_id=fact.case_id,
        clue_id=fact.clue_id,
        first_asked_unit=unit,
        channel=fact.channel,
        employer_id=employer.employer_id,
        statement_sha256=None if history else recorded.leaf.hex() or None,
        history=history,
        closed=closed,
        occurred_at=recorded.occurred_at,
    )
    return [command]


Said = tuple[str, UUID, str | None, str | None]


def _of_enforcement(fact: Event) -> Said | None:
    match fact:
        case FilingProposed():
            return "filing_proposed", fact.case_id, None, DISTRICT
        case CaseConcluded():
            return "concluded", fact.case_id, fact.kind, None
        case CaseFiled():
            return "filed", fact.case_id, None, fact.unit
        case ClaimOpened() if not fact.history:
            return "claim_opened", fact.claim_id, None, None
        case ClaimWithdrawn():
            return "claim_withdrawn", fact.claim_id, None, None
        case _:
            return None


def _of_intake(fact: Event) -> Said | None:
    match fact:
        case ReplySent():
            return "answered", fact.clue_id, None, None
        case ReplyFoundImpossible():
            return "unanswerable", fact.clue_id, fact.reason, None
        case ClueClosedNotWage():
            return "closed_not_wage", fact.clue_id, fact.matter, None
        case _:
            return None


def note_fact(recorded: Recorded) -> Sequence[Command]:
    """Note facts that close a case or let a unit see it."""
    fact = recorded.fact()
    found = _of_enforcement(fact) or _of_intake(fact)
    if found is None:
        return []
    name, subject, kind, unit = found
    said = {
        "case_id": _concerned(fact),
        "fact": name,
        "subject": subject,
        "kind": kind,
        "unit": unit,
        "cause": recorded.id,
        "at": recorded.occurred_at or recorded.recorded_at,
    }
    return [NoteFact.model_validate(said)]


OF_A_CLAIM = (ClaimOpened, ClaimWithdrawn, ClaimMarkedDuplicate, ClaimDuplicateLifted)


def _concerned(fact: Event) -> UUID:
    """Return the case whose clocks and answers a fact concerns.

    A claim that was merged into another case is still one of its own clue's.
    """
    if isinstance(fact, OF_A_CLAIM):
        return case_of(fact.clue_id)
    found: UUID = fact.case_id  # type: ignore[attr-defined]  # `on` lists them
    return found


def count_claim(recorded: Recorded) -> Sequence[Command]:
    """Note that a claim was marked duplicate, or that the mark was lifted."""
    fact = recorded.fact()
    if not isinstance(fact, ClaimMarkedDuplicate | ClaimDuplicateLifted):
        return []
    command = CountClaim(
        case_id=_concerned(fact),
        claim_id=fact.claim_id,
        counted=isinstance(fact, ClaimDuplicateLifted),
        cause=recorded.id,
        at=recorded.occurred_at or recorded.recorded_at,
    )
    return [command]


def merge_cases(recorded: Recorded) -> Sequence[Command]:
    """Merge the cases of linked clues, split those of un-linked ones (F-2.2.3c)."""
    fact = recorded.fact()
    match fact:
        case ClueLinkedAsDuplicate():
            commands: tuple[type[MergeCases], ...] = (Untangle, MergeCases)
        case ClueUnlinked():
            commands = (SplitMerged,)
        case _:
            return []
    return [
        command(
            case_id=fact.of_case_id,
            merged_case_id=fact.case_id,
            clue_id=fact.clue_id,
            turn=recorded.seq,
            cause=recorded.id,
            at=recorded.occurred_at or recorded.recorded_at,
        )
        for command in commands
    ]


def open_part(recorded: Recorded) -> Sequence[Command]:
    """Open the case of claims that were split off."""
    fact = recorded.fact()
    if not isinstance(fact, ClaimsSplitOff):
        return []
    command = OpenPart(
        case_id=fact.case_id,
        new_case_id=fact.new_case_id,
        claim_ids=fact.claim_ids,
        ground=fact.ground,
        at=recorded.occurred_at or recorded.recorded_at,
    )
    return [command]


def hear_event(recorded: Recorded) -> Sequence[Command]:
    """Let the clocks hear every event of a case; history starts none."""
    fact = recorded.fact()
    fields = fact.model_dump(mode="json")
    if fields.get("history") or fields.get("case_id") is None:
        return []
    command = HearEvent(
        case_id=_concerned(fact),
        event_id=recorded.id,
        type=recorded.type,
        at=recorded.occurred_at or recorded.recorded_at,
        fields=fields,
    )
    return [command]


def reopen_reversed(recorded: Recorded) -> Sequence[Command]:
    """Open a closed case again after a reversed payment (domain §5.3)."""
    fact = recorded.fact()
    if not isinstance(fact, WagePaymentReversed):
        return []
    return [ReopenCase(case_id=fact.case_id, reason="reversal")]


def reopen_disputed(recorded: Recorded) -> Sequence[Command]:
    """Open a closed case again when its worker says the money did not come."""
    fact = recorded.fact()
    if not isinstance(fact, WagePaymentDisputed):
        return []
    return [ReopenCase(case_id=fact.case_id, reason="dispute")]


def reopen_redispatched(recorded: Recorded) -> Sequence[Command]:
    """Owe a new answer, of a closed case too, when a 12345 order came again."""
    fact = recorded.fact()
    if not isinstance(fact, ClueRedispatched):
        return []
    return [ReopenCase(case_id=fact.case_id, reason="dissatisfied")]


HEARD = (intake, channels, duplicates, routing, enforcement, merging, groups)
LISTED = (CaseListedForSupervision, SupervisionDelisted)
"""What of supervision a clock hears: what the ladder says starts and stops none."""


def _of_cases(*vocabularies: object) -> tuple[type[Event], ...]:
    found = [
        word
        for vocabulary in vocabularies
        for word in vars(vocabulary).values()
        if isinstance(word, type) and issubclass(word, Event) and _heard(word)
    ]
    return tuple(sorted(set(found), key=lambda word: word.name))


def _heard(word: type[Event]) -> bool:
    fields = word.model_fields
    own_note = "cause" in fields
    return "case_id" in fields and not own_note and "import_id" not in fields


def _reaction(
    name: str,
    commands: Callable[[Recorded], Sequence[Command]],
    *on: type[Event],
) -> Reaction:
    return Reaction(name=name, on=on, since=None, commands=commands)


OF_CASES = _of_cases(intake, channels, routing, enforcement)
REACTIONS = (
    _reaction("open-case", open_case, ClueRegistered, HistoryImported),
    _reaction(
        "note-fact",
        note_fact,
        CaseConcluded,
        ReplySent,
        ReplyFoundImpossible,
        ClueClosedNotWage,
        FilingProposed,
        CaseFiled,
        ClaimOpened,
        ClaimWithdrawn,
    ),
    _reaction("count-claim", count_claim, ClaimMarkedDuplicate, ClaimDuplicateLifted),
    _reaction("merge-cases", merge_cases, ClueLinkedAsDuplicate, ClueUnlinked),
    _reaction("open-part", open_part, ClaimsSplitOff),
    _reaction("hear-event", hear_event, *_of_cases(*HEARD), *LISTED),
    _reaction("reopen-reversed", reopen_reversed, WagePaymentReversed),
    _reaction("reopen-disputed", reopen_disputed, WagePaymentDisputed),
    _reaction("reopen-redispatched", reopen_redispatched, ClueRedispatched),
)
