"""The steps of supervision on a case page are open and off as routing would say."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from libs.events.event import Actor
from libs.web.callers import Officer, SignedIn
from services.reporting.reading.steps import steps_of_case
from services.reporting.views.supervised import SupervisedRow
from tests.unit.offices import ROLES, officer
from tests.unit.test_usual_next import HELD, ONE, page

LISTED = SupervisedRow(ONE, listed=True, due_on=date(2023, 12, 29), listings=1)
PROPOSED = replace(LISTED, result="paid", proposer_id=officer("LG"))
RAISED = SupervisedRow(ONE, level="city")
CLOSED = replace(HELD, closed="paid")


def why(unit: str, act: str, number: int = 1, **parts: Any) -> str | None:
    """Return why a step is off for somebody, or that it is none of the case's."""
    role = ROLES[unit]
    actor = Actor(officer(unit, number), role, unit)
    reader = SignedIn(actor, Officer("x", role, unit))
    steps = steps_of_case(page(**{"case": HELD, **parts}), reader)
    return next((step.why for step in steps if step.act == act), "none")


@pytest.mark.parametrize(
    ("unit", "act", "parts", "off"),
    [
        ("LG", "UrgeCase", {}, None),
        ("LC", "UrgeCase", {}, "role"),
        ("LG", "UrgeCase", {"case": CLOSED}, "closed"),
        ("LC", "EscalateCase", {}, None),
        ("LI", "EscalateCase", {}, "not-holder"),
        ("DB", "EscalateCase", {}, None),
        ("LC", "AssignHandler", {}, None),
        ("LG", "AssignHandler", {}, None),
        ("LI", "AssignHandler", {}, "not-holder"),
        ("HD", "AssignHandler", {}, "role"),
        ("LC", "AssignHandler", {"case": CLOSED}, "closed"),
        ("LG", "RaiseCaseLevel", {}, None),
        ("LG", "RaiseCaseLevel", {"supervised": RAISED}, "level-highest"),
        ("LG", "ListForSupervision", {}, None),
        ("LG", "ListForSupervision", {"supervised": LISTED}, "listed"),
        ("LG", "ProposeDelisting", {}, "none"),
        ("LC", "ProposeDelisting", {"supervised": LISTED}, None),
        ("DB", "ProposeDelisting", {"supervised": LISTED}, "not-holder"),
        ("LG", "DelistSupervision", {"supervised": LISTED}, "no-result"),
        ("LG", "DelistSupervision", {"supervised": PROPOSED}, "proposer"),
        ("LC", "DelistSupervision", {"supervised": PROPOSED}, "role"),
    ],
)
def test_a_step_is_off_for_the_reason_that_routing_gives(
    unit: str, act: str, parts: dict[str, Any], off: str | None
) -> None:
    assert why(unit, act, **parts) == off


def test_a_second_person_strikes_off_also_what_was_closed() -> None:
    """F-2.4.1b."""
    said = {"supervised": PROPOSED, "case": CLOSED}
    assert why("LG", "DelistSupervision", 2, **said) is None
