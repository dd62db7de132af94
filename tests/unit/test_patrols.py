"""Patrols (F-2.1.2b): planned by area and day, made in time or missed, and counted."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from libs.events.contracts.patrols import (
    PatrolCompleted,
    PatrolLinkedToClue,
    PatrolMissed,
)
from libs.events.decider import Rule
from libs.events.event import Event
from libs.events.testing import given
from libs.events.views.testing import given as told_of
from libs.events.views.testing import told
from services.intake import patrols, waiting_patrols
from services.intake.patrols import (
    KIND,
    CompletePatrol,
    LinkPatrol,
    MissPatrol,
    SchedulePatrol,
)
from services.intake.waiting_patrols import WaitingPatrol
from services.reporting.console.forms import Typed
from services.reporting.console.routes.patrols import days_of
from services.reporting.reading.patrols import Coverage
from services.reporting.views.patrol import VIEW, PatrolRow
from tests.unit.duty_scenes import (
    DAY,
    OVER,
    PATROL,
    PLAN,
    found,
    patrolled,
    planned,
    row_of,
)
from tests.unit.matters import CLUE
from tests.unit.offices import SYSTEM, by, on

RULE: dict[type, Rule[Any]] = {rule.command: rule for rule in patrols.RULES}
OFFICE = by("LC", on(11, 14))
PLANNED = SchedulePatrol(
    plan_id=PLAN,
    area="R1",
    area_kind="residential",
    unit="R1",
    unit_kind="residential",
    days=(DAY,),
)
COMPLETE = CompletePatrol(patrol_id=PATROL, finding="wages_unpaid")
MISS = MissPatrol(patrol_id=PATROL, due_on=DAY)
MISSED = PatrolMissed(patrol_id=PATROL, unit="R1", due_on=DAY)
LINK = LinkPatrol(patrol_id=PATROL, clue_id=CLUE)


def test_each_day_of_a_plan_is_a_patrol_of_its_own() -> None:
    rule = RULE[SchedulePatrol]
    given().when(rule, PLANNED, OFFICE).then(planned("R1"))
    days = (DAY + timedelta(days=7), DAY, DAY)
    twice = PLANNED.model_copy(update={"days": days})
    new = given().when(rule, twice, OFFICE).new
    assert [one.event.model_dump()["due_on"] for one in new] == [days[1], days[0]]
    assert len({one.stream for one in new}) == 2
    held = given(KIND, PATROL, planned("R1"))
    held.when(rule, PLANNED, OFFICE).then_rejected("patrol-known")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"area_kind": "street"}, "no-such-area"),
        ({"area_kind": None}, "no-such-area"),
        ({"unit_kind": "auditor"}, "no-such-unit"),
        ({"site": "张三 13800000001"}, "personal-number"),
        ({"days": (date(2023, 11, 13),)}, "due-over"),
        ({"days": (date(2033, 11, 13),)}, "due-over"),
    ],
)
def test_a_plan_names_an_area_a_unit_and_days_to_come(
    changed: dict[str, object], code: str
) -> None:
    asked = PLANNED.model_copy(update=changed)
    given().when(RULE[SchedulePatrol], asked, OFFICE).then_rejected(code)


def test_the_unit_that_went_says_what_it_found_once() -> None:
    rule = RULE[CompletePatrol]
    patrolled("R1").when(rule, COMPLETE, by("R1")).then(found("R1"))
    patrolled("R1", found("R1")).when(rule, COMPLETE, by("R1")).then_rejected(
        "patrol-completed"
    )
    patrolled("R1").when(rule, COMPLETE, by("R2")).then_rejected("not-found")
    patrolled("R1").when(rule, COMPLETE, by("LG")).then_rejected("not-yours")


def test_a_patrol_is_missed_once_its_day_is_over() -> None:
    """F-2.1.2b: the day of the plan is the clock."""
    rule = RULE[MissPatrol]
    last = OVER - timedelta(seconds=1)
    patrolled("R1").when(rule, MISS, by(SYSTEM, last)).then_nothing()
    (new,) = patrolled("R1").when(rule, MISS, by(SYSTEM, OVER)).new
    assert (new.event, new.occurred_at) == (MISSED, OVER)
    patrolled("R1", MISSED).when(rule, MISS, by(SYSTEM, OVER)).then_nothing()
    made = patrolled("R1", found("R1"))
    made.when(rule, MISS, by(SYSTEM, OVER)).then_nothing()
    given().when(rule, MISS, by(SYSTEM, OVER)).then_nothing()


def test_what_was_found_becomes_a_clue_that_the_unit_holds() -> None:
    rule = RULE[LinkPatrol]
    linked = PatrolLinkedToClue(patrol_id=PATROL, clue_id=CLUE)
    patrolled("R1", found("R1")).when(rule, LINK, by("R1")).then(linked)
    patrolled("R1").when(rule, LINK, by("R1")).then_rejected("nothing-found")
    nothing = PatrolCompleted(patrol_id=PATROL, unit="R1", finding="nothing")
    patrolled("R1", nothing).when(rule, LINK, by("R1")).then_rejected("nothing-found")
    over = patrolled("R1", found("R1"), linked)
    over.when(rule, LINK, by("R1")).then_rejected("item-ended")


def row(*events: tuple[Event, datetime]) -> PatrolRow:
    """Return the register's row after events that happened at these times."""
    stream = KIND.stream(PATROL)
    story = [told(stream, event, occurred_at=at) for event, at in events]
    return row_of(VIEW, *story)


def test_f_2_1_2b_a_patrol_made_in_time_and_entered_later_was_in_time() -> None:
    """F-2.1.2b: offline capture; what was said missed meanwhile stays said."""
    plan = (planned("R1"), on(11, 14))
    late_entry = row(plan, (MISSED, OVER), (found("R1"), OVER - timedelta(hours=5)))
    assert (late_entry.state, late_entry.in_time, late_entry.missed) == (
        "made",
        True,
        True,
    )
    late = row(plan, (MISSED, OVER), (found("R1"), OVER + timedelta(hours=5)))
    assert (late.state, late.in_time) == ("made-late", False)
    assert row(plan, (MISSED, OVER)).state == "missed"
    assert row(plan).state == "planned"


def test_coverage_is_what_was_made_of_what_was_planned() -> None:
    """F-2.1.2b: patrol coverage %."""
    covered = Coverage("R1", planned=3, in_time=1, made=2, missed=1, found=1)
    assert (covered.rate, covered.in_time_rate) == ("66.7", "33.3")


def test_the_timer_looks_at_what_waits() -> None:
    stream = KIND.stream(PATROL)
    view = waiting_patrols.VIEW
    waits = WaitingPatrol(PATROL, DAY)
    told_of(told(stream, planned("R1"))).project(view).then({stream: waits})
    over = WaitingPatrol(PATROL, DAY, waits=False)
    for ending in (MISSED, found("R1")):
        story = told(stream, planned("R1"), ending)
        told_of(story).project(view).then({stream: over})


@pytest.mark.parametrize(
    ("first", "every", "times", "days"),
    [
        ("2023-11-20", "7", "2", [date(2023, 11, 20), date(2023, 11, 27)]),
        ("2023-11-20", "", "", [date(2023, 11, 20)]),
        ("gestern", "7", "2", None),
        ("2023-11-20", "x", "2", None),
        ("2023-11-20", "0", "2", None),
        ("2023-11-20", "7", "0", None),
        ("2023-11-20", "300", "3", None),
    ],
)
def test_a_plans_days_follow_from_first_interval_and_number(
    first: str, every: str, times: str, days: list[date] | None
) -> None:
    fields: dict[str, tuple[str, ...]] = {
        "first_on": (first,),
        "every": (every,),
        "times": (times,),
    }
    assert days_of(Typed(fields, {})) == days
