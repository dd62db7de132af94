"""Scenes of supervision: see `scenes`; and the rows of a view, event by event."""

from collections.abc import Mapping
from typing import TypeVar

from libs.events.contracts.supervision import (
    CaseListedForSupervision,
    CaseUrged,
    SupervisionDelistingProposed,
    UrgeRead,
)
from libs.events.event import Event
from libs.events.testing import Given
from libs.events.views.testing import given, recorded, told
from libs.events.views.view import View
from libs.ids import named
from services.routing import supervision, urging
from tests.unit.clock_scenes import ON_CASE, Scene, first_owned, scene
from tests.unit.matters import CASE
from tests.unit.offices import officer

R = TypeVar("R")


def rows_of(view: View[R], stream: str, *events: Event) -> list[R]:
    """Return a view's row after each event, the same however the pages fall."""
    found: list[R] = []
    row: R | None = None
    for one in recorded(told(stream, *events)):
        row = view.evolve(row, one)
        assert row is not None
        found.append(row)
    given(told(stream, *events)).project(view).then({stream: found[-1]})
    return found


URGE, LISTING = named("test-urge"), named("test-listing")
ON_URGE = {**ON_CASE, "urge_id": URGE}


def supervised(unit: str, *events: Event) -> Given:
    """A case that the unit holds, with what was said of its supervision."""
    return first_owned(unit).given(supervision.KIND, CASE, *events)


def urged(unit: str, *more: Event) -> Given:
    """A case whose unit was urged."""
    said = {"level": "urge", "reason": "slow", "answer_by": "2023-11-20"}
    sent = CaseUrged.model_validate({**ON_URGE, **said, "unit": unit})
    return first_owned(unit).given(urging.KIND, URGE, sent, *more)


def read(unit: str) -> UrgeRead:
    return UrgeRead(urge_id=URGE, case_id=CASE, unit=unit)


LISTED = CaseListedForSupervision.model_validate(
    {**ON_CASE, "listing_id": LISTING, "unit": "LC", "due_on": "2023-12-29"}
)
PROPOSED = SupervisionDelistingProposed(
    case_id=CASE,
    listing_id=LISTING,
    result="paid",
    by_unit="LG",
    proposer_id=officer("LG"),
)
LEADER = {"leader_id": officer("HD"), "leader_role": "hrss-head", "leader_unit": "HD"}
HANDLER = {"handler_id": officer("LC"), "handler_unit": "LC"}

SUPERVISION_SCENES: Mapping[str, Scene] = {
    "UrgeCase": scene(
        urged, ON_URGE, {"level": "urge", "reason": "slow", "answer_by": "2023-11-20"}
    ),
    "ReadUrge": scene(urged, ON_URGE),
    "AnswerUrge": scene(
        lambda unit: urged(unit, read(unit)), ON_URGE, {"answer": "done"}
    ),
    "EscalateCase": scene(supervised, ON_CASE, {"reason": "group"}),
    "AssignCaseLeader": scene(supervised, ON_CASE, LEADER),
    "AssignHandler": Scene(supervised, {**ON_CASE, **HANDLER}, ("handler_unit",)),
    "RaiseCaseLevel": scene(supervised, ON_CASE, {"level": "city"}),
    "FormTaskForce": scene(supervised, ON_CASE, {"units": ("LI", "PS")}),
    "ListForSupervision": scene(
        supervised, ON_CASE, {"listing_id": LISTING, "due_on": "2023-12-29"}
    ),
    "ProposeDelisting": scene(
        lambda unit: supervised(unit, LISTED), ON_CASE, {"result": "paid"}
    ),
    "DelistSupervision": scene(
        lambda unit: supervised(unit, LISTED, PROPOSED), ON_CASE
    ),
}
