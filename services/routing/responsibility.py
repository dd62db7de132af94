"""Responsibility 责任: who answers for an area, who supervises an industry (F-1.2).

Each from a day on, never two at once: an assignment ends the one before it on the day
before. Who was responsible on a day is read from the assignments; none is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.duties import (
    GridResponsibilityAssigned,
    IndustrySupervisorAssigned,
)
from libs.events.contracts.parts import Code
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.industries import sections
from services.routing import rulebook
from services.routing.duties import area_stands, plausible, unit_stands


class AssignGridResponsibility(Command):
    """Assign an area to a unit and one of its officers, from a day on.

    `officer_unit` is the unit for which the officer acts today, as the door knows it.
    """

    area_id: UUID
    area: Code
    unit: Code
    officer_id: UUID
    officer_unit: Code | None = None
    from_on: date


class AssignIndustrySupervisor(Command):
    """Assign a section of GB/T 4754 to the unit that supervises it, from a day on."""

    industry_id: UUID
    industry: Code
    unit: Code
    from_on: date


@dataclass(frozen=True)
class Responsible:
    """Who answers last, and since when."""

    unit: str | None = None
    officer_id: UUID | None = None
    from_on: date | None = None


def evolve(held: Responsible, event: Event) -> Responsible:
    """Fold one assignment: the later one counts."""
    match event:
        case GridResponsibilityAssigned():
            return Responsible(event.unit, event.officer_id, event.from_on)
        case IndustrySupervisorAssigned():
            return Responsible(event.unit, None, event.from_on)
        case _:
            return held


AREA = Kind("area", Responsible(), evolve)
INDUSTRY = Kind("industry", Responsible(), evolve)


def assign_grid(
    command: AssignGridResponsibility, stamp: Stamp, states: States
) -> list[New]:
    """Assign a residential area to a unit that stands and an officer of that unit."""
    area_stands(states, command.area, command.from_on)
    if command.officer_unit != command.unit:
        raise Rejected("officer-elsewhere", "责任人须是该单位现任的工作人员，请核对。")
    held = states.of(AREA, command.area_id)
    _follows(held, command, stamp, states)
    if (held.unit, held.officer_id) == (command.unit, command.officer_id):
        raise Rejected("same-responsible", "已经由该单位和该责任人负责，不需要再定。")
    said = GridResponsibilityAssigned.model_validate(
        command.model_dump(exclude={"officer_unit"})
    )
    return [New(AREA.stream(command.area_id), said)]


def assign_industry(
    command: AssignIndustrySupervisor, stamp: Stamp, states: States
) -> list[New]:
    """Assign a section that the classification has to a unit that stands."""
    if command.industry not in {one.code for one in sections()}:
        raise Rejected("no-such-industry", "没有这个行业门类，请用 A 至 T 的门类代码。")
    held = states.of(INDUSTRY, command.industry_id)
    _follows(held, command, stamp, states)
    if held.unit == command.unit:
        raise Rejected("same-responsible", "已经由该单位监管，不需要再定。")
    said = IndustrySupervisorAssigned.model_validate(command.model_dump())
    return [New(INDUSTRY.stream(command.industry_id), said)]


def _follows(
    held: Responsible,
    command: AssignGridResponsibility | AssignIndustrySupervisor,
    stamp: Stamp,
    states: States,
) -> None:
    plausible(command.from_on, stamp)
    unit_stands(states, command.unit, command.from_on)
    if held.from_on is not None and command.from_on <= held.from_on:
        raise Rejected(
            "from-not-later",
            f"起始日须晚于现行责任的起始日 {held.from_on}；责任不能重叠。",
        )


def _grid_reads(command: AssignGridResponsibility) -> Sequence[Read]:
    return [Read(AREA, command.area_id), rulebook.ORGANISATION]


def _industry_reads(command: AssignIndustrySupervisor) -> Sequence[Read]:
    return [Read(INDUSTRY, command.industry_id), rulebook.ORGANISATION]


RULES = (
    Rule(AssignGridResponsibility, _grid_reads, assign_grid),
    Rule(AssignIndustrySupervisor, _industry_reads, assign_industry),
)
