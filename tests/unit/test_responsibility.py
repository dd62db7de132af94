"""Responsibility (F-1.2): from a day on, never two at once, and as of any day."""

from datetime import date
from typing import Any

import pytest

from libs.events.contracts.duties import (
    GridResponsibilityAssigned,
    IndustrySupervisorAssigned,
)
from libs.events.decider import Rule
from libs.events.views.testing import given as told_of
from libs.events.views.testing import told
from libs.ids import named
from libs.industries import section_of, sections
from services.reporting.views.responsibility import VIEW, ResponsibilityRow, Term
from services.routing import responsibility
from services.routing.responsibility import (
    AREA,
    INDUSTRY,
    AssignGridResponsibility,
    AssignIndustrySupervisor,
)
from tests.unit.matters import routed
from tests.unit.offices import by, officer, on

RULE: dict[type, Rule[Any]] = {rule.command: rule for rule in responsibility.RULES}
OFFICE = by("LG", on(11, 14))
R1, BUILDING = named("area", "R1"), named("industry", "E")
FIRST, LATER = date(2023, 11, 10), date(2023, 12, 1)
GRID = AssignGridResponsibility(
    area_id=R1,
    area="R1",
    unit="R1",
    officer_id=officer("R1"),
    officer_unit="R1",
    from_on=FIRST,
)
ASSIGNED = GridResponsibilityAssigned(
    area_id=R1, area="R1", unit="R1", officer_id=officer("R1"), from_on=FIRST
)
INSPECTION = {"unit": "LI", "officer_id": officer("LI"), "from_on": LATER}
INDUSTRY_ASKED = AssignIndustrySupervisor(
    industry_id=BUILDING, industry="E", unit="DO", from_on=FIRST
)
SUPERVISED = IndustrySupervisorAssigned.model_validate(INDUSTRY_ASKED.model_dump())


def test_an_area_is_a_units_and_an_officers_from_a_day_on() -> None:
    """F-1.2 网格责任."""
    routed().when(RULE[AssignGridResponsibility], GRID, OFFICE).then(ASSIGNED)


def test_f_1_2_a_later_assignment_follows_and_none_overlaps() -> None:
    held = routed().given(AREA, R1, ASSIGNED)
    rule = RULE[AssignGridResponsibility]
    moved = GRID.model_copy(update={**INSPECTION, "officer_unit": "LI"})
    held.when(rule, moved, OFFICE).then(ASSIGNED.model_copy(update=INSPECTION))
    same_day = moved.model_copy(update={"from_on": FIRST})
    held.when(rule, same_day, OFFICE).then_rejected("from-not-later")
    again = GRID.model_copy(update={"from_on": LATER})
    held.when(rule, again, OFFICE).then_rejected("same-responsible")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"area": "LI"}, "no-such-area"),
        ({"area": "R99"}, "no-such-area"),
        ({"officer_unit": "LI"}, "officer-elsewhere"),
        ({"officer_unit": None}, "officer-elsewhere"),
        ({"unit": "AU", "officer_unit": "AU"}, "no-such-unit"),
        ({"from_on": date(2033, 1, 1)}, "date-implausible"),
    ],
)
def test_areas_units_and_officers_are_the_organisations(
    changed: dict[str, object], code: str
) -> None:
    asked = GRID.model_copy(update=changed)
    routed().when(RULE[AssignGridResponsibility], asked, OFFICE).then_rejected(code)


def test_an_industry_is_one_units_to_supervise() -> None:
    """F-1.2 行业监管责任."""
    rule = RULE[AssignIndustrySupervisor]
    routed().when(rule, INDUSTRY_ASKED, OFFICE).then(SUPERVISED)
    foreign = INDUSTRY_ASKED.model_copy(update={"industry": "Z"})
    routed().when(rule, foreign, OFFICE).then_rejected("no-such-industry")
    held = routed().given(INDUSTRY, BUILDING, SUPERVISED)
    again = INDUSTRY_ASKED.model_copy(update={"from_on": LATER})
    held.when(rule, again, OFFICE).then_rejected("same-responsible")
    earlier = INDUSTRY_ASKED.model_copy(update={"unit": "LI"})
    held.when(rule, earlier, OFFICE).then_rejected("from-not-later")


def test_who_was_responsible_is_read_as_of_a_day() -> None:
    """F-1.2: history is kept."""
    stream = AREA.stream(R1)
    moved = ASSIGNED.model_copy(update=INSPECTION)
    terms = (Term(FIRST, "R1", officer("R1")), Term(LATER, "LI", officer("LI")))
    row = ResponsibilityRow("area", "R1", terms)
    told_of(told(stream, ASSIGNED, moved)).project(VIEW).then({stream: row})
    assert row.on(date(2023, 11, 9)) is None
    assert row.on(FIRST) == row.on(date(2023, 11, 30)) == terms[0]
    assert row.on(LATER) == row.on(date(2024, 2, 9)) == terms[1]


def test_an_industrys_row_names_no_officer() -> None:
    stream = INDUSTRY.stream(BUILDING)
    row = ResponsibilityRow("industry", "E", (Term(FIRST, "DO"),))
    told_of(told(stream, SUPERVISED)).project(VIEW).then({stream: row})


def test_every_division_has_one_section() -> None:
    """GB/T 4754-2017: 20 sections, divisions 01 to 97 without a gap."""
    listed = sections()
    assert [one.code for one in listed] == list("ABCDEFGHIJKLMNOPQRST")
    divisions = [n for one in listed for n in range(one.first, one.last + 1)]
    assert divisions == list(range(1, 98))


@pytest.mark.parametrize(
    ("code", "section"),
    [("E", "E"), ("E47", "E"), ("e48", "E"), ("47", "E"), ("6210", "H"), ("H62", "H")],
)
def test_a_code_leads_to_its_section(code: str, section: str) -> None:
    found = section_of(code)
    assert found is not None
    assert found.code == section


@pytest.mark.parametrize("code", [None, "", "Z", "E62", "98", "00", "EE", "building"])
def test_a_code_that_is_none_leads_nowhere(code: str | None) -> None:
    assert section_of(code) is None
