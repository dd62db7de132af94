"""Duties that are no case's: who may have one, and by when it is due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from libs.calendar.clocks import due, in_force
from libs.calendar.local_days import EARLIEST, day_of
from libs.codes import find_personal
from libs.events.command import Stamp
from libs.events.decider import Rejected, States
from services.routing import rulebook

CLOCKS_AND_CALENDAR = (rulebook.CLOCKS, rulebook.CALENDAR)
A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Due:
    """By which instant (UTC) a duty is to be done, under which clock's version."""

    clock: str
    rule_version: int
    due_at: datetime
    calendar_version: str


def due_of(event: str, fields: Mapping[str, Any], at: datetime, states: States) -> Due:
    """Return the date that the clock started by an event gives; `at`: when it happened.

    Raises Rejected `no-clock` before the day from which a clock for it is in force.
    """
    clocks = states.of(rulebook.KIND, rulebook.CLOCKS.subject).clocks
    calendar = states.of(rulebook.KIND, rulebook.CALENDAR.subject).calendar
    for clock in sorted({rule.id for rule in clocks}):
        rule = in_force(clocks, clock, day_of(at))
        begins = rule.start_by(event) if rule else None
        if rule is None or begins is None or not begins.meant(fields):
            continue
        fixed: date | None = None
        if rule.length.kind == "fixed_date_in_event":
            fixed = fields[rule.length.date_field]
        found = due(rule, at, calendar, fixed)
        return Due(rule.id, rule.version, found.due_at, found.calendar_version)
    raise Rejected("no-clock", "这一天还没有生效的时限规则，请核对发生时间。")


def unit_stands(states: States, unit: str, on: date) -> None:
    """Raise unless a unit of that code stands on a day and can be given a duty."""
    book = states.of(rulebook.KIND, rulebook.ORGANISATION.subject)
    if not book.takes_cases(unit, on):
        raise Rejected("no-such-unit", f"没有能承担责任的单位 {unit}，请核对。")


def area_stands(states: States, area: str, on: date) -> None:
    """Raise unless the organisation has a residential area of that code on a day."""
    held = states.of(rulebook.KIND, rulebook.ORGANISATION.subject).organisation
    units = held.units_on(on) if held else ()
    if not any(one.code == area and one.kind == "residential" for one in units):
        raise Rejected("no-such-area", f"没有 {area} 这个居民区，请核对。")


def plausible(day: date, stamp: Stamp) -> None:
    """Raise for a day before 1980 or more than a year ahead: a mistyped year."""
    if not EARLIEST.date() <= day <= day_of(stamp.at) + A_YEAR:
        raise Rejected("date-implausible", "日期须在 1980 年以后、一年以内，请核对。")


def no_persons_number(*texts: str | None) -> None:
    """Raise when a text that travels holds an ID, telephone or card number."""
    if any(text and find_personal(text) for text in texts):
        raise Rejected("personal-number", "这里不能填写身份证、电话或银行卡号码。")
