"""Merging: clues about one fact share one case, and part again (domain §5.4).

Intake's link is the decision; merging is routing's reaction to it (architecture §1).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.merges import CaseMergeNoted
from libs.events.contracts.routing import (
    CaseAssigned,
    CaseClosed,
    CaseFactNoted,
    CaseReopened,
    CasesMerged,
    CaseSplit,
)
from libs.events.decider import Read, Rejected, Rule, States
from libs.events.event import Event, New
from services.routing import dossier, known
from services.routing.case import KIND, Case, evolve, lifting
from services.routing.noting import closing


class MergeCases(Command):
    """Merge the case of a clue into the case of the one that it repeats.

    `turn`: the number, in intake's journal, of the event that said so.
    """

    case_id: UUID
    merged_case_id: UUID
    clue_id: UUID
    turn: int
    cause: UUID
    at: datetime


class SplitMerged(MergeCases):
    """Let a merged case stand by itself again: its clue was un-linked."""


class Untangle(MergeCases):
    """Let go, before a merge, what its link found apart already.

    Intake links no clue that others are linked to, nor to one that is linked itself.
    Where that looks otherwise here, an un-linking on another clue's stream was said
    before and is heard later.
    """


def untangle(command: Untangle, stamp: Stamp, states: States) -> list[New]:
    """Split what was un-linked by then; nothing where all was heard in order."""
    if _is_stale(command, states):
        return []
    news: list[New] = []
    for head, member in _tangles(command, states):
        apart = SplitMerged(
            case_id=head,
            merged_case_id=member,
            clue_id=states.of(KIND, head).members[member],
            turn=command.turn,
            cause=command.cause,
            at=command.at,
        )
        new = split(apart, stamp, states)
        states = _after(states, new, _of_cases(head, member))
        news += new
    return news


def _tangles(command: MergeCases, states: States) -> list[tuple[UUID, UUID]]:
    """Return heads and members that stand in a merge's way."""
    case, other = _both(command, states)
    found = [(command.merged_case_id, member) for member in sorted(other.members)]
    into = states.of(known.KIND, command.case_id).into
    if case.merged and into:
        found.append((into, command.case_id))
    # Two that were linked the other way round before are one tangle.
    return list(dict.fromkeys(found))


def _is_stale(command: MergeCases, states: States) -> bool:
    """Say whether what stands in the way was linked later: then this link is undone."""
    tangled = (member for _, member in _tangles(command, states))
    return any(states.of(known.KIND, one).turn > command.turn for one in tangled)


def _after(states: States, news: Sequence[New], reads: Sequence[Read]) -> States:
    values, kinds = dict(states.values), {read.stream: read.kind for read in reads}
    for new in news:
        values[new.stream] = kinds[new.stream].evolve(values[new.stream], new.event)
    return States(values, states.versions)


def merge(command: MergeCases, stamp: Stamp, states: States) -> list[New]:
    """Merge once; a closed case that takes an open one in is open again.

    Raises Rejected, kept as a finding, for what the district filed: two proceedings
    are not one, so the filed case has to be the one that others go into.
    """
    case, other = _both(command, states)
    if case.unit is None or other.unit is None:
        raise Rejected("case-unknown", "案件尚未开立，不能并案。")
    if other.merged or command.merged_case_id in case.members:
        return []
    if _is_stale(command, states):
        return []
    if case.merged or other.members:
        raise Rejected("merge-chain", "已并入或已有并入的案件，不能再并。")
    if states.of(known.KIND, command.merged_case_id).filed_by is not None:
        raise Rejected("filed-already", "已立案的案件不并入他案；请取消后反向关联。")
    news: list[Event] = []
    lifted: list[New] = []
    if case.closed is not None and other.closed is None:
        noted = states.of(known.KIND, command.case_id)
        news.append(CaseReopened(case_id=command.case_id, reason="new_claim"))
        lifted = lifting(case, noted, command.case_id, stamp)
    merged = CasesMerged(
        case_id=command.case_id,
        merged_case_id=command.merged_case_id,
        clue_id=command.clue_id,
        unit=case.unit,
        from_unit=other.unit,
    )
    on_case = [_on(command.case_id, fact, command.at) for fact in (*news, merged)]
    return [
        *on_case,
        *lifted,
        *_gone(command, other, case.unit),
        *_told(command, states),
        *_file(command, "merged", case.unit, states),
    ]


def _file(
    command: MergeCases, ground: dossier.Ground, unit: str, states: States
) -> list[New]:
    """Return where the merged case's file is now (F-2.2.3d)."""
    ends = command.case_id, command.merged_case_id
    here, origin = ends if ground == "merged" else reversed(ends)
    move = dossier.Move(here, ground, unit, at=command.at)
    return dossier.joined(move, origin, states)


def _gone(command: MergeCases, other: Case, unit: str) -> list[New]:
    """Return the end of the case that goes in; who owns the other answers its clue."""
    facts: list[Event] = []
    if other.unit != unit:
        facts.append(CaseAssigned(case_id=command.merged_case_id, unit=unit))
    if other.closed is None:
        facts.append(CaseClosed(case_id=command.merged_case_id, kind="merged"))
    return [
        *(_on(command.merged_case_id, fact, command.at) for fact in facts),
        _apart(command, "went_into"),
    ]


def _told(command: MergeCases, states: States) -> list[New]:
    """Carry along that the clue's author was answered before."""
    if command.clue_id not in states.of(known.KIND, command.merged_case_id).answered:
        return []
    told = CaseFactNoted(
        case_id=command.case_id,
        fact="answered",
        subject=command.clue_id,
        cause=command.cause,
    )
    return [New(known.KIND.stream(command.case_id), told, command.at)]


def split(command: SplitMerged, stamp: Stamp, states: States) -> list[New]:
    """Split what was merged; it is open again and owes its clue an answer.

    The unit that holds both goes on with both. The other may have nothing left to wait
    for: then it closes.
    """
    case, other = _both(command, states)
    if command.merged_case_id not in case.members or case.unit is None:
        return []
    apart = CaseSplit(
        case_id=command.case_id,
        new_case_id=command.merged_case_id,
        clue_id=command.clue_id,
        ground="unlinked",
        unit=case.unit,
    )
    news = [
        _on(command.case_id, apart, command.at),
        _apart(command, "apart"),
        *_file(command, "unlinked", case.unit, states),
    ]
    if other.merged:
        again = CaseReopened(case_id=command.merged_case_id, reason="review")
        noted = states.of(known.KIND, command.merged_case_id)
        news.append(_on(command.merged_case_id, again, command.at))
        news += lifting(other, noted, command.merged_case_id, stamp)
    noted = states.of(known.KIND, command.case_id)
    return [*news, *closing(evolve(case, apart), noted, command.case_id, command.at)]


def _apart(command: MergeCases, fact: str) -> New:
    said = {
        "case_id": command.merged_case_id,
        "other_case_id": command.case_id,
        "fact": fact,
        "cause": command.cause,
        "turn": command.turn,
    }
    noted = CaseMergeNoted.model_validate(said)
    return New(known.KIND.stream(command.merged_case_id), noted, command.at)


def _both(command: MergeCases, states: States) -> tuple[Case, Case]:
    return states.of(KIND, command.case_id), states.of(KIND, command.merged_case_id)


def _on(case_id: UUID, fact: Event, at: datetime) -> New:
    return New(KIND.stream(case_id), fact, at)


def _reads(command: MergeCases) -> Sequence[Read]:
    return _of_cases(command.case_id, command.merged_case_id)


def _then_reads(command: MergeCases, states: States) -> Sequence[Read]:
    tangled = {one for pair in _tangles(command, states) for one in pair}
    return _of_cases(*sorted(tangled))


def _of_cases(*case_ids: UUID) -> Sequence[Read]:
    kinds = (KIND, known.KIND, dossier.KIND)
    return [Read(kind, case_id) for case_id in case_ids for kind in kinds]


RULES = (
    Rule(Untangle, _reads, untangle, _then_reads),
    Rule(MergeCases, _reads, merge, _then_reads),
    Rule(SplitMerged, _reads, split),
)
