"""A clock stands by leave and goes on: what was left is counted, and no more."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from libs.calendar import ClockRule, load_clocks
from libs.calendar.deadlines import (
    NaturalDays,
    Paused,
    WorkingDays,
    count_natural_days,
    count_working_days,
)
from libs.calendar.local_days import end_of_day
from libs.events.contracts.clocks import DeadlinePaused, DeadlinePauseEnded, DeadlineSet
from libs.events.decider import NotYours
from libs.events.testing import Given
from libs.events.views.testing import given as seen
from libs.events.views.testing import told
from libs.ids import deadline_id
from services.intake import due_dates
from services.reporting.reading.deadline_page import day_lines
from services.reporting.views import deadline as shown
from services.routing import deadline, extending, pausing, running_deadline
from services.routing.extending import ExtendDeadline
from services.routing.pausing import EndDeadlinePause, PauseDeadline
from tests.unit.matters import BOOKS, CASE, routed
from tests.unit.offices import SYSTEM, by, on
from tests.unit.test_calendar_oracle import CALENDAR
from tests.unit.test_hearing import FILED, after, complaint, hear, heard
from tests.unit.test_recomputing import recompute, under

PAUSE, GO_ON = pausing.RULES
(EXTEND,) = extending.RULES
(MISS,) = deadline.RULES
ON_CLOCK: dict[str, Any] = {"case_id": CASE, "clock": "CLK-02", "subject": CASE}
WAIT = PauseDeadline(**ON_CLOCK, reason="correction")
CORRECTED = EndDeadlinePause(**ON_CLOCK)
THIS = deadline_id("CLK-02", CASE)
STREAM = deadline.KIND.stream(THIS)
LATER = {rule.id: rule for rule in load_clocks(BOOKS["clocks"]["clocks-2024.toml"])}
DAY = timedelta(days=1)


def march(day: int, hour: int = 9) -> datetime:
    """Return an hour of March 2024; the 4th is a Monday, 04-04 to 06 are off."""
    return on(3, day, hour)


def complained() -> Given:
    """A complaint of Monday 03-04 under the rule that knows of pauses: due 03-11."""
    return after(routed(), complaint(march(4)))


def paused(story: Given | None = None, day: int = 6) -> Given:
    story = complained() if story is None else story
    outcome = story.when(PAUSE, WAIT, by("DB", march(day)))
    return story.given(deadline.KIND, THIS, *outcome.events)


def went_on(story: Given, day: int) -> Given:
    outcome = story.when(GO_ON, CORRECTED, by("DB", march(day)))
    return story.given(deadline.KIND, THIS, *outcome.events)


def test_a_complaint_that_is_to_be_corrected_lets_its_term_stand() -> None:
    """CLK-03 pauses CLK-02; the brigade, which accepts, approves."""
    (fact,) = complained().when(PAUSE, WAIT, by("DB", march(6))).events
    assert isinstance(fact, DeadlinePaused)
    assert (fact.paused_on, fact.reason) == (date(2024, 3, 6), "correction")
    assert "第十八条" in fact.article


def test_what_was_left_is_counted_from_the_day_after_it_goes_on() -> None:
    """03-05 and 03-06 had counted: three are left, from Friday 03-15 on."""
    story = paused()
    (fact,) = story.when(GO_ON, CORRECTED, by("DB", march(14))).events
    assert isinstance(fact, DeadlinePauseEnded)
    assert (fact.paused_on, fact.resumed_on) == (date(2024, 3, 6), date(2024, 3, 14))
    assert (fact.old_due_on, fact.due_on) == (date(2024, 3, 11), date(2024, 3, 19))
    assert fact.due_at == end_of_day(date(2024, 3, 19))
    assert [d.day.day for d in fact.days if d.counted] == [5, 6, 15, 18, 19]
    (stood,) = fact.pauses
    assert stood == Paused(after=date(2024, 3, 6), until=date(2024, 3, 14))


def test_a_pause_that_ends_on_its_own_day_moves_nothing() -> None:
    story = went_on(paused(day=6), 6)
    assert story.state(deadline.KIND, THIS).due_on == date(2024, 3, 11)


def test_it_can_stand_more_than_once_and_every_pause_stays_uncounted() -> None:
    story = went_on(paused(day=6), 14)
    story = went_on(paused(story, 15), 20)
    state = story.state(deadline.KIND, THIS)
    assert state.due_on == date(2024, 3, 22)
    assert len(state.pauses) == 2
    assert [d.day.day for d in state.days if d.counted] == [5, 6, 15, 21, 22]


def test_what_stands_is_not_missed() -> None:
    due = end_of_day(date(2024, 3, 11))
    miss = deadline.MissDeadline(deadline_id=THIS, due_at=due)
    paused().when(MISS, miss, by(SYSTEM)).then_nothing()
    complained().when(MISS, miss, by(SYSTEM)).then_says("DeadlineMissed")


def test_whoever_decides_while_it_stands_is_in_time() -> None:
    said = hear(paused(), heard("ComplaintAccepted", march(20))).events
    stops = {one.model_dump()["clock"]: one.model_dump() for one in said}
    # CLK-01, of one day, had nobody's leave.
    assert {clock: one["in_time"] for clock, one in stops.items()} == {
        "CLK-01": False,
        "CLK-02": True,
    }


def test_an_amended_calendar_counts_it_when_it_goes_on() -> None:
    story = under(paused())
    recompute(story, THIS).then_nothing()
    recompute(went_on(story, 14), THIS).then_nothing()
    state = went_on(story, 14).state(deadline.KIND, THIS)
    assert "2024.2" in state.calendar_version


def test_a_recount_keeps_the_pauses_out() -> None:
    story = under(went_on(paused(), 14))
    recompute(story, THIS).then_says("DeadlineRecomputed")
    assert recompute(story, THIS).events[0].model_dump()["due_on"] == date(2024, 3, 19)


@pytest.mark.parametrize("unit", ["HD", "LG", "LC"])
@pytest.mark.parametrize("act", [WAIT, CORRECTED])
def test_nobody_else_approves_it_and_is_told_who_may(
    unit: str, act: PauseDeadline | EndDeadlinePause
) -> None:
    rule = PAUSE if act is WAIT else GO_ON
    outcome = paused().when(rule, act, by(unit, march(14)))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("brigade",)


def refused(story: Given, code: str, at: datetime, act: PauseDeadline = WAIT) -> None:
    story.when(PAUSE, act, by("DB", at)).then_rejected(code)


def test_a_pause_wants_a_clock_that_runs_and_a_reason_that_its_rule_knows() -> None:
    refused(routed(), "clock-not-running", march(6))
    refused(paused(), "clock-paused", march(7))
    refused(complained(), "clock-over", end_of_day(date(2024, 3, 11)))
    other = PauseDeadline(**ON_CLOCK, reason="holiday")
    refused(complained(), "pause-reason", march(6), other)
    complained().when(GO_ON, CORRECTED, by("DB", march(6))).then_rejected(
        "clock-not-paused"
    )


def test_a_clock_without_such_a_rule_never_stands() -> None:
    """CLK-02 of the winter of 2023 knew of no pause, and CLK-05 has none."""
    refused(after(routed(), complaint(on(11, 13))), "no-pause", on(11, 14))
    story = after(routed(), heard("CaseFiled", march(4), **FILED))
    on_05 = PauseDeadline(
        case_id=CASE, clock="CLK-05", subject=CASE, reason="correction"
    )
    refused(story, "no-pause", march(5), on_05)


def test_what_stands_is_not_extended() -> None:
    command = ExtendDeadline(**ON_CLOCK)
    paused().when(EXTEND, command, by("HD", march(7))).then_rejected("no-extension")


def changed(**update: object) -> None:
    said = LATER["CLK-02"].model_dump(mode="json") | update
    with pytest.raises(ValueError, match="pause"):
        ClockRule.model_validate(said)


def test_only_days_that_are_counted_anew_can_stand() -> None:
    changed(length={"kind": "hours", "n": 24})
    on_ = {"event": "CaseReopened", "after": [], "counts": "on"}
    changed(resumes=[on_])


def test_the_views_say_since_when_it_stands_and_that_it_goes_on() -> None:
    story = went_on(paused(), 14)
    begun, stands, ended = story.streams[STREAM][1]
    assert isinstance(begun, DeadlineSet)
    assert isinstance(ended, DeadlinePauseEnded)
    said = {name: getattr(begun, name) for name in shown.SHARED}
    row = shown.DeadlineRow(**said, paused_on=date(2024, 3, 6))
    half = seen(told(STREAM, begun), told(STREAM, stands))
    half.project(shown.VIEW).then({STREAM: row})
    timer = {name: getattr(begun, name) for name in running_deadline.SHARED}
    still = running_deadline.RunningDeadline(**timer, awaited=False, climbs=False)
    half.project(running_deadline.VIEW).then({STREAM: still})
    due = due_dates.DueDate(
        CASE, "CLK-02", begun.due_on, begun.article, provisional=False, paused=True
    )
    half.project(due_dates.VIEW).then({STREAM: due})
    said |= {name: getattr(ended, name) for name in shown.MOVED}
    whole = seen(*(told(STREAM, one) for one in (begun, stands, ended)))
    row = shown.DeadlineRow(**said, pauses=ended.pauses)
    whole.project(shown.VIEW).then({STREAM: row})
    timer |= {name: getattr(ended, name) for name in ("due_on", "due_at")}
    again = running_deadline.RunningDeadline(**timer)
    whole.project(running_deadline.VIEW).then({STREAM: again})
    due = due_dates.DueDate(
        CASE, "CLK-02", ended.due_on, begun.article, provisional=False
    )
    whole.project(due_dates.VIEW).then({STREAM: due})


def page_of(story: Given, this: UUID, clock: str) -> list[str]:
    """Return a deadline's lines as its page prints them."""
    stream = deadline.KIND.stream(this)
    row = None
    for one in story.streams[stream][1]:
        (recorded_,) = seen(told(stream, one)).events
        row = shown.evolve(row, recorded_)
    assert row is not None
    assert row.clock == clock
    return [
        f"{line.day:%m-%d %a} {line.number or '-'} {'work' if line.worked else 'off'}"
        f" {line.reason} {line.paper}{' paused' * line.paused}{' added' * line.added}"
        for line in day_lines(row, CALENDAR)
    ]


def test_the_page_prints_each_day_with_its_number_paper_pause_and_extension() -> None:
    lines = page_of(went_on(paused(), 14), THIS, "CLK-02")
    notice = "国办发明电〔2023〕7号"
    assert lines[:4] == [
        f"03-04 Mon - work start {notice}",
        f"03-05 Tue 1 work weekday {notice}",
        f"03-06 Wed 2 work weekday {notice}",
        f"03-07 Thu - work weekday {notice} paused",
    ]
    assert lines[-1] == f"03-19 Tue 5 work weekday {notice}"
    story = after(routed(), heard("CaseFiled", on(11, 10), **FILED))
    approve = ExtendDeadline(case_id=CASE, clock="CLK-05", subject=CASE)
    longer = story.when(EXTEND, approve, by("HD")).events
    this = deadline_id("CLK-05", CASE)
    lines = page_of(story.given(deadline.KIND, this, *longer), this, "CLK-05")
    assert f"02-04 Sun 60 work make_up {notice}" in lines
    assert f"02-05 Mon 61 work weekday {notice} added" in lines
    assert f"02-10 Sat - off holiday {notice}" in lines
    assert lines[-1].startswith("03-21 Thu 90")


pauses_of = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 30)), max_size=4)


def spans(start: date, said: list[tuple[int, int]]) -> tuple[Paused, ...]:
    """Return pauses one after another: so many days on, so many days long."""
    found, at = [], start
    for ahead, long in said:
        after_ = at + ahead * DAY
        at = after_ + long * DAY
        found.append(Paused(after=after_, until=at))
    return tuple(found)


@for_any(st.dates(date(2023, 1, 1), date(2025, 6, 1)), st.integers(1, 60), pauses_of)
def test_pause_and_resume_conserve_the_days_of_the_law(
    start: date, n: int, said: list[tuple[int, int]]
) -> None:
    """As many days count as without a pause, none of them in one, and none earlier."""
    stood = spans(start, said)
    for counted, plain in (
        (
            count_working_days(WorkingDays(n=n), start, CALENDAR, stood),
            count_working_days(WorkingDays(n=n), start, CALENDAR),
        ),
        (
            count_natural_days(NaturalDays(n=n, roll=False), start, CALENDAR, stood),
            count_natural_days(NaturalDays(n=n, roll=False), start, CALENDAR),
        ),
    ):
        days = [line.day for line in counted.days if line.counted]
        assert len(days) == n
        assert not any(pause.covers(day) for pause in stood for day in days)
        assert counted.due_on >= plain.due_on
        lost = [d.day for d in plain.days if d.counted and d.day not in days]
        assert all(any(pause.covers(day) for pause in stood) for day in lost)
