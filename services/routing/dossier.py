"""Dossier 随案材料: what the worker handed in goes with the case (F-2.2.3d).

It is handed over by the append that moves the case, so a transfer that is refused, or
that lapses, hands nothing over. Items are named by id and digest (WPR 10 ¶3).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.dossier import (
    DossierHandedOver,
    DossierItem,
    DossierItemNoted,
)
from libs.events.contracts.parts import Code
from libs.events.decider import Kind, Read, Rule, States
from libs.events.event import Event, New
from services.routing import case
from services.routing.case import Case

Items = tuple[DossierItem, ...]
Ground = Literal["transferred", "ruled", "merged", "split", "unlinked"]


@dataclass(frozen=True)
class Dossier:
    """What decisions ask: the case's items, and who handed it over, whither last."""

    items: Items = ()
    former: frozenset[str] = frozenset()
    last: DossierHandedOver | None = None


def evolve(dossier: Dossier, event: Event) -> Dossier:
    """Fold one event; a part of a case begins with what the case had."""
    match event:
        case DossierItemNoted():
            return replace(dossier, items=(*dossier.items, event.item))
        case DossierHandedOver(ground="split"):
            return replace(dossier, items=(*dossier.items, *event.items))
        case DossierHandedOver() if event.from_unit != event.to_unit:
            former = dossier.former | {event.from_unit}
            return replace(dossier, former=former, last=event)
        case _:
            return dossier


KIND = Kind("dossier", Dossier(), evolve)


@dataclass(frozen=True)
class Move:
    """Which case's file comes to which unit, on what ground, and at which hop."""

    case_id: UUID
    ground: Ground
    to_unit: str
    hop: int = 0
    transfer_id: UUID | None = None
    at: datetime | None = None


class NoteItem(Command):
    """Take in that evidence was added, or that the worker was asked to correct."""

    case_id: UUID
    item: DossierItem
    by_unit: Code
    cause: UUID
    at: datetime | None = None


def handed(move: Move, held: Case, states: States) -> list[New]:
    """Return the hand-over of a case that moves; nothing to nobody else."""
    if held.unit is None or held.unit == move.to_unit:
        return []
    return _said(move, held.unit, travelling(move.case_id, states))


def joined(move: Move, origin: UUID, states: States) -> list[New]:
    """Return that the file of `origin` is part of another case's, or was taken out."""
    unit = states.of(case.KIND, origin).unit or move.to_unit
    # Un-linked, it is the file of the case that stands by itself again.
    whose = move.case_id if move.ground == "unlinked" else origin
    return _said(move, unit, travelling(whose, states), origin)


def travelling(case_id: UUID, states: States) -> Items:
    """Return all that goes along: of the case, and of those merged into it."""
    members = sorted(states.of(case.KIND, case_id).members)
    found = [item for one in (case_id, *members) for item in _own(one, states)]
    return tuple({item.id: item for item in found}.values())


def _own(case_id: UUID, states: States) -> Items:
    held, items = states.of(case.KIND, case_id), states.of(KIND, case_id).items
    # A part has its clue's statement from the case that it was split off; a row of a
    # sheet is no worker's statement.
    if held.clue_id is None or held.part or held.history or held.adopted:
        return items
    statement = DossierItem(
        kind="statement", id=held.clue_id, sha256=held.statement_sha256
    )
    return (statement, *items)


def _said(
    move: Move, from_unit: str, items: Items, origin: UUID | None = None
) -> list[New]:
    if not items:
        return []
    handed_over = DossierHandedOver(
        case_id=move.case_id,
        from_unit=from_unit,
        to_unit=move.to_unit,
        ground=move.ground,
        hop=move.hop,
        items=items,
        transfer_id=move.transfer_id,
        from_case_id=origin,
    )
    return [New(KIND.stream(move.case_id), handed_over, move.at)]


def along(command: Command, states: States) -> Sequence[Read]:
    """Name the files of a command's case and of the cases merged into it."""
    case_id: UUID = command.case_id  # type: ignore[attr-defined]  # every command here
    members = sorted(states.of(case.KIND, case_id).members)
    files = [Read(KIND, one) for one in (case_id, *members)]
    return [*(Read(case.KIND, one) for one in members), *files]


def note(command: NoteItem, _stamp: Stamp, states: States) -> list[New]:
    """Note once; what a former owner took in follows its case at once."""
    dossier = states.of(KIND, command.case_id)
    if command.item.id in {one.id for one in dossier.items}:
        return []
    noted = DossierItemNoted.model_validate(command.model_dump(exclude={"at"}))
    news: list[Event] = [noted]
    last = dossier.last
    if last and command.by_unit in dossier.former - {last.to_unit}:
        late = {"ground": "late", "items": (command.item,), "from_case_id": None}
        news.append(last.model_copy(update={**late, "from_unit": command.by_unit}))
    stream = KIND.stream(command.case_id)
    return [New(stream, fact, command.at) for fact in news]


RULES = (Rule(NoteItem, lambda command: [Read(KIND, command.case_id)], note),)
