"""Publicity 宣传台账: each activity as it was logged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.events.contracts.publicity import PublicityActivityLogged
from libs.events.event import Recorded
from libs.events.views.view import Register, index


@dataclass(frozen=True)
class PublicityLine:
    """One activity: how often it was held, whom it reached, what was given out."""

    activity_id: UUID
    unit: str
    held_on: date
    means: str
    place: str
    area: str | None
    sessions: int
    people: int
    leaflets: int


def facts(recorded: Recorded) -> Sequence[PublicityLine]:
    """Return the activity that an event logs."""
    fact = recorded.fact()
    if not isinstance(fact, PublicityActivityLogged):
        return []
    return [PublicityLine(**fact.model_dump())]


REGISTER = Register(
    name="publicity",
    version=1,
    services=("reporting",),
    row=PublicityLine,
    on=(PublicityActivityLogged,),
    facts=facts,
    indexes=(index("held_on"),),
)
