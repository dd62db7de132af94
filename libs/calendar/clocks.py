"""The clocks of law as data: what starts one, its length, every event that stops it.

A rule may change by law or notice, so it carries a version and an effective date and is
cited by the deadline that used it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self, assert_never

from pydantic import AwareDatetime, Field, model_validator

from libs.calendar.deadlines import (
    Count,
    Deadline,
    FixedDate,
    Frozen,
    Hours,
    Length,
    NaturalDays,
    Paused,
    WorkingDays,
    count_hours,
    count_natural_days,
    count_working_days,
    take_fixed_date,
)
from libs.calendar.ladder import Ladder
from libs.calendar.local_days import end_of_day, start_of_day
from libs.calendar.versions import latest_on
from libs.calendar.workdays import Calendar

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
EventName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{2,63}$")]
NotFor = Literal["report", "history", "work_order", "platform_clue", "petition"]
Words = Annotated[str, Field(min_length=1, max_length=300)]


class Start(Frozen):
    """The event that starts a clock and the time of it from which law counts.

    `occurred_at` is the fact's own time; `effective_at` is another day that law names,
    for example service, found in the event's field `date_field`. `where`: values of
    which the event's field must have one (a 12345 order of this kind).
    """

    event: EventName
    counts_from: Literal["occurred_at", "effective_at"]
    date_field: Code | None = None
    where: Mapping[Code, tuple[Code, ...]] = {}

    def meant(self, fields: Mapping[str, Any]) -> bool:
        """Say whether an event's fields are those that start the clock."""
        return all(fields.get(name) in values for name, values in self.where.items())

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.date_field is None) != (self.counts_from == "occurred_at"):
            raise ValueError(
                "Only a start that counts from effective_at names a field."
            )
        return self


class Stop(Frozen):
    """An event that ends a clock; `scope` says of what it must speak.

    `case`, `transfer`, `order`, `clue`: of the clock's own one, or of the case it
    belongs to; `incident`, `task`, `warning`: of that one, which is no case's.
    `every_claim`: it must have come for each claim of the case.
    `date_field`: the day in the event on which law counts it; without one, when it
    happened.
    """

    event: EventName
    scope: Literal[
        "case", "transfer", "order", "clue", "incident", "task", "warning",
        "every_claim",
    ]  # fmt: skip
    date_field: Code | None = None


class Resume(Frozen):
    """An event after which a stopped clock runs again, for what stopped it fell.

    `after`: the stops that fall with it (none named: any). `counts`: "on" to the date
    that stood, or "anew" from the event, when the stop had come in time.
    """

    event: EventName
    after: tuple[EventName, ...] = ()
    counts: Literal["on", "anew"]


class Extension(Frozen):
    """How far a clock may be lengthened, once, by whom, and when."""

    kind: Literal["working_days", "natural_days"]
    n: Count
    approver: Code
    reason_zh: Words
    reason_en: Words


class PauseRule(Frozen):
    """Who lets a clock stand while it waits, and for which coded reasons.

    `article`: on what it rests, where that is another article than the clock's own.
    """

    approver: Code
    reasons: Annotated[tuple[Code, ...], Field(min_length=1)]
    article: Words
    source: Literal["law", "by_analogy"]


class WarningPoint(Frozen):
    """A point before the end at which someone is told; each fires once.

    `before_due`: at 00:00 of the n-th working day before the last day.
    `after_start`: at the end of the n-th working day after the start.
    """

    code: Code
    kind: Literal["before_due", "after_start"]
    n: Annotated[int, Field(ge=0, le=60)]
    text_zh: Words
    text_en: Words


class ClockRule(Frozen):
    """One version of one clock.

    `source`: the length stands in the article, is taken over from it, or is the
    campaign's own. `subject`: what it runs for, one clock for each. `duty`: who must
    act. `not_for`: on what kinds of clue, or on back-filled history, it never runs.
    `pause` is "none" or a rule: only days can stand, and what runs on to a date that
    stood does not pause.
    """

    id: Annotated[str, Field(pattern=r"^CLK-\d{2}(-[a-z]+)?$")]
    version: Annotated[int, Field(ge=1)]
    effective_from: date
    title_zh: Words
    title_en: Words
    instrument: Words
    article: Words
    source: Literal["law", "by_analogy", "own"]
    subject: Literal["case", "transfer", "order", "clue", "incident", "task", "warning"]
    duty: Literal["owner", "addressee", "district", "employer"]
    start: Start
    also_starts: tuple[Start, ...] = ()
    length: Length
    extension: Extension | None = None
    stops: Annotated[tuple[Stop, ...], Field(min_length=1)]
    resumes: tuple[Resume, ...] = ()
    pause: Literal["none"] | PauseRule = "none"
    not_for: tuple[NotFor, ...] = ()
    warning_points: tuple[WarningPoint, ...] = ()
    consequence_zh: Words
    consequence_en: Words

    def start_by(self, event: str) -> Start | None:
        """Return how an event starts the clock, if it does."""
        starts = (self.start, *self.also_starts)
        return next((one for one in starts if one.event == event), None)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.extension and self.length.kind != self.extension.kind:
            raise ValueError("An extension counts in the kind of days of its clock.")
        days = self.length.kind in ("working_days", "natural_days")
        on = any(resume.counts == "on" for resume in self.resumes)
        if self.pause != "none" and (on or not days):
            raise ValueError("Only a clock of days that is counted anew can pause.")
        stops = {stop.event for stop in self.stops}
        if any(not stops.issuperset(resume.after) for resume in self.resumes):
            raise ValueError("A clock resumes after its own stops only.")
        return self


class Warned(Frozen):
    """A warning point of one deadline, with the instant at which it fires, in UTC."""

    point: WarningPoint
    at: AwareDatetime


class _ClockFile(Frozen):
    clocks: tuple[ClockRule, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    known_on: date = date.min

    @model_validator(mode="after")
    def _sound(self) -> Self:
        keys = [(rule.id, rule.version) for rule in self.clocks]
        if len(keys) != len(set(keys)):
            raise ValueError("A clock's version stands twice in the file.")
        climbs = [(ladder.clock, ladder.version) for ladder in self.ladders]
        if len(climbs) != len(set(climbs)):
            raise ValueError("A ladder's version stands twice in the file.")
        return self


def load_clocks(text: str) -> list[ClockRule]:
    """Read a file's clocks, by id; raises `ValidationError`, `TOMLDecodeError`."""
    rules = _ClockFile.model_validate(tomllib.loads(text)).clocks
    return sorted(rules, key=lambda rule: (rule.id, rule.version))


def load_ladders(text: str) -> tuple[Ladder, ...]:
    """Read the ladders of a file of clocks; raises as `load_clocks`."""
    return _ClockFile.model_validate(tomllib.loads(text)).ladders


def known_since(text: str) -> date:
    """Return the day on which a file's clocks were known; raises as `load_clocks`."""
    return _ClockFile.model_validate(tomllib.loads(text)).known_on


def in_force(rules: Iterable[ClockRule], clock: str, on: date) -> ClockRule | None:
    """Choose the highest version of a clock that has effect on a day, if any."""
    return latest_on((rule for rule in rules if rule.id == clock), on)


def all_in_force(rules: Iterable[ClockRule], on: date) -> list[ClockRule]:
    """Choose of each clock what `in_force` chooses, in the order of their ids."""
    found: dict[str, ClockRule] = {}
    for rule in rules:
        best = found.get(rule.id)
        if rule.effective_from <= on and (best is None or best.version < rule.version):
            found[rule.id] = rule
    return [found[clock] for clock in sorted(found)]


def due(  # noqa: PLR0913 -- two are by name and optional.
    rule: ClockRule,
    start: date | datetime,
    calendar: Calendar,
    fixed: date | None = None,
    *,
    extended: bool = False,
    paused: tuple[Paused, ...] = (),
) -> Deadline:
    """Count when the clock ends, and keep the arithmetic.

    `fixed` is the date in the start event, for a clock of that kind. `extended` counts
    on from the first length in one sum, as law does (60 + 30 working days). Days that
    were `paused` count in no clock of days.
    Raises `ValueError` for a missing fixed date or an extension the rule does not
    allow, `TypeError` for hours from a day without a time.
    """
    length = _extended(rule) if extended else rule.length
    match length:
        case WorkingDays():
            return count_working_days(length, start, calendar, paused)
        case NaturalDays():
            return count_natural_days(length, start, calendar, paused)
        case Hours():
            return count_hours(length, start, calendar)
        case FixedDate():
            if fixed is None:
                raise ValueError(f"{rule.id} needs the date that the event names.")
            return take_fixed_date(length, start, calendar, fixed)
        case _:
            assert_never(length)


def warning_times(
    rule: ClockRule, deadline: Deadline, calendar: Calendar
) -> list[Warned]:
    """List the warning points of a deadline, earliest first."""
    found = [
        Warned(
            point=point,
            at=fires_at(point, deadline.start_on, deadline.due_on, calendar),
        )
        for point in rule.warning_points
    ]
    return sorted(found, key=lambda warned: (warned.at, warned.point.code))


def _extended(rule: ClockRule) -> WorkingDays | NaturalDays:
    length = rule.length
    if rule.extension and isinstance(length, WorkingDays | NaturalDays):
        return length.model_copy(update={"n": length.n + rule.extension.n})
    raise ValueError(f"{rule.id} can't be extended.")


def fires_at(
    point: WarningPoint, start_on: date, due_on: date, calendar: Calendar
) -> datetime:
    """Return the instant at which a warning point of a deadline fires, in UTC."""
    if point.kind == "before_due":
        return start_of_day(calendar.workday_before(due_on, point.n))
    if point.n == 0:
        return end_of_day(start_on)
    return count_working_days(WorkingDays(n=point.n), start_on, calendar).due_at
