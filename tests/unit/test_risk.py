"""Risk grading (F-2.1.1b, domain §5.6): computed from facts, overridden until a day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from libs.events.contracts.risk import (
    RiskAssessed,
    RiskFact,
    RiskGradeChanged,
    RiskOverridden,
    RiskOverrideEnded,
    RiskRulesAdopted,
)
from libs.events.decider import Rule
from libs.events.event import Event
from libs.events.testing import Given
from libs.events.views.testing import told
from libs.risk_rules import GRADES, graded, load_risk_rules, version_of
from services.reporting.views import risk as view
from services.routing import risk, risk_rules
from services.routing.risk import AssessRisk, EndRiskOverride, OverrideRisk
from services.routing.seeding import RULES as FILES
from tests.unit.duty_scenes import row_of
from tests.unit.matters import EMPLOYER, routed
from tests.unit.offices import SYSTEM, by, on

SHIPPED = load_risk_rules(FILES.joinpath("risk.toml").read_text("utf-8"))
VERSION = version_of(SHIPPED)
RULE: dict[type, Rule[Any]] = {rule.command: rule for rule in risk.RULES}
WHO = EMPLOYER.employer_id
DAY = date(2023, 11, 13)
CALM: Mapping[RiskFact, int | None] = {
    "workers": 3, "months": 1, "unpaid": 12_000, "cases": 1, "prior_cases": 0,
    "orders_expired": 0, "pay_signals": None, "funding_signals": None, "warnings": 0,
}  # fmt: skip
"""10 + 5 + 5 points: yellow."""
GRAVE = {**CALM, "workers": 30}


def seeded(*more: Event) -> Given:
    """The rules of the release, in force, beside what was said of the employer."""
    adopted = RiskRulesAdopted(
        draft_id=None, rules_version=VERSION, known_on=DAY, rules=SHIPPED
    )
    start = routed().given(risk_rules.KIND, risk_rules.BOOK, adopted)
    return start.given(risk.KIND, WHO, *more)


def asked(facts: Mapping[RiskFact, int | None], unit: str = "LI") -> AssessRisk:
    return AssessRisk(employer_id=WHO, facts=facts, as_of=on(11, 13), by_unit=unit)


def assessed(facts: Mapping[RiskFact, int | None]) -> RiskAssessed:
    found = graded(SHIPPED, {**facts, "festival_days": 89}, DAY)
    assert found is not None
    return RiskAssessed(
        employer_id=WHO,
        grade=found.grade,
        score=found.score,
        findings=found.findings,
        rules_version=VERSION,
        scale_version=1,
        as_of=on(11, 13),
        by_unit="LI",
    )


def changed(grade: str, before: str | None, cause: str) -> RiskGradeChanged:
    said = {"employer_id": WHO, "grade": grade, "before": before, "cause": cause}
    return RiskGradeChanged.model_validate({**said, "rules_version": VERSION})


OVERRIDE = OverrideRisk(
    employer_id=WHO,
    grade="red",
    reason="boss_unreachable",
    until_on=date(2023, 11, 20),
    by_unit="LG",
)
OVERRIDDEN = RiskOverridden(**OVERRIDE.model_dump(), computed="yellow")
FIRST = changed("yellow", None, "assessed")


@pytest.mark.parametrize(
    ("facts", "grade", "score"),
    [
        ({}, "green", 0),
        (CALM, "yellow", 20),
        ({**CALM, "workers": 2, "months": None}, "green", 10),
        # Ten workers are a group: orange at least; thirty red, whatever the points.
        ({"workers": 9}, "green", 10),
        ({"workers": 10}, "orange", 20),
        ({"workers": 30}, "red", 25),
        ({**CALM, "orders_expired": 1}, "orange", 40),
        ({**CALM, "months": 3, "orders_expired": 1}, "red", 60),
        ({"festival_days": 15}, "green", 10),
        ({"festival_days": 46}, "green", 0),
    ],
)
def test_the_points_and_the_least_grades_give_the_grade(
    facts: Mapping[RiskFact, int | None], grade: str, score: int
) -> None:
    found = graded(SHIPPED, facts, DAY)
    assert found is not None
    assert (found.grade, found.score) == (grade, score)


@for_any(st.dictionaries(st.sampled_from(sorted(CALM)), st.integers(0, 10**7)))
def test_a_fact_that_is_not_known_never_raises_a_grade(facts: dict[Any, int]) -> None:
    """F-2.1.1b: unknown counts nothing, and says so."""
    known = graded(SHIPPED, facts, DAY)
    assert known is not None
    for name in facts:
        less = graded(SHIPPED, {**facts, name: None}, DAY)
        assert less is not None
        assert less.score <= known.score
        assert GRADES.index(less.grade) <= GRADES.index(known.grade)
        (said,) = (one for one in less.findings if one.fact == name)
        assert (said.value, said.points) == (None, 0)


def test_no_rule_is_in_force_before_its_day() -> None:
    assert graded(SHIPPED, CALM, date(2022, 12, 31)) is None
    later = SHIPPED.factors[0].model_copy(
        update={"version": 2, "effective_from": date(2024, 1, 1), "steps": (_STEP,)}
    )
    rules = SHIPPED.model_copy(update={"factors": (*SHIPPED.factors, later)})
    before, after = graded(rules, CALM, DAY), graded(rules, CALM, date(2024, 1, 1))
    assert before is not None
    assert after is not None
    assert (before.score, after.score) == (20, 60)


_STEP = SHIPPED.factors[0].steps[0].model_copy(update={"at_least": 1, "points": 50})


def test_f_2_1_1b_an_officer_grades_an_employer_with_every_factor() -> None:
    """F-2.1.1b: grade, each factor's value and points, version and time."""
    seeded().when(RULE[AssessRisk], asked(CALM), by("LI")).then(assessed(CALM), FIRST)
    again = seeded(assessed(CALM), FIRST)
    again.when(RULE[AssessRisk], asked(CALM), by("LI")).then(assessed(CALM))
    routed().when(RULE[AssessRisk], asked(CALM), by("LI")).then_rejected(
        "no-risk-rules"
    )


def test_a_fact_that_changes_grades_again_and_nothing_does_not() -> None:
    rule, held = RULE[AssessRisk], seeded(assessed(CALM), FIRST)
    held.when(rule, asked(CALM), by(SYSTEM)).then_nothing()
    # A day nearer to the festival is no news, until it gives other points.
    held.when(rule, asked(CALM), by(SYSTEM, on(11, 14))).then_nothing()
    near = held.when(rule, asked(CALM), by(SYSTEM, on(12, 27))).events
    assert [event.name for event in near] == ["RiskAssessed"]
    held.when(rule, asked(GRAVE), by(SYSTEM)).then(
        assessed(GRAVE), changed("red", "yellow", "assessed")
    )


def test_an_override_counts_until_its_day_and_then_the_rules_again() -> None:
    rule = RULE[AssessRisk]
    seeded(assessed(CALM), FIRST).when(RULE[OverrideRisk], OVERRIDE, by("LG")).then(
        OVERRIDDEN, changed("red", "yellow", "overridden")
    )
    held = seeded(assessed(CALM), FIRST, OVERRIDDEN)
    held.when(rule, asked(CALM), by(SYSTEM, on(11, 20, 23))).then_nothing()
    expired = RiskOverrideEnded(employer_id=WHO, cause="expired")
    back = changed("yellow", "red", "override_ended")
    held.when(rule, asked(CALM), by(SYSTEM, on(11, 21))).then(expired, back)
    # What is assessed meanwhile waits behind it.
    orange = {**CALM, "orders_expired": 1}
    held.when(rule, asked(orange), by(SYSTEM)).then(assessed(orange))
    waits = seeded(assessed(CALM), FIRST, OVERRIDDEN, assessed(orange))
    waits.when(rule, asked(orange), by(SYSTEM, on(11, 21))).then(
        expired, changed("orange", "red", "override_ended")
    )


def test_an_override_is_taken_back_once() -> None:
    end = EndRiskOverride(employer_id=WHO)
    withdrawn = RiskOverrideEnded(employer_id=WHO, cause="withdrawn")
    held = seeded(assessed(CALM), FIRST, OVERRIDDEN)
    held.when(RULE[EndRiskOverride], end, by("DB")).then(
        withdrawn, changed("yellow", "red", "override_ended")
    )
    over = seeded(assessed(CALM), FIRST)
    over.when(RULE[EndRiskOverride], end, by("DB")).then_rejected("not-overridden")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grade": "yellow"}, "grade-computed"),
        ({"until_on": DAY - timedelta(days=1)}, "override-date"),
        ({"until_on": DAY + timedelta(days=181)}, "override-date"),
    ],
)
def test_an_override_says_something_and_for_a_while(
    change: dict[str, object], code: str
) -> None:
    asked_ = OVERRIDE.model_copy(update=change)
    held = seeded(assessed(CALM), FIRST)
    held.when(RULE[OverrideRisk], asked_, by("LG")).then_rejected(code)
    seeded().when(RULE[OverrideRisk], OVERRIDE, by("LG")).then_rejected("not-assessed")


def test_the_list_shows_what_counts_and_what_was_before() -> None:
    stream = risk.KIND.stream(WHO)
    red = changed("red", "yellow", "overridden")
    row = row_of(view.VIEW, told(stream, assessed(CALM), FIRST, OVERRIDDEN, red))
    assert (row.grade, row.computed, row.before) == ("red", "yellow", "yellow")
    assert row.override_until == date(2023, 11, 20)
    assert [one.fact for one in row.unknown] == ["pay_signals", "funding_signals"]
    ended = RiskOverrideEnded(employer_id=WHO, cause="withdrawn")
    back = changed("yellow", "red", "override_ended")
    story = told(stream, assessed(CALM), FIRST, OVERRIDDEN, red, ended, back)
    after = row_of(view.VIEW, story)
    assert (after.grade, after.override_reason, after.before) == ("yellow", None, "red")
