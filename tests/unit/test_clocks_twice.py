"""Ten thousand clocks, each computed by two ways that share only the notices."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from libs.calendar import ClockRule, due
from libs.calendar.clocks import Extension
from libs.calendar.deadlines import NaturalDays, Paused, WorkingDays
from libs.calendar.local_days import SHANGHAI
from tests.unit.test_calendar_rules import CALENDAR, CLOCKS, TABLES, changed

CLOCKS_DRAWN = 10_000
ENOUGH = 250
DAY = timedelta(days=1)
FIRST, LAST = date(2023, 1, 1), date(2026, 12, 31)
# Two lists of all days of four years, made from the notices without the calendar.
OFF = {day for table in TABLES for one in table.holidays for day in one.days()}
MADE_UP = {day for table in TABLES for one in table.holidays for day in one.make_up}
DAYS = [FIRST + ahead * DAY for ahead in range((LAST - FIRST).days + 1)]
WORKED = [d for d in DAYS if d in MADE_UP or (d.isoweekday() < 6 and d not in OFF)]


@dataclass(frozen=True)
class Drawn:
    """A clock by chance: its kind and length, when it began and stood."""

    working: bool
    days: int
    more: int
    roll: bool
    start: date
    pauses: tuple[Paused, ...]


def drawn(dice: Random) -> Drawn:
    start = FIRST + dice.randrange(900) * DAY
    working = dice.random() < 0.6
    return Drawn(
        working=working,
        days=dice.choice((1, 3, 5, 7, 10, 15, 20, 45, 60)),
        more=dice.choice((0, 0, 30)) if working else 0,
        roll=dice.random() < 0.5,
        start=start,
        pauses=tuple(stood(dice, start)),
    )


def stood(dice: Random, start: date) -> Iterator[Paused]:
    at = start
    for _ in range(dice.choice((0, 0, 0, 1, 2))):
        after = at + dice.randrange(30) * DAY
        at = after + dice.randrange(25) * DAY
        yield Paused(after=after, until=at)


def by_the_rule(one: Drawn) -> date:
    length = WorkingDays(n=one.days)
    longer = Extension(
        kind="working_days", n=30, approver="a", reason_zh="例", reason_en="e"
    )
    rule: ClockRule = changed(
        CLOCKS["CLK-05"],
        length=length if one.working else NaturalDays(n=one.days, roll=one.roll),
        extension=longer if one.more else None,
    )
    found = due(rule, one.start, CALENDAR, extended=one.more > 0, paused=one.pauses)
    assert found.due_at.astimezone(SHANGHAI).date() == found.due_on + DAY
    return found.due_on


def by_lists(one: Drawn) -> date:
    """Strike out what does not count, and take the n-th of what is left."""
    struck = {
        p.after + ahead * DAY
        for p in one.pauses
        for ahead in range(1, (p.until - p.after).days + 1)
    }
    row = WORKED if one.working else DAYS
    begins = bisect_right(row, one.start)
    left = [day for day in row[begins : begins + ENOUGH] if day not in struck]
    end = left[one.days + one.more - 1]
    if one.working or not one.roll:
        return end
    return next(day for day in WORKED if day >= end)


def test_two_computations_of_ten_thousand_clocks_agree() -> None:
    dice = Random(20231110)
    clocks = [drawn(dice) for _ in range(CLOCKS_DRAWN)]
    unlike = [one for one in clocks if by_the_rule(one) != by_lists(one)]
    assert unlike == []
    assert sum(bool(one.pauses) for one in clocks) > CLOCKS_DRAWN // 4
