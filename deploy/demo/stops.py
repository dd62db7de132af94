"""Stops: when the demonstration's clock stands still and people act."""

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from libs.calendar import Calendar, read_years
from libs.calendar.local_days import SHANGHAI

STARTS_ON, ENDS_ON = date(2023, 11, 10), date(2024, 2, 9)
MORNING, AFTERNOON = time(9, 30), time(15, 30)
EXTRA = datetime(2023, 12, 16, 10, 30, tzinfo=SHANGHAI)
"""A Saturday on which a dossier is handed over: hours run through weekends."""
PAUSE = datetime(2024, 2, 9, 10, 0, tzinfo=SHANGHAI)
"""Where a first look finds the campaign: W13 published, W14 open."""
END = datetime(2024, 2, 10, 0, 30, tzinfo=SHANGHAI)
"""After midnight of the last day: that day is complete."""
AUTUMN = 11
CALENDARS = Path(__file__).parents[2] / "services" / "routing" / "rules" / "calendar"


@cache
def calendar() -> Calendar:
    """Return the working days of 2023 and 2024 as announced."""
    return Calendar.of(read_years(CALENDARS))


@cache
def working_days() -> tuple[date, ...]:
    """Return the campaign's working days in order."""
    days = (ENDS_ON - STARTS_ON).days + 1
    every = [STARTS_ON + timedelta(days=n) for n in range(days)]
    return tuple(day for day in every if calendar().day(day).works)


@cache
def stops() -> tuple[datetime, ...]:
    """Return every stop: two a working day, one Saturday, and the very end."""
    usual = [
        datetime.combine(day, hour, SHANGHAI)
        for day in working_days()
        for hour in (MORNING, AFTERNOON)
    ]
    return tuple(sorted([*usual, EXTRA, END]))


def at(text: str) -> datetime:
    """Return the stop that a story's table names: `11-13`, or `11-13p`.

    Raises ValueError for a day on which nobody works.
    """
    hour = AFTERNOON if text.endswith("p") else MORNING
    month, day = (int(part) for part in text.rstrip("p").split("-"))
    year = STARTS_ON.year if month >= AUTUMN else ENDS_ON.year
    stop = datetime.combine(date(year, month, day), hour, SHANGHAI)
    if stop not in stops():
        message = f"{text} is no stop of the campaign"
        raise ValueError(message)
    return stop


def moment(text: str) -> datetime:
    """Return an instant between stops: `12-15 14:20`."""
    day, _, clock = text.partition(" ")
    month, number = (int(part) for part in day.split("-"))
    year = STARTS_ON.year if month >= AUTUMN else ENDS_ON.year
    on = date(year, month, number)
    return datetime.combine(on, time.fromisoformat(clock), SHANGHAI)
