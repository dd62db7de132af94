"""Early warnings 预警提示: issued to a unit, acknowledged, rectified (F-2.1.1c)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.duties import (
    EarlyWarningAcknowledged,
    EarlyWarningIssued,
    RiskColour,
    WarningBasis,
    WarningResult,
)
from libs.events.contracts.parts import Code, Text
from libs.events.decider import Kind, NotVisible, NotYours, Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.visibility import sees
from services.routing import rulebook
from services.routing.duties import (
    CLOCKS_AND_CALENDAR,
    due_of,
    no_persons_number,
    unit_stands,
)


class IssueEarlyWarning(Command):
    """Warn a unit of a risk at an employer or a project; `by_unit` warns.

    `employer_id`: the employer whose risk grade is the reason.
    """

    warning_id: UUID
    unit: Code
    by_unit: Code
    about: Text
    colour: RiskColour
    basis: WarningBasis
    employer_id: UUID | None = None


class AcknowledgeEarlyWarning(Command):
    """Acknowledge a warning to one's unit, with what was found."""

    warning_id: UUID
    result: WarningResult


@dataclass(frozen=True)
class EarlyWarning:
    """What decisions ask of a warning."""

    unit: str | None = None
    by_unit: str = ""
    result: str | None = None


def evolve(held: EarlyWarning, event: Event) -> EarlyWarning:
    """Fold one event of a warning's stream."""
    match event:
        case EarlyWarningIssued():
            return EarlyWarning(event.unit, event.by_unit)
        case EarlyWarningAcknowledged():
            return replace(held, result=event.result)
        case _:
            return held


KIND = Kind("earlywarning", EarlyWarning(), evolve)


def issue(command: IssueEarlyWarning, stamp: Stamp, states: States) -> list[New]:
    """Warn another unit that stands; it has one working day (CLK-98)."""
    if states.of(KIND, command.warning_id).unit is not None:
        raise Rejected("warning-issued", "这份预警提示已经发出。")
    if command.unit == command.by_unit:
        raise Rejected("warns-itself", "预警提示发给别的单位；本单位的直接办理。")
    unit_stands(states, command.unit, day_of(stamp.at))
    no_persons_number(command.about)
    due = due_of("EarlyWarningIssued", {}, stamp.at, states)
    said = EarlyWarningIssued(
        **command.model_dump(),
        clock=due.clock,
        rule_version=due.rule_version,
        calendar_version=due.calendar_version,
        acknowledge_by=due.due_at,
    )
    return [New(KIND.stream(command.warning_id), said)]


def acknowledge(
    command: AcknowledgeEarlyWarning, stamp: Stamp, states: States
) -> list[New]:
    """Acknowledge by the warned unit; what is being rectified is rectified later."""
    held = states.of(KIND, command.warning_id)
    if held.unit is None or not sees(stamp.actor, {held.unit, held.by_unit}):
        raise NotVisible
    if held.unit != stamp.actor.unit:
        raise NotYours("预警提示由收到的单位回执。", may=[held.unit])
    goes_on = held.result == "rectifying" and command.result == "rectified"
    if held.result is not None and not goes_on:
        raise Rejected("acknowledged", "已经回执；正在整改的，整改到位后再报。")
    said = EarlyWarningAcknowledged(
        warning_id=command.warning_id, unit=stamp.actor.unit, result=command.result
    )
    return [New(KIND.stream(command.warning_id), said)]


def _issued(command: IssueEarlyWarning) -> Sequence[Read]:
    this = Read(KIND, command.warning_id)
    return [this, rulebook.ORGANISATION, *CLOCKS_AND_CALENDAR]


RULES = (
    Rule(IssueEarlyWarning, _issued, issue),
    Rule(
        AcknowledgeEarlyWarning,
        lambda asked: [Read(KIND, asked.warning_id)],
        acknowledge,
    ),
)
