"""A deadline is missed once, lifted by an earlier legal date, and lengthened once."""

from datetime import date, datetime
from uuid import UUID

import pytest

from libs.calendar.local_days import end_of_day
from libs.events.contracts.clocks import (
    DeadlineExtended,
    DeadlineMissed,
    DeadlineMissWithdrawn,
    DeadlineStopped,
)
from libs.events.decider import NotVisible, NotYours
from libs.events.testing import Given
from libs.ids import deadline_id, named
from services.routing import deadline, extending
from services.routing.deadline import RULES, MissDeadline
from services.routing.extending import ExtendDeadline
from tests.unit.matters import CASE, OTHER_CASE, proposed, routed, transfer
from tests.unit.offices import SYSTEM, by, on
from tests.unit.test_hearing import after, asked, complaint, hear, heard

(MISS,) = RULES
(EXTEND,) = extending.RULES
ACCEPTANCE = deadline_id("CLK-02", CASE)
INVESTIGATION = deadline_id("CLK-05", CASE)
DUE = end_of_day(date(2023, 12, 1))
FILED = heard("CaseFiled", on(11, 10), unit="DB", officer_ids=[])
APPROVED = ExtendDeadline(case_id=CASE, clock="CLK-05", subject=CASE)


def complained() -> Given:
    """S12a of the campaign: 11-24, five working days, 12-01."""
    return after(routed(), complaint(on(11, 24)))


def miss(story: Given, due: datetime = DUE, this: UUID = ACCEPTANCE) -> Given:
    outcome = story.when(MISS, MissDeadline(deadline_id=this, due_at=due), by(SYSTEM))
    return story.given(deadline.KIND, this, *outcome.events)


def test_a_deadline_that_passed_is_missed_at_its_due_time() -> None:
    command = MissDeadline(deadline_id=ACCEPTANCE, due_at=DUE)
    outcome = complained().when(MISS, command, by(SYSTEM))
    outcome.then(
        DeadlineMissed(
            deadline_id=ACCEPTANCE,
            clock="CLK-02",
            case_id=CASE,
            subject=CASE,
            due_at=DUE,
        )
    )
    assert outcome.new[0].occurred_at == DUE


def test_a_deadline_is_missed_once() -> None:
    command = MissDeadline(deadline_id=ACCEPTANCE, due_at=DUE)
    miss(complained()).when(MISS, command, by(SYSTEM)).then_nothing()


def test_a_timer_for_another_date_misses_nothing() -> None:
    command = MissDeadline(deadline_id=ACCEPTANCE, due_at=end_of_day(date(2023, 12, 4)))
    complained().when(MISS, command, by(SYSTEM)).then_nothing()


def test_a_stopped_clock_is_not_missed() -> None:
    story = after(complained(), heard("ComplaintAccepted", on(11, 28)))
    command = MissDeadline(deadline_id=ACCEPTANCE, due_at=DUE)
    story.when(MISS, command, by(SYSTEM)).then_nothing()


def test_a_stop_entered_late_with_an_earlier_legal_date_lifts_the_miss() -> None:
    """Architecture §5; S12 of the campaign."""
    stop = heard("ComplaintAccepted", on(12, 1))
    outcome = hear(miss(complained()), stop)
    outcome.then(
        DeadlineStopped(
            deadline_id=ACCEPTANCE,
            clock="CLK-02",
            case_id=CASE,
            by_event=stop.event_id,
            by_type="ComplaintAccepted",
            stopped_at=stop.at,
            in_time=True,
        ),
        DeadlineMissWithdrawn(
            deadline_id=ACCEPTANCE,
            clock="CLK-02",
            case_id=CASE,
            by_event=stop.event_id,
            stopped_at=stop.at,
        ),
    )


def test_a_stop_after_the_due_day_leaves_the_miss() -> None:
    outcome = hear(miss(complained()), heard("ComplaintAccepted", on(12, 4)))
    outcome.then_says("DeadlineStopped")
    assert not outcome.events[0].model_dump()["in_time"]


@pytest.mark.parametrize(("hour", "in_time"), [(23, True), (24, False)])
def test_the_due_day_ends_at_midnight_in_shanghai(hour: int, *, in_time: bool) -> None:
    at = end_of_day(date(2023, 12, 1)) if hour == 24 else on(12, 1, hour)
    outcome = hear(complained(), heard("ComplaintAccepted", at))
    assert outcome.events[0].model_dump()["in_time"] is in_time


def test_the_head_of_the_bureau_adds_thirty_working_days_in_one_sum() -> None:
    """LIR 17: 60 + 30 counted from the start; domain §3: 11-10 + 90 wd."""
    outcome = after(routed(), FILED).when(EXTEND, APPROVED, by("HD"))
    outcome.then_says("DeadlineExtended")
    (extended,) = outcome.events
    assert isinstance(extended, DeadlineExtended)
    assert extended.due_on == date(2024, 3, 21)
    assert sum(line.counted for line in extended.days) == 90


@pytest.mark.parametrize("unit", ["DB", "LG", "LC"])
def test_nobody_else_extends_it_and_is_told_who_may(unit: str) -> None:
    outcome = after(routed(), FILED).when(EXTEND, APPROVED, by(unit))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("hrss-head",)


def test_a_clock_is_extended_once() -> None:
    story = after(routed(), FILED)
    first = story.when(EXTEND, APPROVED, by("HD"))
    story = story.given(deadline.KIND, INVESTIGATION, *first.events)
    story.when(EXTEND, APPROVED, by("HD")).then_rejected("extended-already")


def test_an_extension_comes_before_the_end() -> None:
    story = after(routed(), FILED)
    late = by("HD", end_of_day(date(2024, 2, 4)))
    story.when(EXTEND, APPROVED, late).then_rejected("clock-over")


def test_an_extended_deadline_is_missed_at_its_new_date_alone() -> None:
    story = after(routed(), FILED)
    first = story.when(EXTEND, APPROVED, by("HD"))
    story = story.given(deadline.KIND, INVESTIGATION, *first.events)
    old = MissDeadline(deadline_id=INVESTIGATION, due_at=end_of_day(date(2024, 2, 4)))
    new = MissDeadline(deadline_id=INVESTIGATION, due_at=end_of_day(date(2024, 3, 21)))
    story.when(MISS, old, by(SYSTEM)).then_nothing()
    story.when(MISS, new, by(SYSTEM)).then_says("DeadlineMissed")


def test_acceptance_is_never_extended() -> None:
    command = ExtendDeadline(case_id=CASE, clock="CLK-02", subject=CASE)
    complained().when(EXTEND, command, by("HD")).then_rejected("no-extension")


def test_a_clock_that_does_not_run_is_not_extended() -> None:
    routed().when(EXTEND, APPROVED, by("HD")).then_rejected("clock-not-running")


def test_a_deadline_is_extended_in_its_own_case_only() -> None:
    """Another visible case is no door to it."""
    story = after(routed(), FILED)
    other = routed().streams
    moved = {name.replace(str(CASE), str(OTHER_CASE)): s for name, s in other.items()}
    story = Given({**moved, **story.streams})
    command = ExtendDeadline(case_id=OTHER_CASE, clock="CLK-05", subject=CASE)
    story.when(EXTEND, command, by("HD")).then_rejected("clock-not-running")


def test_a_case_that_does_not_exist_has_no_clock() -> None:
    unknown = named("test-case", "unknown")
    command = ExtendDeadline(case_id=unknown, clock="CLK-05", subject=CASE)
    outcome = after(routed(), FILED).when(EXTEND, command, by("HD"))
    assert isinstance(outcome.refusal, NotVisible)


def test_a_transfer_left_lying_is_missed() -> None:
    story = after(routed(proposed(1, "LC", "LI")), asked(on(12, 4)))
    this = deadline_id("CLK-72", transfer(1))
    story = miss(story, end_of_day(date(2023, 12, 11)), this)
    assert story.state(deadline.KIND, this).missed
