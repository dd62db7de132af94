"""Dossier 随案材料: the author of a clue hears that the file went with the case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.dossier import DossierHandedOver
from libs.events.contracts.merges import DossierNoted
from libs.events.contracts.parts import Code
from libs.events.decider import Read, Rule, States
from libs.events.event import New, Recorded
from libs.events.reactions import Reaction
from libs.ids import case_id as case_of
from services.intake import known

TOLD = frozenset({"transferred", "ruled"})
"""On which grounds another office has the file: the author is told of it."""


class NoteDossier(Command):
    """Take in that what was handed in with a clue is with another unit now."""

    case_id: UUID
    unit: Code
    cause: UUID
    at: datetime | None = None


def note(command: NoteDossier, _stamp: Stamp, _states: States) -> list[New]:
    """Note it at the clue's own case, wherever that went."""
    said = command.model_dump(exclude={"at"})
    noted = DossierNoted.model_validate({**said, "fact": "came"})
    return [New(known.KIND.stream(command.case_id), noted, command.at)]


def note_dossier(recorded: Recorded) -> Sequence[Command]:
    """Tell the author of each clue whose statement went along (F-2.2.3d).

    A part of a case shares its clue, whose author is answered where it came from.
    """
    fact = recorded.fact()
    if not isinstance(fact, DossierHandedOver) or fact.ground not in TOLD:
        return []
    cases = [case_of(one.id) for one in fact.items if one.kind == "statement"]
    if fact.case_id not in cases:
        return []
    return [
        NoteDossier(
            case_id=one, unit=fact.to_unit, cause=recorded.id, at=recorded.occurred_at
        )
        for one in cases
    ]


def _reads(command: NoteDossier) -> Sequence[Read]:
    return [Read(known.KIND, command.case_id)]


RULES = (Rule(NoteDossier, _reads, note),)
REACTIONS = (Reaction("note-dossier", (DossierHandedOver,), None, note_dossier),)
