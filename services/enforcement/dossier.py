"""Dossier 随案材料: evidence of another case's file, as routing handed it over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.dossier import DossierHandedOver
from libs.events.contracts.merges import DossierNoted
from libs.events.contracts.parts import Code, Sha256
from libs.events.decider import Read, Rule, States
from libs.events.event import New, Recorded
from libs.events.reactions import Reaction
from services.enforcement import known
from services.enforcement.merging import on_known


class NoteDossier(Command):
    """Take in that pieces of another case's file came to a case, or left it."""

    case_id: UUID
    fact: Literal["came", "left"]
    unit: Code
    other_case_id: UUID
    evidence: tuple[Sha256, ...] = ()
    cause: UUID
    at: datetime | None = None


def note(command: NoteDossier, _stamp: Stamp, _states: States) -> list[New]:
    """Note it; of the case's own evidence there is nothing to say, it stays here."""
    noted = DossierNoted.model_validate(command.model_dump(exclude={"at"}))
    return [on_known(command.case_id, noted, command.at)]


def note_dossier(recorded: Recorded) -> Sequence[Command]:
    """Note of which other case's evidence a case has (merged, split, un-linked)."""
    fact = recorded.fact()
    if not isinstance(fact, DossierHandedOver) or fact.from_case_id is None:
        return []
    here, other = fact.case_id, fact.from_case_id
    if fact.ground == "unlinked":
        here, other = other, here
    pieces = (one.sha256 for one in fact.items if one.kind == "evidence")
    command = NoteDossier(
        case_id=here,
        fact="left" if fact.ground == "unlinked" else "came",
        unit=fact.to_unit,
        other_case_id=other,
        evidence=tuple(digest for digest in pieces if digest),
        cause=recorded.id,
        at=recorded.occurred_at,
    )
    return [command]


def _reads(command: NoteDossier) -> Sequence[Read]:
    return [Read(known.KIND, command.case_id)]


RULES = (Rule(NoteDossier, _reads, note),)
REACTIONS = (Reaction("note-dossier", (DossierHandedOver,), None, note_dossier),)
