"""Grouping: a case of ten or more workers is flagged 群体性, and stays so (F-1.5).

Distinct workers of open claims are counted: a worker with two claims, or with one that
is counted elsewhere, is no second one. Only a review by the leading-group office lifts
the flag (domain §5.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.groups import (
    CaseFlaggedAsGroup,
    GroupFlagLifted,
    RepresentativesNamed,
)
from libs.events.decider import Kind, NotYours, Read, Rejected, Rule, States
from libs.events.event import Event, New
from services.enforcement import claim, known
from services.enforcement.thresholds import Threshold, group_threshold

REVIEWER = "leading-group"


@dataclass(frozen=True)
class Group:
    """Whether the flag stands, and how many workers the last review saw.

    `speakers`: the persons who represent the others.
    """

    flagged: bool = False
    reviewed: int = 0
    speakers: frozenset[UUID] = frozenset()


def evolve(held: Group, event: Event) -> Group:
    """Fold one event of a case's group stream."""
    match event:
        case CaseFlaggedAsGroup():
            return replace(held, flagged=True)
        case GroupFlagLifted():
            return Group(flagged=False, reviewed=event.workers)
        case RepresentativesNamed():
            return replace(held, speakers=frozenset(event.person_ids))
        case _:
            return held


KIND = Kind("group", Group(), evolve)


class CheckGroup(Command):
    """See whether a case's workers reached the threshold (a reaction to its claims)."""

    case_id: UUID
    at: datetime


class LiftGroupFlag(Command):
    """Lift the flag after a review: the claims are no group's, or too few are left."""

    case_id: UUID
    reason: Literal["too-few-workers", "not-one-dispute", "entry-error"]


def check(command: CheckGroup, _stamp: Stamp, states: States) -> list[New]:
    """Flag once; after a review only when more workers came than it saw."""
    rule = _to_reach(command, states)
    if rule is None:
        return []
    found = workers(command.case_id, states)
    if found < rule.workers or found <= states.of(KIND, command.case_id).reviewed:
        return []
    flagged = CaseFlaggedAsGroup(
        case_id=command.case_id,
        workers=found,
        threshold=rule.workers,
        rule=rule.id,
        rule_version=rule.version,
    )
    return [_on(command.case_id, flagged, command.at)]


def workers(case_id: UUID, states: States) -> int:
    """Return how many persons have a claim in the case with something left to pay."""
    listed = states.of(known.KIND, case_id).claims
    claims = (states.of(claim.KIND, claim_id) for claim_id in listed)
    return len({one.person_id for one in claims if not one.done})


def lift(command: LiftGroupFlag, stamp: Stamp, states: States) -> list[New]:
    """Lift: the leading-group office alone, with a reason."""
    known.visible(states.of(known.KIND, command.case_id), stamp.actor)
    if stamp.actor.role != REVIEWER:
        raise NotYours("群体性标记由领导小组办公室复核后取消。", may=[REVIEWER])
    if not states.of(KIND, command.case_id).flagged:
        raise Rejected("not-a-group", "这件案件没有群体性标记，不需取消。")
    lifted = GroupFlagLifted(
        case_id=command.case_id,
        workers=workers(command.case_id, states),
        reason=command.reason,
    )
    return [_on(command.case_id, lifted, None)]


def _on(case_id: UUID, fact: Event, at: datetime | None) -> New:
    return New(KIND.stream(case_id), fact, at, partition_key=str(case_id))


def _to_reach(command: CheckGroup, states: States) -> Threshold | None:
    """Return the threshold, where its claims have to be read to see if it is reached.

    A roster asks so for each of its names.
    """
    rule = group_threshold(day_of(command.at))
    listed = len(states.of(known.KIND, command.case_id).claims)
    flagged = states.of(KIND, command.case_id).flagged
    return None if rule is None or flagged or listed < rule.workers else rule


def _reads(command: CheckGroup | LiftGroupFlag) -> Sequence[Read]:
    return [Read(KIND, command.case_id), Read(known.KIND, command.case_id)]


def _claims(command: CheckGroup | LiftGroupFlag, states: States) -> Sequence[Read]:
    listed = states.of(known.KIND, command.case_id).claims
    return [Read(claim.KIND, claim_id) for claim_id in listed]


def _claims_if_asked(command: CheckGroup, states: States) -> Sequence[Read]:
    return _claims(command, states) if _to_reach(command, states) else []


RULES = (
    Rule(CheckGroup, _reads, check, _claims_if_asked),
    Rule(LiftGroupFlag, _reads, lift, _claims),
)
