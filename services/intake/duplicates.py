"""Duplicates: one fact told by several clues, confirmed by an officer (F-2.2.3c).

A score only advises (PIPL 24; domain §5.4): an officer links, finds apart, un-links.
A group is a star: one clue that counts, and those that repeat it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.events.command import Command, Stamp
from libs.events.contracts.duplicates import (
    ClaimPair,
    ClueFoundDistinct,
    ClueGroupNoted,
    ClueLinkedAsDuplicate,
    ClueUnlinked,
    Score,
)
from libs.events.contracts.parts import Code
from libs.events.decider import Kind, NotVisible, Read, Rejected, Rule, States
from libs.events.event import Event, Fields, New
from libs.ids import case_id as case_of
from libs.ids import claim_id
from services.intake import clue, known

FOR_ANY = ("brigade",)
"""Who links what another unit holds, as with screening."""
Ordinal = Annotated[int, Field(ge=1, le=2000)]


@dataclass(frozen=True)
class Links:
    """What decisions ask of a clue's links; `pairs` are its marked claims."""

    duplicate_of: UUID | None = None
    members: frozenset[UUID] = frozenset()
    distinct: frozenset[UUID] = frozenset()
    pairs: tuple[ClaimPair, ...] = ()
    version: int = 0


def evolve(links: Links, event: Event) -> Links:
    """Fold one event of a clue's links."""
    links = replace(links, version=links.version + 1)
    match event:
        case ClueLinkedAsDuplicate():
            distinct = links.distinct - {event.of_clue_id}
            return replace(
                links,
                duplicate_of=event.of_clue_id,
                pairs=event.claims,
                distinct=distinct,
            )
        case ClueUnlinked():
            # What was linked by mistake is not to be suggested again.
            apart = links.distinct | {event.of_clue_id}
            return replace(links, duplicate_of=None, pairs=(), distinct=apart)
        case ClueFoundDistinct():
            return replace(links, distinct=links.distinct | {event.from_clue_id})
        case ClueGroupNoted(fact="joined"):
            return replace(links, members=links.members | {event.member_id})
        case ClueGroupNoted():
            return replace(links, members=links.members - {event.member_id})
        case _:
            return links


KIND = Kind("cluelink", Links(), evolve)


class WorkerPair(Fields):
    """The same worker of two clues, by the place in each."""

    ordinal: Ordinal
    of_ordinal: Ordinal


class Advice(Fields):
    """What the weights in force said of a pair: hundredths, reasons as codes."""

    score: Score
    reasons: tuple[Code, ...]
    rule_version: Code


class LinkCommand(Command):
    """A command about a clue and another; `advice` is what the door computed."""

    clue_id: UUID
    of_clue_id: UUID
    advice: Advice | None = None
    occurred_at: datetime | None = None


class LinkDuplicate(LinkCommand):
    """Confirm that a clue repeats another; `workers`: the same one, same months."""

    workers: Annotated[tuple[WorkerPair, ...], Field(max_length=2000)] = ()


class FindDistinct(LinkCommand):
    """Find that two clues tell two facts: the pair is not suggested again."""


class UnlinkDuplicate(Command):
    """Undo a link that was wrong; its case gets its own number back."""

    clue_id: UUID
    reason: Literal["other-matter", "other-worker", "other-months", "entry-error"]
    occurred_at: datetime | None = None


def link(command: LinkDuplicate, stamp: Stamp, states: States) -> list[New]:
    """Link, unless one of both is linked already, or others are linked to it."""
    own, other = _both(command, stamp, states)
    if own.duplicate_of is not None:
        raise Rejected("linked-already", "这条线索已关联为重复；要改，请先取消关联。")
    if other.duplicate_of is not None:
        raise Rejected(
            "linked-elsewhere", "对方已关联到另一条线索，请直接关联到那一条。"
        )
    if own.members:
        raise Rejected(
            "others-linked", "已有线索关联到本线索，请反过来，把对方关联到本线索。"
        )
    linked = ClueLinkedAsDuplicate(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        of_clue_id=command.of_clue_id,
        of_case_id=case_of(command.of_clue_id),
        score=command.advice.score if command.advice else None,
        reasons=command.advice.reasons if command.advice else (),
        rule_version=command.advice.rule_version if command.advice else None,
        claims=_pairs(command, states),
    )
    joined = _group(command.of_clue_id, command.clue_id, "joined", stamp)
    return [New(KIND.stream(command.clue_id), linked, command.occurred_at), joined]


def _pairs(command: LinkDuplicate, states: States) -> tuple[ClaimPair, ...]:
    counts = [
        states.of(clue.KIND, one).workers
        for one in (command.clue_id, command.of_clue_id)
    ]
    own = [pair.ordinal for pair in command.workers]
    if len({*own}) < len(own):
        raise Rejected("worker-twice", "同一人列了两次，请合并。")
    for pair in command.workers:
        if pair.ordinal > counts[0] or pair.of_ordinal > counts[1]:
            raise Rejected("no-such-worker", "没有这一序号的人员，请核对。")
    return tuple(
        ClaimPair(
            claim_id=claim_id(command.clue_id, pair.ordinal),
            of_claim_id=claim_id(command.of_clue_id, pair.of_ordinal),
        )
        for pair in command.workers
    )


def find_distinct(command: FindDistinct, stamp: Stamp, states: States) -> list[New]:
    """Find apart once; what is linked has to be un-linked instead."""
    own, other = _both(command, stamp, states)
    if command.of_clue_id == own.duplicate_of or command.clue_id == other.duplicate_of:
        raise Rejected("linked-already", "两条线索已关联为重复；要改，请先取消关联。")
    if command.of_clue_id in own.distinct or command.clue_id in other.distinct:
        return []
    found = ClueFoundDistinct(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        from_clue_id=command.of_clue_id,
        score=command.advice.score if command.advice else None,
        rule_version=command.advice.rule_version if command.advice else None,
    )
    return [New(KIND.stream(command.clue_id), found, command.occurred_at)]


def _both(command: LinkCommand, stamp: Stamp, states: States) -> tuple[Links, Links]:
    """Return both clues' links; the actor holds the first and sees the other."""
    _holding(command.clue_id, stamp, states)
    _seen(command.of_clue_id, stamp, states)
    if command.clue_id == command.of_clue_id:
        raise Rejected("same-clue", "不能与自身比对，请选另一条线索。")
    return states.of(KIND, command.clue_id), states.of(KIND, command.of_clue_id)


def unlink(command: UnlinkDuplicate, stamp: Stamp, states: States) -> list[New]:
    """Un-link: whoever holds the case, the unit first asked, or the brigade."""
    _seen(command.clue_id, stamp, states)
    if states.of(clue.KIND, command.clue_id).first_asked != stamp.actor.unit:
        _holding(command.clue_id, stamp, states)
    links = states.of(KIND, command.clue_id)
    if links.duplicate_of is None:
        raise Rejected("not-linked", "这条线索没有关联为重复。")
    unlinked = ClueUnlinked(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        of_clue_id=links.duplicate_of,
        of_case_id=case_of(links.duplicate_of),
        reason=command.reason,
        claims=links.pairs,
    )
    left = _group(links.duplicate_of, command.clue_id, "left", stamp)
    return [New(KIND.stream(command.clue_id), unlinked, command.occurred_at), left]


def _group(head: UUID, member: UUID, fact: str, stamp: Stamp) -> New:
    said: Mapping[str, object] = {
        "clue_id": head,
        "case_id": case_of(head),
        "member_id": member,
        "fact": fact,
        "cause": stamp.command_id,
    }
    return New(KIND.stream(head), ClueGroupNoted.model_validate(said))


def _holding(clue_id: UUID, stamp: Stamp, states: States) -> None:
    noted = states.of(known.KIND, case_of(clue_id))
    first = states.of(clue.KIND, clue_id).first_asked
    known.holding(noted, first, stamp.actor, FOR_ANY)


def _seen(clue_id: UUID, stamp: Stamp, states: States) -> None:
    first = states.of(clue.KIND, clue_id).first_asked
    if first is None:
        raise NotVisible
    known.visible(states.of(known.KIND, case_of(clue_id)), first, stamp.actor)


def reads_of(*clue_ids: UUID) -> list[Read]:
    """Name all that is asked of clues whose links are decided."""
    return [
        read
        for one in clue_ids
        for read in (
            Read(KIND, one),
            Read(clue.KIND, one),
            Read(known.KIND, case_of(one)),
        )
    ]


def _pair_reads(command: LinkCommand) -> Sequence[Read]:
    return reads_of(command.clue_id, command.of_clue_id)


def _unlink_reads(command: UnlinkDuplicate) -> Sequence[Read]:
    return reads_of(command.clue_id)


def _head(command: UnlinkDuplicate, states: States) -> Sequence[Read]:
    head = states.of(KIND, command.clue_id).duplicate_of
    return [] if head is None else [Read(KIND, head)]


RULES = (
    Rule(LinkDuplicate, _pair_reads, link),
    Rule(FindDistinct, _pair_reads, find_distinct),
    Rule(UnlinkDuplicate, _unlink_reads, unlink, _head),
)
