"""The calendar against days listed by hand, and what must hold for any start."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.calendar import Calendar, DayStatus, Holiday, YearTable, read_years
from libs.calendar.deadlines import NaturalDays, WorkingDays
from libs.calendar.deadlines import count_natural_days as natural
from libs.calendar.deadlines import count_working_days as working

RULES = Path(__file__).parents[2] / "services/routing/rules"
CALENDAR = Calendar.of(read_years(RULES / "calendar"))
DAY = timedelta(days=1)

# Monday to Sunday from a wall calendar: w worked, . off.
WEEKS_FROM_2023_10_30 = (
    "wwwww.. wwwww.. wwwww.. wwwww.. wwwww.. wwwww.. wwwww.. wwwww.. wwwww.. "
    ".wwww.. wwwww.. wwwww.. wwwww.. wwwww.w wwwww.. ......w wwwww.. wwwww.. "
    "wwwww.. wwwww.. wwwww.. wwwww.. www...w wwwww.."
)
WALL = {
    date(2023, 10, 30) + n * DAY: mark == "w"
    for n, mark in enumerate(WEEKS_FROM_2023_10_30.replace(" ", ""))
}

starts = st.dates(date(2023, 1, 1), date(2026, 6, 30))
lengths = st.integers(1, 100)
announced = [date(2023, 1, 1) + n * DAY for n in range(4 * 365 + 1)]
weekdays = st.sampled_from([d for d in announced if CALENDAR.day(d).kind == "weekday"])
weekends = st.sampled_from([d for d in announced if CALENDAR.day(d).kind == "weekend"])


def crossed(start: date, n: int) -> date:
    """Count on the wall calendar, one finger at a time."""
    while n:
        start += DAY
        n -= WALL[start]
    return start


def revised(
    year: int, *, off: date | None = None, work: date | None = None
) -> Calendar:
    """Add a second version of a year's notice, with one day more off or worked."""
    (table,) = [table for table in CALENDAR.tables if table.year == year]
    holidays = list(table.holidays)
    if off is not None:
        extra = Holiday(name_zh="例", name_en="Example", first=off, last=off)
        holidays.append(extra)
    if work is not None:
        make_up = (*holidays[0].make_up, work)
        holidays[0] = holidays[0].model_copy(update={"make_up": make_up})
    second = table.model_copy(update={"version": 2, "holidays": tuple(holidays)})
    return Calendar.of((*CALENDAR.tables, second))


@pytest.mark.parametrize("on", WALL, ids=str)
def test_each_day_is_as_on_the_wall_calendar(on: date) -> None:
    status = DayStatus.WORK if WALL[on] else DayStatus.OFF
    assert CALENDAR.day(on).status is status


@pytest.mark.parametrize("n", [1, 2, 3, 5, 7, 10, 15, 20, 30])
def test_every_start_of_the_campaign_ends_as_counted_by_finger(n: int) -> None:
    first, days = date(2023, 11, 10), 92
    for start in (first + ahead * DAY for ahead in range(days)):
        assert working(WorkingDays(n=n), start, CALENDAR).due_on == crossed(start, n)


# Days less weekend days less statutory holidays (11, from 2025 on 13): the notices move
# working days about within a year and never change their number.
@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2023, 365 - 105 - 11),
        (2024, 366 - 104 - 11),
        (2025, 365 - 104 - 13),
        (2026, 365 - 104 - 13),
    ],
)
def test_a_year_keeps_its_number_of_working_days(year: int, expected: int) -> None:
    counted = CALENDAR.workdays_in(date(year, 1, 1), date(year, 12, 31))
    assert counted == expected


def test_a_year_without_a_notice_is_unannounced() -> None:
    assert CALENDAR.day(date(2027, 1, 4)).status is DayStatus.UNANNOUNCED
    assert CALENDAR.day(date(2027, 1, 4)).works
    assert not CALENDAR.day(date(2027, 1, 3)).works
    assert CALENDAR.day(date(2026, 12, 31)).status is DayStatus.WORK


@pytest.mark.parametrize(
    ("start", "n", "due_on", "provisional"),
    [
        (date(2026, 12, 24), 5, date(2026, 12, 31), False),
        (date(2026, 12, 24), 6, date(2027, 1, 1), True),
        (date(2026, 12, 31), 1, date(2027, 1, 1), True),
        (date(2027, 3, 1), 5, date(2027, 3, 8), True),
    ],
)
def test_crossing_unannounced_days_makes_a_deadline_provisional(
    start: date, n: int, due_on: date, *, provisional: bool
) -> None:
    deadline = working(WorkingDays(n=n), start, CALENDAR)
    assert (deadline.due_on, deadline.provisional) == (due_on, provisional)


def test_natural_days_are_provisional_only_where_the_end_could_move() -> None:
    in_2027 = date(2026, 12, 20)
    rolled = natural(NaturalDays(n=15, roll=True), in_2027, CALENDAR)
    assert rolled.provisional
    fixed = natural(NaturalDays(n=15, roll=False), in_2027, CALENDAR)
    assert (fixed.due_on, fixed.provisional) == (date(2027, 1, 4), False)


@given(starts, lengths)
def test_the_end_is_a_working_day_and_exactly_n_days_away(start: date, n: int) -> None:
    deadline = working(WorkingDays(n=n), start, CALENDAR)
    assert CALENDAR.day(deadline.due_on).works
    assert CALENDAR.workdays_between(start, deadline.due_on) == n
    assert CALENDAR.workdays_between(deadline.due_on, start) == -n
    assert sum(line.counted for line in deadline.days) == n


@given(starts, lengths)
def test_the_day_list_has_no_gap(start: date, n: int) -> None:
    deadline = working(WorkingDays(n=n), start, CALENDAR)
    listed = [line.day for line in deadline.days]
    span = (deadline.due_on - start).days + 1
    assert listed == [start + ahead * DAY for ahead in range(span)]


@given(starts, lengths, st.integers(1, 30))
def test_a_later_start_never_ends_earlier(start: date, n: int, later: int) -> None:
    pair = (start, start + later * DAY)
    counts = [working(WorkingDays(n=n), day, CALENDAR).due_on for day in pair]
    assert counts[0] <= counts[1]
    for roll in (True, False):
        length = NaturalDays(n=n, roll=roll)
        ends = [natural(length, day, CALENDAR).due_on for day in pair]
        assert ends[0] <= ends[1]


@given(starts, lengths)
def test_one_day_more_always_ends_later(start: date, n: int) -> None:
    ends = [working(WorkingDays(n=k), start, CALENDAR).due_on for k in (n, n + 1)]
    assert ends[0] < ends[1]


@given(starts, lengths, weekdays)
def test_one_more_holiday_never_shortens(start: date, n: int, off: date) -> None:
    before = working(WorkingDays(n=n), start, CALENDAR).due_on
    after = working(WorkingDays(n=n), start, revised(off.year, off=off)).due_on
    assert (after > before) == (start < off <= before)
    assert after >= before


@given(starts, lengths, weekends)
def test_a_make_up_rest_day_counts_as_a_day(start: date, n: int, work: date) -> None:
    before = working(WorkingDays(n=n), start, CALENDAR).due_on
    after = working(WorkingDays(n=n), start, revised(work.year, work=work)).due_on
    assert (after < before) == (start < work < before)
    assert after <= before


def test_of_two_versions_of_a_year_the_one_known_counts() -> None:
    first = YearTable(
        year=2020,
        version=1,
        number="一",
        title="first notice",
        known_on=date(2019, 11, 21),
        holidays=(),
    )
    longer = Holiday(
        name_zh="春节",
        name_en="Spring Festival",
        first=date(2020, 1, 31),
        last=date(2020, 2, 2),
    )
    second = first.model_copy(
        update={"version": 2, "known_on": date(2020, 1, 26), "holidays": (longer,)}
    )
    both = Calendar.of((second, first))
    assert both.version == "cn-2020.2"
    assert not both.day(date(2020, 1, 31)).works
    before = both.known_on(date(2020, 1, 25))
    assert before.version == "cn-2020.1"
    assert before.day(date(2020, 1, 31)).works
    assert both.known_on(date(2019, 1, 1)).version == "cn-none"
