"""The case: which unit must act; opened with its clue, never without an owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code, Sha256
from libs.events.contracts.routing import (
    CaseAdopted,
    CaseAssigned,
    CaseClosed,
    CaseFactNoted,
    CaseOpened,
    CaseReopened,
    CasesMerged,
    CaseSplit,
    CaseTransferred,
    CloseKind,
    OwnershipRuled,
    TransferProposed,
    TransferReason,
    TransferRefused,
)
from libs.events.contracts.supervision import TaskForceFormed
from libs.events.decider import Kind, NotVisible, NotYours, Read, Rejected, Rule, States
from libs.events.event import Actor, Event, New
from libs.visibility import sees
from services.routing import known


@dataclass(frozen=True)
class Pending:
    """A transfer that waits for its receiver."""

    transfer_id: UUID
    from_unit: str
    to_unit: str
    reason: TransferReason
    article: str | None


@dataclass(frozen=True)
class Case:
    """What decisions about responsibility ask of a case.

    `history`: a row of a sheet that nobody adopted; `adopted`: one that was.
    `members`: the cases merged into it, each with its clue; `task_force`: units;
    `part`: its claims were split off another case, whose clue and author it shares.
    """

    unit: str | None = None
    first_asked: str | None = None
    clue_id: UUID | None = None
    channel: str = ""
    employer_id: UUID | None = None
    statement_sha256: str | None = None
    part: bool = False
    history: bool = False
    adopted: bool = False
    pending: Pending | None = None
    last_transfer: UUID | None = None
    hops: int = 0
    refused: bool = False
    ruled: bool = False
    closed: str | None = None
    parties: frozenset[str] = frozenset()
    members: Mapping[UUID, UUID] = field(default_factory=dict)
    task_force: frozenset[str] = frozenset()

    @property
    def merged(self) -> bool:
        """Say whether it went into another case."""
        return self.closed == "merged"

    @property
    def waiting(self) -> frozenset[UUID]:
        """Return the clues whose authors wait here for an answer."""
        elsewhere = self.adopted or self.part
        own = set() if elsewhere or self.clue_id is None else {self.clue_id}
        return frozenset(own | {*self.members.values()})


def evolve(case: Case, event: Event) -> Case:
    """Fold one event of a case's stream."""
    match event:
        case CaseOpened():
            return Case(
                first_asked=event.first_asked_unit,
                clue_id=event.clue_id,
                channel=event.channel,
                employer_id=event.employer_id,
                statement_sha256=event.statement_sha256,
                part=event.split_from is not None,
                history=event.history,
                parties=frozenset({event.first_asked_unit}),
            )
        case CaseAssigned():
            return replace(case, unit=event.unit, parties=case.parties | {event.unit})
        case CaseAdopted():
            parties = case.parties | {event.unit}
            return replace(
                case, unit=event.unit, history=False, adopted=True, parties=parties
            )
        case CaseClosed():
            return replace(case, closed=event.kind, pending=None)
        case CaseReopened():
            return replace(case, closed=None)
        case CasesMerged():
            members = {**case.members, event.merged_case_id: event.clue_id}
            parties = case.parties | {event.from_unit}
            return replace(case, members=members, parties=parties)
        case CaseSplit():
            left = {k: v for k, v in case.members.items() if k != event.new_case_id}
            return replace(case, members=left)
        case _:
            return _moved(case, event)


def _moved(case: Case, event: Event) -> Case:
    match event:
        case TransferProposed():
            pending = Pending(
                event.transfer_id,
                event.from_unit,
                event.to_unit,
                event.reason,
                event.article,
            )
            return replace(
                case,
                pending=pending,
                last_transfer=event.transfer_id,
                parties=case.parties | {event.to_unit},
            )
        case CaseTransferred():
            return replace(case, unit=event.to_unit, pending=None, hops=event.hop)
        case TransferRefused():
            return replace(case, pending=None, refused=True)
        case OwnershipRuled():
            named = replace(case, parties=case.parties | {event.to_unit})
            return replace(named, unit=event.to_unit, pending=None, ruled=True)
        case TaskForceFormed():
            units = frozenset(event.units)
            return replace(case, task_force=units, parties=case.parties | units)
        case _:
            return case


KIND = Kind("case", Case(), evolve)
MERGED = "本案已并入另一案件，请在那一案件上办理。"


class OpenCase(Command):
    """Open the case of a registered clue, owned by the first-asked unit at once."""

    case_id: UUID
    clue_id: UUID
    first_asked_unit: Code
    channel: Code
    employer_id: UUID
    statement_sha256: Sha256 | None = None
    history: bool = False
    closed: CloseKind | None = None
    occurred_at: datetime | None = None


class ReopenCase(Command):
    """Open a closed case again, for a coded reason."""

    case_id: UUID
    reason: Literal[
        "new_claim", "default", "dissatisfied", "review", "reversal", "dispute"
    ]


def visible(case: Case, noted: known.Known, actor: Actor) -> None:
    """Raise NotVisible unless the actor may know of the case."""
    if case.unit is None or not sees(actor, case.parties | noted.addressees):
        raise NotVisible


def seen(command: Command, stamp: Stamp, states: States) -> Case:
    case_id: UUID = command.case_id  # type: ignore[attr-defined]  # every command here
    case = states.of(KIND, case_id)
    visible(case, states.of(known.KIND, case_id), stamp.actor)
    return case


def own(case: Case, actor: Actor) -> None:
    if actor.unit != case.unit:
        raise NotYours(
            f"这件案件现由 {case.unit} 负责，请由该单位办理。", may=[case.unit or ""]
        )


def still_open(case: Case) -> None:
    if case.merged:
        raise Rejected("case-merged", MERGED)
    if case.closed is not None:
        raise Rejected("case-closed", "案件已办结；如有新情况，请先重新打开。")
    if case.history:
        raise Rejected("not-adopted", "这是导入的历史案件，请先认领再办理。")


def open_case(command: OpenCase, _stamp: Stamp, states: States) -> list[New]:
    """Open once; a closed row of history opens and closes in one append."""
    if states.of(KIND, command.case_id).unit is not None:
        return []
    stream = KIND.stream(command.case_id)
    facts: list[Event] = [
        CaseOpened(
            case_id=command.case_id,
            clue_id=command.clue_id,
            first_asked_unit=command.first_asked_unit,
            channel=command.channel,
            employer_id=command.employer_id,
            statement_sha256=command.statement_sha256,
            history=command.history,
        ),
        CaseAssigned(
            case_id=command.case_id,
            unit=command.first_asked_unit,
            history=command.history,
        ),
    ]
    if command.closed is not None:
        closed = CaseClosed(
            case_id=command.case_id, kind=command.closed, history=command.history
        )
        facts.append(closed)
    return [New(stream, fact, command.occurred_at) for fact in facts]


def reopen_case(command: ReopenCase, stamp: Stamp, states: States) -> list[New]:
    """Open again; a new conclusion and a new answer are owed from now on."""
    case = seen(command, stamp, states)
    noted = states.of(known.KIND, command.case_id)
    if noted.into is not None:
        raise Rejected("case-merged", MERGED)
    lifted = lifting(case, noted, command.case_id, stamp)
    if stamp.actor.role == "system" and case.closed is None:
        # Not closed yet: what was concluded before the reversal closes nothing, nor
        # does the answer to an order that came again.
        came_again = command.reason == "dissatisfied" and noted.answered
        return lifted if came_again or noted.concluded is not None else []
    if stamp.actor.role not in {"leading-group", "brigade", "system"}:
        own(case, stamp.actor)
    if case.closed is None:
        raise Rejected("case-open", "案件没有办结，不需要重新打开。")
    again = CaseReopened(case_id=command.case_id, reason=command.reason)
    return [New(KIND.stream(command.case_id), again), *lifted]


def lifting(case: Case, noted: known.Known, case_id: UUID, stamp: Stamp) -> list[New]:
    """Return what lifts a conclusion: a new one, and the clue's new answer, are owed.

    What the authors of merged clues were told stands: it was their own answer.
    """
    told = sorted(noted.answered & {*case.members.values()})
    cause = stamp.causation_id or stamp.command_id
    facts: tuple[tuple[Literal["reopened", "answered"], UUID], ...] = (
        ("reopened", case_id),
        *(("answered", clue_id) for clue_id in told),
    )
    return [
        New(
            known.KIND.stream(case_id),
            CaseFactNoted(case_id=case_id, fact=fact, subject=subject, cause=cause),
        )
        for fact, subject in facts
    ]


def case_and_known(command: Command) -> Sequence[Read]:
    """Name the two streams that every rule about a case reads."""
    case_id: UUID = command.case_id  # type: ignore[attr-defined]  # every command here
    return (Read(KIND, case_id), Read(known.KIND, case_id))


def assigned(case: Case, unit: str) -> list[New]:
    """Return who holds the merged cases now: whoever holds the one they went into."""
    return [
        New(KIND.stream(one), CaseAssigned(case_id=one, unit=unit))
        for one in sorted(case.members)
    ]


RULES = (
    Rule(OpenCase, lambda command: [Read(KIND, command.case_id)], open_case),
    Rule(ReopenCase, case_and_known, reopen_case),
)
