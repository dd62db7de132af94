"""The law's arithmetic on the days of the campaign, worked out by hand beforehand."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from libs.calendar import Calendar, Deadline, read_years
from libs.calendar.deadlines import (
    Hours,
    NaturalDays,
    WorkingDays,
    count_hours,
    count_natural_days,
    count_working_days,
)

RULES = Path(__file__).parents[2] / "services/routing/rules"
CALENDAR = Calendar.of(read_years(RULES / "calendar"))

WORKING = """
2023-11-10 + 5 = 2023-11-17 Fri
2023-11-10 + 60 = 2024-02-04 Sun
2023-11-10 + 90 = 2024-03-21 Thu
2023-12-15 + 60 = 2024-03-14 Thu
2023-12-28 + 5 = 2024-01-05 Fri
2023-12-29 + 5 = 2024-01-08 Mon
2024-01-31 + 5 = 2024-02-06 Tue
2024-02-02 + 5 = 2024-02-08 Thu
2024-02-05 + 5 = 2024-02-18 Sun
2024-02-08 + 5 = 2024-02-21 Wed
2024-02-09 + 1 = 2024-02-18 Sun
2024-02-09 + 5 = 2024-02-22 Thu
2024-02-07 + 3 = 2024-02-18 Sun
2024-01-12 + 20 = 2024-02-08 Thu
2024-02-01 + 10 = 2024-02-20 Tue
"""

NATURAL = """
2023-12-18 + 45 = 2024-02-01 Thu
2023-12-26 + 45 = 2024-02-09 Fri
2024-01-02 + 45 = 2024-02-18 Sun from 2024-02-16
2024-01-26 + 15 = 2024-02-18 Sun from 2024-02-10
2023-12-15 + 15 = 2024-01-02 Tue from 2023-12-30
"""

# The stories of the demonstration, with the deadline that each prints.
STORIES_WORKING = """
2023-11-13 + 5 = 2023-11-20 Mon
2023-11-17 + 60 = 2024-02-09 Fri
2023-11-24 + 5 = 2023-12-01 Fri
2023-11-24 + 10 = 2023-12-08 Fri
2023-12-04 + 5 = 2023-12-11 Mon
2023-12-11 + 5 = 2023-12-18 Mon
2023-12-15 + 5 = 2023-12-22 Fri
2023-12-08 + 20 = 2024-01-08 Mon
2023-11-20 + 15 = 2023-12-11 Mon
2023-12-07 + 10 = 2023-12-21 Thu
2024-01-04 + 5 = 2024-01-11 Thu
2024-01-02 + 5 = 2024-01-09 Tue
2024-01-08 + 10 = 2024-01-22 Mon
2024-02-02 + 5 = 2024-02-08 Thu
"""

LATEST_START = """
5 wd 2024-02-04
10 wd 2024-01-29
15 wd 2024-01-22
20 wd 2024-01-15
60 wd 2023-11-19
15 nd 2024-01-25
45 nd 2023-12-26
"""

WEEKS = """
W01 2023-11-10 2023-11-12 1
W02 2023-11-13 2023-11-19 5
W03 2023-11-20 2023-11-26 5
W04 2023-11-27 2023-12-03 5
W05 2023-12-04 2023-12-10 5
W06 2023-12-11 2023-12-17 5
W07 2023-12-18 2023-12-24 5
W08 2023-12-25 2023-12-31 5
W09 2024-01-01 2024-01-07 4
W10 2024-01-08 2024-01-14 5
W11 2024-01-15 2024-01-21 5
W12 2024-01-22 2024-01-28 5
W13 2024-01-29 2024-02-04 6
W14 2024-02-05 2024-02-09 5
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def working(start: date, n: int, calendar: Calendar = CALENDAR) -> Deadline:
    return count_working_days(WorkingDays(n=n), start, calendar)


def natural(start: date, n: int, *, roll: bool) -> Deadline:
    return count_natural_days(NaturalDays(n=n, roll=roll), start, CALENDAR)


def read(vector: str) -> tuple[date, int, date, str]:
    start, _, n, _, end, weekday = vector.split()[:6]
    return date.fromisoformat(start), int(n), date.fromisoformat(end), weekday


@pytest.mark.parametrize("vector", lines(WORKING) + lines(STORIES_WORKING))
def test_working_days_after_the_start_day(vector: str) -> None:
    start, n, end, weekday = read(vector)
    deadline = working(start, n)
    assert (deadline.due_on, f"{deadline.due_on:%a}") == (end, weekday)
    assert not deadline.provisional
    assert deadline.rolled_from is None


@pytest.mark.parametrize("vector", lines(NATURAL))
def test_natural_days_roll_to_the_next_working_day(vector: str) -> None:
    start, n, end, weekday = read(vector)
    deadline = natural(start, n, roll=True)
    assert (deadline.due_on, f"{deadline.due_on:%a}") == (end, weekday)
    came_from = vector.partition(" from ")[2]
    assert deadline.rolled_from == (
        date.fromisoformat(came_from) if came_from else None
    )


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2023, 12, 21), 15, date(2024, 1, 5)),
        (date(2023, 12, 14), 3, date(2023, 12, 17)),
        (date(2023, 12, 19), 3, date(2023, 12, 22)),
        (date(2024, 1, 26), 15, date(2024, 2, 10)),
    ],
)
def test_an_offices_own_natural_days_do_not_roll(
    start: date, n: int, end: date
) -> None:
    deadline = natural(start, n, roll=False)
    assert deadline.due_on == end
    assert deadline.rolled_from is None


@pytest.mark.parametrize("vector", lines(LATEST_START))
def test_the_latest_start_that_ends_within_the_campaign(vector: str) -> None:
    n, kind, expected = vector.split()
    days = (date(2024, 2, 9) - timedelta(days=back) for back in range(120))

    def ends(start: date) -> date:
        if kind == "wd":
            return working(start, int(n)).due_on
        return natural(start, int(n), roll=True).due_on

    latest = next(day for day in days if ends(day) <= date(2024, 2, 9))
    assert latest == date.fromisoformat(expected)


@pytest.mark.parametrize("week", lines(WEEKS))
def test_working_days_of_each_campaign_week(week: str) -> None:
    _, first, last, n = week.split()
    counted = CALENDAR.workdays_in(date.fromisoformat(first), date.fromisoformat(last))
    assert counted == int(n)


def test_the_campaign_has_92_days_and_66_working_days() -> None:
    first, last = date(2023, 11, 10), date(2024, 2, 9)
    assert (last - first).days + 1 == 92
    assert CALENDAR.workdays_in(first, last) == 66
    assert CALENDAR.workdays_between(date(2023, 12, 15), last) == 40


def test_before_the_notice_of_2024_sixty_days_end_on_friday_provisionally() -> None:
    known = CALENDAR.known_on(date(2023, 10, 24))
    deadline = working(date(2023, 11, 10), 60, known)
    assert (deadline.due_on, deadline.provisional) == (date(2024, 2, 2), True)
    assert deadline.calendar_version == "cn-2023.1"
    announced = CALENDAR.known_on(date(2023, 10, 25))
    recomputed = working(date(2023, 11, 10), 60, announced)
    assert (recomputed.due_on, recomputed.provisional) == (date(2024, 2, 4), False)
    assert recomputed.calendar_version == "cn-2023.1+2024.1"


def test_without_make_up_days_sixty_days_would_end_on_monday() -> None:
    def plain(calendar: Calendar) -> Calendar:
        return Calendar.of(
            table.model_copy(
                update={
                    "holidays": tuple(
                        holiday.model_copy(update={"make_up": ()})
                        for holiday in table.holidays
                    )
                }
            )
            for table in calendar.tables
        )

    assert working(date(2023, 11, 10), 60, plain(CALENDAR)).due_on == date(2024, 2, 5)


def test_a_days_end_is_midnight_in_shanghai() -> None:
    deadline = working(date(2024, 2, 2), 5)
    assert deadline.due_at == datetime(2024, 2, 8, 16, 0, tzinfo=UTC)
    last = datetime(2024, 2, 8, 15, 59, 59, 999999, tzinfo=UTC)
    assert deadline.met_at(last)
    assert not deadline.met_at(deadline.due_at)
    assert deadline.met_at(date(2024, 2, 8))
    assert not deadline.met_at(date(2024, 2, 9))


def test_the_start_day_is_the_local_one() -> None:
    late = datetime(2024, 2, 1, 16, 30, tzinfo=UTC)
    counted = count_working_days(WorkingDays(n=5), late, CALENDAR)
    assert (counted.start_on, counted.due_on) == (date(2024, 2, 2), date(2024, 2, 8))
    assert counted.start_at == late


def test_hours_run_through_nights_and_rest_days() -> None:
    friday = datetime(2023, 12, 15, 7, 30, tzinfo=UTC)
    deadline = count_hours(Hours(n=24), friday, CALENDAR)
    assert deadline.due_at == datetime(2023, 12, 16, 7, 30, tzinfo=UTC)
    assert deadline.due_on == date(2023, 12, 16)
    assert deadline.days == ()
    assert deadline.met_at(deadline.due_at)
    assert not deadline.met_at(deadline.due_at + timedelta(microseconds=1))


def test_the_day_list_prints_why_each_day_counts_or_not() -> None:
    deadline = working(date(2024, 2, 8), 2)
    printed = [
        (f"{line.day:%m-%d}", line.counted, line.reason, line.name_zh)
        for line in deadline.days
    ]
    holidays = [(f"02-{day}", False, "holiday", "春节") for day in range(10, 18)]
    assert printed == [
        ("02-08", False, "start", None),
        ("02-09", True, "weekday", None),
        *holidays,
        ("02-18", True, "make_up", "春节"),
    ]


def test_a_rolled_end_shows_the_days_it_was_moved_over() -> None:
    deadline = natural(date(2024, 2, 5), 5, roll=True)
    tail = deadline.days[5:]
    assert [line.counted for line in tail] == [True] + [False] * 8
    assert tail[0].day == deadline.rolled_from == date(2024, 2, 10)
    assert (tail[-1].day, tail[-1].reason) == (date(2024, 2, 18), "make_up")
