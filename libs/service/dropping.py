"""Dropping: an operator gives up a parked event for one consumer, and says why."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs import ids
from libs.events.command import Command, Stamp
from libs.events.contracts.operation import ParkedEventDropped
from libs.events.contracts.parts import Code
from libs.events.decider import Kind, Read, Rule, States
from libs.events.event import Event, New

Reason = Annotated[
    Code, Field(description="A code such as written-by-a-test: never free text.")
]


class DropParked(Command):
    """Drop a parked event for a consumer."""

    consumer: Code
    event_id: UUID
    reason: Reason


def evolve(_: bool, event: Event) -> bool:  # noqa: FBT001 -- the state itself.
    """Remember that it was dropped."""
    return isinstance(event, ParkedEventDropped)


KIND: Kind[bool] = Kind("parked", initial=False, evolve=evolve)


def subject(consumer: str, event_id: UUID) -> UUID:
    """Return whose stream it is: of this event, for this consumer."""
    return ids.named("parked", consumer, event_id)


def drop(command: DropParked, _: Stamp, states: States) -> Sequence[New]:
    """Say so once."""
    about = subject(command.consumer, command.event_id)
    if states.of(KIND, about):
        return []
    event = ParkedEventDropped(
        consumer=command.consumer, event_id=command.event_id, reason=command.reason
    )
    return [New(KIND.stream(about), event)]


RULE = Rule(DropParked, lambda c: [Read(KIND, subject(c.consumer, c.event_id))], drop)
