"""Orders: what an operator has a service do to itself, each on record in its log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.events.command import Command, Stamp
from libs.events.contracts.operation import (
    Count,
    ParkedRetryOrdered,
    RebuildOrdered,
    RefillOrdered,
    ResendOrdered,
)
from libs.events.contracts.parts import Code
from libs.events.decider import Kind, Read, Rule, States
from libs.events.event import Event, New

StreamName = Annotated[str, Field(max_length=100)]


class _Order(Command):
    """`order_id` is the command's own id: every order is a stream of one event."""

    order_id: UUID


class OrderRetry(_Order):
    """Have parked events tried again."""

    consumer: Code | None = None
    stream: StreamName | None = None
    events: Count


class OrderResend(_Order):
    """Have a partition sent again from an index."""

    partition: Count
    from_index: Count
    records: Count


class OrderRebuild(_Order):
    """Have a view made anew."""

    view: Code
    records: Count
    as_of: datetime | None = None


class OrderRefill(_Order):
    """Have a lost topic filled from the journal."""

    records: Count


Order = OrderRetry | OrderResend | OrderRebuild | OrderRefill
EVENTS: dict[type[_Order], type[Event]] = {
    OrderRetry: ParkedRetryOrdered,
    OrderResend: ResendOrdered,
    OrderRebuild: RebuildOrdered,
    OrderRefill: RefillOrdered,
}


def evolve(_: bool, event: Event) -> bool:  # noqa: FBT001 -- the state itself.
    """Remember that it was ordered."""
    return isinstance(event, tuple(EVENTS.values()))


KIND: Kind[bool] = Kind("operation", initial=False, evolve=evolve)


def order(command: _Order, _: Stamp, states: States) -> Sequence[New]:
    """Say so once."""
    if states.of(KIND, command.order_id):
        return []
    said = command.model_dump(exclude={"order_id"})
    event = EVENTS[type(command)].model_validate(said)
    return [New(KIND.stream(command.order_id), event)]


def _read(command: _Order) -> Sequence[Read]:
    return [Read(KIND, command.order_id)]


RULES: Sequence[
    Rule[OrderRetry] | Rule[OrderResend] | Rule[OrderRebuild] | Rule[OrderRefill]
] = (
    Rule(OrderRetry, _read, order),
    Rule(OrderResend, _read, order),
    Rule(OrderRebuild, _read, order),
    Rule(OrderRefill, _read, order),
)
