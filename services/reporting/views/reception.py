"""Receptions 来访接待台账: joint receptions with their batches and people (S25)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.events.contracts.channels import JointReceptionHeld
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class ReceptionRow:
    """One reception: how many batches, people and speakers it received."""

    reception_id: UUID
    unit: str
    held_on: date
    led: bool
    batches: int
    people: int
    representatives: int
    clues: tuple[UUID, ...]


def evolve(row: ReceptionRow | None, recorded: Recorded) -> ReceptionRow | None:
    """Fold one event of a reception's stream."""
    fact = recorded.fact()
    if not isinstance(fact, JointReceptionHeld):
        return row
    return ReceptionRow(
        reception_id=fact.reception_id,
        unit=fact.unit,
        held_on=fact.held_on,
        led=fact.led,
        batches=len(fact.batches),
        people=sum(batch.people for batch in fact.batches),
        representatives=sum(batch.representatives for batch in fact.batches),
        clues=tuple(batch.clue_id for batch in fact.batches if batch.clue_id),
    )


VIEW = View(
    name="reception",
    version=1,
    services=("intake",),
    row=ReceptionRow,
    on=(JointReceptionHeld,),
    evolve=evolve,
    indexes=(index("held_on"),),
)
