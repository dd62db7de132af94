"""A deadline climbs each rung once, and only while its date stands (F-2.4.1b)."""

from datetime import date, datetime
from uuid import UUID

import pytest

from libs.calendar.local_days import end_of_day, start_of_day
from libs.events.contracts.supervision import CaseLeaderAssigned, DeadlineRungReached
from libs.events.testing import Given, Outcome
from libs.events.views.testing import given as seen
from libs.events.views.testing import recorded, told
from libs.ids import deadline_id
from services.routing import (
    case,
    climbing,
    deadline,
    rungs,
    running_deadline,
    supervision,
    urging,
)
from services.routing.climbing import ClimbLadder, urge_of
from services.routing.extending import ExtendDeadline
from services.routing.pausing import PauseDeadline
from tests.unit.matters import CASE, moved, routed, transfer
from tests.unit.matters import proposed as transfer_proposed
from tests.unit.offices import SYSTEM, by, officer, on
from tests.unit.test_deadline import (
    ACCEPTANCE,
    DUE,
    EXTEND,
    FILED,
    INVESTIGATION,
    complained,
    miss,
)
from tests.unit.test_hearing import after, complaint, heard
from tests.unit.test_pausing import PAUSE
from tests.unit.test_recomputing import recompute, under

(CLIMB,) = climbing.RULES
RUNG = "DeadlineRungReached"
EVE = start_of_day(date(2023, 11, 30))


def climb(
    story: Given,
    point: str,
    at: datetime,
    *,
    due: datetime = DUE,
    this: UUID = ACCEPTANCE,
) -> Outcome:
    command = ClimbLadder(deadline_id=this, due_at=due, point=point)
    return story.when(CLIMB, command, by(SYSTEM, at))


def rung(outcome: Outcome) -> DeadlineRungReached:
    (fact,) = outcome.events
    assert isinstance(fact, DeadlineRungReached)
    return fact


def climbed(story: Given, outcome: Outcome) -> Given:
    return story.given(urging.KIND, rung(outcome).urge_id, *outcome.events)


def test_a_warning_names_the_unit_the_date_and_the_ladder() -> None:
    """CLK-02: one working day is left on 11-30."""
    outcome = climb(complained(), "due_tomorrow", EVE)
    urge_id = urge_of(
        ClimbLadder(deadline_id=ACCEPTANCE, due_at=DUE, point="due_tomorrow")
    )
    outcome.then(
        DeadlineRungReached(
            urge_id=urge_id,
            case_id=CASE,
            deadline_id=ACCEPTANCE,
            clock="CLK-02",
            rung="warn",
            point="due_tomorrow",
            addressee="duty",
            unit="LC",
            due_on=date(2023, 12, 1),
            due_at=DUE,
            ladder_version=1,
        )
    )
    assert outcome.new[0].stream == f"urge-{urge_id}"
    assert outcome.new[0].occurred_at == EVE


def test_a_rung_is_told_once() -> None:
    story = climbed(complained(), climb(complained(), "due_tomorrow", EVE))
    climb(story, "due_tomorrow", EVE).then_nothing()


@pytest.mark.parametrize(
    ("point", "days", "unit"),
    [
        ("urge", 1, "LC"),
        ("supervise", 5, "LC"),
        ("leader", 8, "LG"),
        ("listing", 15, "LG"),
    ],
)
def test_f_2_4_1b_after_the_miss_each_rung_has_its_day_and_addressee(
    point: str, days: int, unit: str
) -> None:
    day = end_of_day(date(2023, 12, days))
    story = miss(complained())
    found = rung(climb(story, point, day))
    assert (found.rung, found.unit) == (point, unit)
    climb(story, point, start_of_day(date(2023, 12, days))).then_nothing()


def test_before_it_was_found_missed_nothing_is_urged() -> None:
    """Behind the watermark alone: what is due may have been stopped."""
    climb(complained(), "urge", end_of_day(date(2023, 12, 5))).then_nothing()


def test_what_was_missed_is_warned_of_no_more() -> None:
    climb(miss(complained()), "due_tomorrow", DUE).then_nothing()


def test_a_leader_of_the_case_is_told_in_the_offices_place() -> None:
    led = CaseLeaderAssigned(case_id=CASE, leader_id=officer("HD"), leader_unit="HD")
    story = miss(complained()).given(supervision.KIND, CASE, led)
    day = end_of_day(date(2023, 12, 8))
    assert rung(climb(story, "leader", day)).unit == "HD"


def test_a_case_that_moved_is_urged_where_it_is_now() -> None:
    story = miss(complained()).given(case.KIND, CASE, *moved(1, "LC", "LI"))
    assert rung(climb(story, "urge", DUE)).unit == "LI"


def test_a_transfer_is_urged_where_it_waits() -> None:
    """CLK-72 binds the addressee, not the owner."""
    said = {"transfer_id": str(transfer(1)), "to_unit": "LI"}
    proposal = heard("TransferProposed", on(11, 13), **said)
    story = after(routed(transfer_proposed(1, "LC", "LI")), proposal)
    this = deadline_id("CLK-72", transfer(1))
    due = end_of_day(date(2023, 11, 20))
    found = rung(climb(story, "receipt_overdue", on(11, 15), due=due, this=this))
    assert (found.clock, found.unit) == ("CLK-72", "LI")


def test_a_deadline_that_stopped_climbs_no_more() -> None:
    story = after(miss(complained()), heard("ComplaintAccepted", on(12, 4)))
    climb(story, "supervise", end_of_day(date(2023, 12, 5))).then_nothing()


def test_a_deadline_that_stands_climbs_no_more() -> None:
    start = on(3, 4)
    story = after(routed(), complaint(start))
    due = end_of_day(date(2024, 3, 11))
    eve = start_of_day(date(2024, 3, 8))
    assert rung(climb(story, "due_tomorrow", eve, due=due)).rung == "warn"
    wait = PauseDeadline(
        case_id=CASE, clock="CLK-02", subject=CASE, reason="correction"
    )
    outcome = story.when(PAUSE, wait, by("DB", on(3, 6)))
    stands = story.given(deadline.KIND, ACCEPTANCE, *outcome.events)
    climb(stands, "due_tomorrow", eve, due=due).then_nothing()


def test_an_extended_deadline_climbs_from_its_new_date() -> None:
    """CLK-05: 02-04 is extended to 03-21; the rungs of 02-04 are gone."""
    story = after(routed(), FILED)
    asked = ExtendDeadline(case_id=CASE, clock="CLK-05", subject=CASE)
    longer = story.when(EXTEND, asked, by("HD"))
    story = story.given(deadline.KIND, INVESTIGATION, *longer.events)
    old, new = end_of_day(date(2024, 2, 4)), end_of_day(date(2024, 3, 21))
    early, late = on(2, 1), on(3, 20)
    this = INVESTIGATION
    climb(story, "three_days_left", early, due=old, this=this).then_nothing()
    climb(story, "three_days_left", early, due=new, this=this).then_nothing()
    found = rung(climb(story, "three_days_left", late, due=new, this=this))
    assert found.due_on == date(2024, 3, 21)


def test_the_same_rung_of_another_date_is_another_rung() -> None:
    one = ClimbLadder(deadline_id=ACCEPTANCE, due_at=DUE, point="urge")
    assert urge_of(one) != urge_of(one.model_copy(update={"due_at": EVE}))


def test_what_an_amended_notice_has_not_counted_yet_climbs_by_no_date() -> None:
    """Domain §5.9, 10: first it is counted anew, then it climbs from its new date."""
    story = after(routed(), FILED)
    old, late = end_of_day(date(2024, 2, 4)), on(2, 1)
    this = INVESTIGATION
    climb(story, "three_days_left", late, due=old, this=this).then_says(RUNG)
    story = under(story)
    climb(story, "three_days_left", late, due=old, this=this).then_nothing()
    counted = recompute(story).events
    story = story.given(deadline.KIND, INVESTIGATION, *counted)
    new = story.state(deadline.KIND, INVESTIGATION).due_at
    assert new > old
    climb(story, "three_days_left", late, due=old, this=this).then_nothing()
    again = climb(story, "three_days_left", on(2, 4), due=new, this=this)
    again.then_says(RUNG)


def test_history_has_no_clock_and_so_no_ladder() -> None:
    """Domain §5.9, 3: a row of a sheet sets no deadline."""
    climb(routed(), "urge", DUE).then_nothing()


def test_a_rung_that_was_told_is_a_row_of_the_timers_table() -> None:
    found = rung(climb(complained(), "due_tomorrow", EVE))
    stream = urging.KIND.stream(found.urge_id)
    row = rungs.RungRow(ACCEPTANCE, DUE, "due_tomorrow")
    seen(told(stream, found)).project(rungs.VIEW).then({stream: row})


def timer_row(story: Given) -> running_deadline.RunningDeadline:
    row = None
    stream = deadline.KIND.stream(ACCEPTANCE)
    for one in recorded(told(stream, *story.streams[stream][1]), service="routing"):
        row = running_deadline.evolve(row, one)
    assert row is not None
    return row


def test_the_timers_table_says_what_climbs() -> None:
    running = timer_row(complained())
    assert (running.climbs, running.missed, running.awaited) == (True, False, True)
    missed = timer_row(miss(complained()))
    assert (missed.climbs, missed.missed, missed.awaited) == (True, True, False)
    accepted = heard("ComplaintAccepted", on(12, 1))
    over = timer_row(after(miss(complained()), accepted))
    assert (over.climbs, over.missed) == (False, False)
