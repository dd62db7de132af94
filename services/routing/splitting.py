"""Splitting: a part of a case is a case of its own, owned from the first instant.

Enforcement's split of claims is the decision; opening the case is routing's reaction.
The author of the clue is answered on the case that the claims left; the deadlines of
that case run on there, and the new one sets its own by what is done on it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.groups import SplitGround
from libs.events.contracts.routing import CaseAssigned, CaseOpened, CaseSplit
from libs.events.decider import Read, Rejected, Rule, States
from libs.events.event import Event, New, Series
from services.routing import dossier, rulebook
from services.routing.case import KIND

CASE_SERIES = "AJ"
"""The kind of number of a case 案件 that no receipt of a clue names."""


class OpenPart(Command):
    """Open the case of claims that were split off, owned by whoever owns the other."""

    case_id: UUID
    new_case_id: UUID
    claim_ids: tuple[UUID, ...]
    ground: SplitGround
    at: datetime


def open_part(command: OpenPart, _stamp: Stamp, states: States) -> list[New]:
    """Open once, with a number of its own; both cases then name each other."""
    origin = states.of(KIND, command.case_id)
    if states.of(KIND, command.new_case_id).unit is not None:
        return []
    if origin.unit is None or origin.clue_id is None or origin.employer_id is None:
        raise Rejected("case-unknown", "案件尚未开立，不能分案。")
    opened = CaseOpened(
        case_id=command.new_case_id,
        clue_id=origin.clue_id,
        first_asked_unit=origin.first_asked or origin.unit,
        channel=origin.channel,
        employer_id=origin.employer_id,
        split_from=command.case_id,
        statement_sha256=origin.statement_sha256,
    )
    apart = CaseSplit(
        case_id=command.case_id,
        new_case_id=command.new_case_id,
        clue_id=origin.clue_id,
        ground=command.ground,
        unit=origin.unit,
        claim_ids=command.claim_ids,
    )
    assigned = CaseAssigned(case_id=command.new_case_id, unit=origin.unit)
    numbered = New(
        KIND.stream(command.new_case_id),
        opened,
        command.at,
        series=_series(origin.unit, states),
    )
    return [
        numbered,
        _on(command.new_case_id, assigned, command),
        _on(command.case_id, apart, command),
        *_file(command, origin.unit, states),
    ]


def _file(command: OpenPart, unit: str, states: States) -> list[New]:
    """Return what the part begins with: all that its case has (F-2.2.3d)."""
    move = dossier.Move(command.new_case_id, "split", unit, at=command.at)
    return dossier.joined(move, command.case_id, states)


def _series(unit: str, states: States) -> Series:
    """Return the series of numbers that the owner's street or district organ has.

    A unit that stands no more numbers by the site.
    """
    book = states.of(rulebook.KIND, rulebook.ORGANISATION.subject)
    if book.organisation is None:
        raise Rejected("organisation-unknown", "组织机构尚未启用，不能编案件号。")
    areas = {one.code: one.area for one in book.organisation.units}
    return Series(areas.get(unit, book.organisation.site), CASE_SERIES)


def _on(case_id: UUID, fact: Event, command: OpenPart) -> New:
    return New(KIND.stream(case_id), fact, command.at)


def _reads(command: OpenPart) -> Sequence[Read]:
    cases = (command.case_id, command.new_case_id)
    part = Read(dossier.KIND, command.new_case_id)
    return [*(Read(KIND, one) for one in cases), part, rulebook.ORGANISATION]


RULES = (Rule(OpenPart, _reads, open_part, dossier.along),)
