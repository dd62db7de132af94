"""The law's calendar: working days of Asia/Shanghai, deadlines, the clocks' rules."""

from libs.calendar.clocks import (
    ClockRule,
    due,
    in_force,
    known_since,
    load_clocks,
    load_ladders,
    warning_times,
)
from libs.calendar.deadlines import CountedDay, Deadline
from libs.calendar.local_days import day_of, end_of_day, start_of_day
from libs.calendar.tables import Holiday, YearTable, load_year, read_years, year_text
from libs.calendar.workdays import Calendar, Day, DayStatus

__all__ = [
    "Calendar",
    "ClockRule",
    "CountedDay",
    "Day",
    "DayStatus",
    "Deadline",
    "Holiday",
    "YearTable",
    "day_of",
    "due",
    "end_of_day",
    "in_force",
    "known_since",
    "load_clocks",
    "load_ladders",
    "load_year",
    "read_years",
    "start_of_day",
    "warning_times",
    "year_text",
]
