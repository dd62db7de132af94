"""What amended calendars moved: a line for each deadline that was counted anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.events.contracts.clocks import DeadlineRecomputed
from libs.events.event import Recorded
from libs.events.views.view import Register, index


@dataclass(frozen=True)
class Recount:
    """One deadline by one calendar: the last day before and after, and how sure."""

    calendar_version: str
    deadline_id: UUID
    case_id: UUID
    clock: str
    old_due_on: date
    due_on: date
    old_provisional: bool
    provisional: bool


def facts(recorded: Recorded) -> Sequence[Recount]:
    """Return the one line of a recomputed deadline."""
    fact = recorded.fact()
    if not isinstance(fact, DeadlineRecomputed):
        return []
    return [Recount(**fact.model_dump(include=set(Recount.__dataclass_fields__)))]


REGISTER = Register(
    name="recount",
    version=1,
    services=("routing",),
    row=Recount,
    on=(DeadlineRecomputed,),
    facts=facts,
    indexes=(index("calendar_version", "case_id"),),
)
