"""Handlers 责任人: who was named last to answer for each case (F-2.2.2a)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.contracts.supervision import HandlerAssigned
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class HandlerRow:
    """One case's handler; it counts while the case is with the handler's `unit`."""

    case_id: UUID
    handler_id: UUID
    unit: str
    since: datetime


def evolve(row: HandlerRow | None, recorded: Recorded) -> HandlerRow | None:
    """Fold one event of a case's handling."""
    fact = recorded.fact()
    if not isinstance(fact, HandlerAssigned):
        return row
    at = recorded.occurred_at or recorded.recorded_at
    return HandlerRow(fact.case_id, fact.handler_id, fact.unit, at)


VIEW = View(
    name="handler",
    version=1,
    services=("routing",),
    row=HandlerRow,
    on=(HandlerAssigned,),
    evolve=evolve,
    indexes=(index("case_id", history=True), index("handler_id")),
)
