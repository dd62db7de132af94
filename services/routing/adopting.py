"""Adopting: an open row of an agency's sheet becomes a live case of a unit.

History is fact and asks nothing of anybody; an officer's act makes it somebody's duty
(architecture §4). What the sheet said stays what it said.
"""

from collections.abc import Sequence
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.routing import CaseAdopted
from libs.events.decider import NotYours, Read, Rejected, Rule, States
from libs.events.event import New
from services.routing import rulebook
from services.routing.case import KIND, case_and_known, own, seen
from services.routing.transfer import owner_to_be

FOR_ANY = ("centre", "leading-group", "brigade")
"""Who sees every case takes an agency's row in; other units adopt their own."""
ADOPTERS = (*FOR_ANY, "inspection", "mediation", "development", "petition")


class AdoptImported(Command):
    """Adopt an imported open case: it is the actor's unit's live case from now on."""

    case_id: UUID


def adopt(command: AdoptImported, stamp: Stamp, states: States) -> list[New]:
    """Adopt once; a case that the sheet says is closed has nothing left to do."""
    held = seen(command, stamp, states)
    if stamp.actor.role not in ADOPTERS:
        raise NotYours("导入的案件由能办案的单位认领。", may=ADOPTERS)
    if stamp.actor.role not in FOR_ANY:
        own(held, stamp.actor)
    if not held.history:
        raise Rejected("not-imported", "这不是待认领的导入案件，请直接办理。")
    if held.closed is not None:
        raise Rejected("case-closed", "导入时已办结，不需认领；如有新情况请重新打开。")
    owner_to_be(stamp.actor.unit, stamp, states)
    adopted = CaseAdopted(
        case_id=command.case_id,
        clue_id=held.clue_id or command.case_id,
        unit=stamp.actor.unit,
        imported_by=held.unit or stamp.actor.unit,
    )
    return [New(KIND.stream(command.case_id), adopted)]


def _reads(command: AdoptImported) -> Sequence[Read]:
    return (*case_and_known(command), rulebook.ORGANISATION)


RULES = (Rule(AdoptImported, _reads, adopt),)
