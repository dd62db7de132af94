"""Supervision: a case is reported upwards, led, raised, and given a task force.

Signs of escalation come from the unit that holds the case (F-2.4.0); leaders, levels
and task forces are the leading-group office's (F-2.4.1b), as is listing (`listing.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code
from libs.events.contracts.supervision import (
    CaseEscalated,
    CaseLeaderAssigned,
    CaseLevel,
    CaseLevelRaised,
    CaseListedForSupervision,
    EscalationReason,
    ListingResult,
    SupervisionDelisted,
    SupervisionDelistingProposed,
    TaskForceFormed,
)
from libs.events.decider import Kind, NotYours, Read, Rejected, Rule, States
from libs.events.event import Actor, Event, New
from services.routing import case, rulebook
from services.routing.case import Case, case_and_known, own, seen, still_open
from services.routing.transfer import owner_to_be

OFFICE = "leading-group"
FOR_ANY = frozenset({OFFICE, "brigade"})
"""Who reports signs on any unit's case."""
LEADERS = frozenset({OFFICE, "brigade", "hrss-head"})
"""The roles of which a leader is: whoever leads a case sees it."""
LEVELS: tuple[CaseLevel, ...] = ("street", "district", "city")


@dataclass(frozen=True)
class Supervision:
    """What decisions ask of a case's supervision.

    `listing`: the listing that stands, with the `result` for which somebody, the
    `proposer`, wants it struck off.
    """

    reasons: frozenset[str] = frozenset()
    leader: UUID | None = None
    leader_unit: str | None = None
    level: CaseLevel = "street"
    listing: UUID | None = None
    result: ListingResult | None = None
    proposer: UUID | None = None


def evolve(held: Supervision, event: Event) -> Supervision:
    """Fold one event of a case's supervision."""
    match event:
        case CaseEscalated():
            return replace(held, reasons=held.reasons | {event.reason})
        case CaseLeaderAssigned():
            return replace(held, leader=event.leader_id, leader_unit=event.leader_unit)
        case CaseLevelRaised():
            return replace(held, level=event.level)
        case CaseListedForSupervision():
            return replace(held, listing=event.listing_id)
        case SupervisionDelistingProposed():
            return replace(held, result=event.result, proposer=event.proposer_id)
        case SupervisionDelisted():
            return replace(held, listing=None, result=None, proposer=None)
        case _:
            return held


KIND = Kind("supervision", Supervision(), evolve)


class OfCase(Command):
    """An act on a case's supervision."""

    case_id: UUID


class EscalateCase(OfCase):
    """Report signs that a dispute may sharpen, each reason once (F-2.4.0)."""

    reason: EscalationReason


class AssignCaseLeader(OfCase):
    """Let a leader take the case on; the door fills in the leader's role and unit."""

    leader_id: UUID
    leader_role: Code | None = None
    leader_unit: Code | None = None


class RaiseCaseLevel(OfCase):
    """Raise the level at which a case is handled; it never sinks."""

    level: CaseLevel


class FormTaskForce(OfCase):
    """Form a task force of units for a case; they see it from now on."""

    units: Annotated[tuple[Code, ...], Field(min_length=2, max_length=30)]


def escalate(command: EscalateCase, stamp: Stamp, states: States) -> list[New]:
    """Report a sign once for each reason; the office and the district see any case."""
    held = _open(command, stamp, states)
    if stamp.actor.role not in FOR_ANY:
        own(held, stamp.actor)
    if command.reason in states.of(KIND, command.case_id).reasons:
        raise Rejected("escalated-already", "已按这一情形上报过，请看案件页。")
    return _said(
        command,
        CaseEscalated(
            case_id=command.case_id,
            reason=command.reason,
            by_unit=stamp.actor.unit,
        ),
    )


def assign_leader(command: AssignCaseLeader, stamp: Stamp, states: States) -> list[New]:
    """Assign who acts today where every case is seen; who leads already is refused."""
    _open(command, stamp, states)
    office_alone(stamp.actor)
    if command.leader_unit is None or command.leader_role not in LEADERS:
        raise Rejected(
            "officer-not-entitled",
            "包案领导须在区人社局、执法大队或领导小组办公室任职，请重新选择。",
        )
    if command.leader_id == states.of(KIND, command.case_id).leader:
        raise Rejected("leads-already", "这位领导已经包案。")
    return _said(
        command,
        CaseLeaderAssigned(
            case_id=command.case_id,
            leader_id=command.leader_id,
            leader_unit=command.leader_unit,
        ),
    )


def raise_level(command: RaiseCaseLevel, stamp: Stamp, states: States) -> list[New]:
    """Raise to a higher level than the one that stands."""
    _open(command, stamp, states)
    office_alone(stamp.actor)
    now = states.of(KIND, command.case_id).level
    if LEVELS.index(command.level) <= LEVELS.index(now):
        raise Rejected("level-not-higher", "只能提到更高的层级，请看案件页。")
    raised = CaseLevelRaised(
        case_id=command.case_id, old_level=now, level=command.level
    )
    return _said(command, raised)


def form(command: FormTaskForce, stamp: Stamp, states: States) -> list[New]:
    """Form it of units that stand today, the case's owner in the lead."""
    held = _open(command, stamp, states)
    office_alone(stamp.actor)
    units = dict.fromkeys(command.units)
    for unit in units:
        owner_to_be(unit, stamp, states)
    if set(units) <= held.task_force:
        raise Rejected("task-force-formed", "这些单位已在工作专班中。")
    formed = TaskForceFormed(
        case_id=command.case_id, lead_unit=held.unit or "", units=tuple(units)
    )
    # On the case's own stream: who works on it belongs to who may see it.
    return [New(case.KIND.stream(command.case_id), formed)]


def _open(command: OfCase, stamp: Stamp, states: States) -> Case:
    held = seen(command, stamp, states)
    still_open(held)
    return held


def office_alone(actor: Actor) -> None:
    """Raise unless the leading-group office acts."""
    if actor.role != OFFICE:
        raise NotYours("由领导小组办公室办理。", may=[OFFICE])


def _said(command: OfCase, fact: Event) -> list[New]:
    return [New(KIND.stream(command.case_id), fact)]


def reads(command: OfCase) -> Sequence[Read]:
    """Name what an act on a case's supervision reads."""
    return (Read(KIND, command.case_id), *case_and_known(command))


def _naming_units(command: FormTaskForce) -> Sequence[Read]:
    return (*case_and_known(command), rulebook.ORGANISATION)


RULES = (
    Rule(EscalateCase, reads, escalate),
    Rule(AssignCaseLeader, reads, assign_leader),
    Rule(RaiseCaseLevel, reads, raise_level),
    Rule(FormTaskForce, _naming_units, form),
)
