"""Handling: one officer of the unit that holds a case answers for it (F-2.2.2a).

Until it is closed 负责到底. Of another unit than the one that holds it today, nobody
does: a case that moved on needs a handler anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code
from libs.events.contracts.supervision import HandlerAssigned
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New
from services.routing.case import case_and_known, own, seen, still_open
from services.routing.supervision import OFFICE


@dataclass(frozen=True)
class Handling:
    """Who was assigned last, and of which unit."""

    handler: UUID | None = None
    unit: str | None = None

    def within(self, unit: str | None) -> UUID | None:
        """Return who handles the case for the unit that holds it."""
        return self.handler if self.unit == unit else None


def evolve(held: Handling, event: Event) -> Handling:
    """Fold one event of a case's handling."""
    match event:
        case HandlerAssigned():
            return Handling(event.handler_id, event.unit)
        case _:
            return held


KIND = Kind("handling", Handling(), evolve)


class AssignHandler(Command):
    """Name the officer who answers for a case; the door fills in the officer's unit."""

    case_id: UUID
    handler_id: UUID
    handler_unit: Code | None = None


def assign(command: AssignHandler, stamp: Stamp, states: States) -> list[New]:
    """Assign an officer who works today in the unit that holds the case."""
    held = seen(command, stamp, states)
    still_open(held)
    if stamp.actor.role != OFFICE:
        own(held, stamp.actor)
    if command.handler_unit is None or command.handler_unit != held.unit:
        raise Rejected(
            "officer-not-entitled",
            "责任人须在案件现在的负责单位任职，请重新选择。",
        )
    now = states.of(KIND, command.case_id).within(held.unit)
    if command.handler_id == now:
        raise Rejected("handles-already", "这位工作人员已经是本案责任人。")
    assigned = HandlerAssigned(
        case_id=command.case_id,
        handler_id=command.handler_id,
        unit=command.handler_unit,
    )
    return [New(KIND.stream(command.case_id), assigned)]


def _reads(command: AssignHandler) -> Sequence[Read]:
    return (Read(KIND, command.case_id), *case_and_known(command))


RULES = (Rule(AssignHandler, _reads, assign),)
