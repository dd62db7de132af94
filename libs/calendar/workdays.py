"""Working days of Asia/Shanghai: off, work, or not yet announced."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

from libs.calendar.local_days import ONE_DAY
from libs.calendar.tables import SATURDAY, YearTable

DayKind = Literal[
    "weekday", "weekend", "holiday", "make_up",
    "unannounced_weekday", "unannounced_weekend",
]  # fmt: skip
"""Why a day is off or worked; a code, so that a page can word it in two languages."""


class DayStatus(StrEnum):
    """What law says of a day so far."""

    OFF = "off"
    WORK = "work"
    UNANNOUNCED = "unannounced"


@dataclass(frozen=True)
class Day:
    """One day: its status, why, and the holiday's name where there is one."""

    on: date
    status: DayStatus
    kind: DayKind
    name_zh: str | None = None
    name_en: str | None = None

    @property
    def works(self) -> bool:
        """Counted as a working day; an unannounced weekday only provisionally."""
        return self.kind in ("weekday", "make_up", "unannounced_weekday")


@dataclass(frozen=True)
class Calendar:
    """The yearly notices known so far; days of other years are unannounced.

    Of two tables of a year the higher version counts, and where a notice reaches into
    the year before, the later year's notice counts.
    """

    tables: tuple[YearTable, ...]
    _in_force: tuple[YearTable, ...] = field(init=False, repr=False, compare=False)
    _named: Mapping[date, Day] = field(init=False, repr=False, compare=False)
    _years: frozenset[int] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self.tables))
        in_force = _latest_versions(self.tables)
        named = {day.on: day for table in in_force for day in _named_days(table)}
        object.__setattr__(self, "_in_force", in_force)
        object.__setattr__(self, "_named", named)
        object.__setattr__(self, "_years", frozenset(t.year for t in in_force))

    def __hash__(self) -> int:
        # Counts are kept by calendar: hashing all its notices for each would cost more.
        return self._hash

    @classmethod
    def of(cls, tables: Iterable[YearTable]) -> "Calendar":
        return cls(tuple(tables))

    def known_on(self, on: date) -> "Calendar":
        """Go back to the calendar as known on a day: later notices left out."""
        return Calendar(tuple(t for t in self.tables if t.known_on <= on))

    @property
    def in_force(self) -> tuple[YearTable, ...]:
        """The notice that counts for each year, oldest year first."""
        return self._in_force

    @cached_property
    def version(self) -> str:
        """The versions of all its years, as events cite it: `cn-2023.1+2024.1`."""
        return "cn-" + ("+".join(table.label for table in self._in_force) or "none")

    def day(self, on: date) -> Day:
        named = self._named.get(on)
        if named is not None:
            return named
        weekend = on.weekday() >= SATURDAY
        if on.year in self._years:
            if weekend:
                return Day(on, DayStatus.OFF, "weekend")
            return Day(on, DayStatus.WORK, "weekday")
        kind: DayKind = "unannounced_weekend" if weekend else "unannounced_weekday"
        return Day(on, DayStatus.UNANNOUNCED, kind)

    def notice(self, on: date) -> YearTable | None:
        """Return the notice that says what a day is; None while none was issued."""
        naming = (t for t in reversed(self._in_force) if on in set(_days_of(t)))
        of_year = next((t for t in self._in_force if t.year == on.year), None)
        return next(naming, of_year)

    def days_after(self, start: date) -> Iterator[Day]:
        """Walk the days that follow, without end; the start day is not among them."""
        on = start
        while True:
            on += ONE_DAY
            yield self.day(on)

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after the start day up to and with the end day; else negative.

        The inverse of the clock: start + n working days is n working days away.
        """
        if end < start:
            return -self.workdays_between(end, start)
        return self.workdays_in(start + ONE_DAY, end)

    def workdays_in(self, first: date, last: date) -> int:
        """Working days of a period, both its ends counted; 0 for an empty period."""
        span = range((last - first).days + 1)
        return sum(self.day(first + ahead * ONE_DAY).works for ahead in span)

    def workday_before(self, on: date, n: int) -> date:
        """Find the n-th working day before a day; the day itself for n = 0."""
        while n > 0:
            on -= ONE_DAY
            n -= self.day(on).works
        return on


def _latest_versions(tables: Iterable[YearTable]) -> tuple[YearTable, ...]:
    latest: dict[int, YearTable] = {}
    for table in tables:
        held = latest.get(table.year)
        if held is None or table.version > held.version:
            latest[table.year] = table
    return tuple(latest[year] for year in sorted(latest))


def _days_of(table: YearTable) -> Iterator[date]:
    return (day.on for day in _named_days(table))


def _named_days(table: YearTable) -> Iterator[Day]:
    for holiday in table.holidays:
        names = (holiday.name_zh, holiday.name_en)
        for on in holiday.days():
            yield Day(on, DayStatus.OFF, "holiday", *names)
        for on in holiday.make_up:
            yield Day(on, DayStatus.WORK, "make_up", *names)
