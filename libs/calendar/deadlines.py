"""A deadline and its arithmetic: every day from the start, counted or not, and why."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.calendar.local_days import day_of, end_of_day
from libs.calendar.workdays import Calendar, Day, DayKind, DayStatus

Count = Annotated[int, Field(ge=1, le=3660)]


class Frozen(BaseModel):
    """A value that cannot change and takes no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WorkingDays(Frozen):
    """n working days after the start day 工作日."""

    kind: Literal["working_days"] = "working_days"
    n: Count


class NaturalDays(Frozen):
    """n calendar days after the start day 自然日; `roll`: a rest day moves the end on.

    The citizen's limits roll (CPL 85 ¶3; ARB 19), an office's own do not.
    """

    kind: Literal["natural_days"] = "natural_days"
    n: Count
    roll: bool


class Hours(Frozen):
    """n hours by the clock, through nights and holidays."""

    kind: Literal["hours"] = "hours"
    n: Count


class FixedDate(Frozen):
    """The day that the start event itself names, in its field `date_field`."""

    kind: Literal["fixed_date_in_event"] = "fixed_date_in_event"
    date_field: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    roll: bool


Length = Annotated[
    WorkingDays | NaturalDays | Hours | FixedDate, Field(discriminator="kind")
]


class Paused(Frozen):
    """Days that no clock of days counts: those after `after`, up to and with `until`.

    The day of the pause has begun and counts; the day on which the clock goes on is a
    start day again, and start days never count (CPL 85 ¶2). A pause that is lifted on
    its own day moves nothing.
    """

    after: date
    until: date

    def covers(self, on: date) -> bool:
        """Say whether a day lies in the pause."""
        return self.after < on <= self.until


class CountedDay(Frozen):
    """One line of the arithmetic; `name_*`: the holiday's, if it is the reason."""

    day: date
    counted: bool
    reason: DayKind | Literal["start", "fixed"]
    name_zh: str | None = None
    name_en: str | None = None


class Deadline(Frozen):
    """When a duty ends: the last day, the instant after it, and the arithmetic.

    `due_at` is UTC: for days the end of `due_on` (24:00 in Shanghai), for hours the
    instant itself. `provisional`: the result rests on days not yet announced.
    `days` is empty for hours, which count no days. A roll-over shows as days after
    the last counted one.
    """

    length: Length
    start_on: date
    start_at: AwareDatetime | None
    due_on: date
    due_at: AwareDatetime
    provisional: bool
    days: tuple[CountedDay, ...]
    calendar_version: str

    @property
    def rolled_from(self) -> date | None:
        """The rest day on which the count ended, if the end was moved on."""
        last = next((line.day for line in reversed(self.days) if line.counted), None)
        return last if last is not None and last != self.due_on else None

    def met_at(self, moment: date | datetime) -> bool:
        """Whether an act of that day or instant is in time."""
        if isinstance(moment, datetime) and self.length.kind == "hours":
            return moment <= self.due_at
        return day_of(moment) <= self.due_on


def count_working_days(
    length: WorkingDays,
    start: date | datetime,
    calendar: Calendar,
    paused: tuple[Paused, ...] = (),
) -> Deadline:
    """Count to the n-th working day; the start day never counts (CPL 85 ¶2)."""
    counted = _working(length, day_of(start), calendar, paused)
    if not isinstance(start, datetime):
        return counted
    return counted.model_copy(update={"start_at": start.astimezone(UTC)})


def count_natural_days(
    length: NaturalDays,
    start: date | datetime,
    calendar: Calendar,
    paused: tuple[Paused, ...] = (),
) -> Deadline:
    """Count to the n-th day after the start day; roll-over: to the next working day."""
    lines: list[CountedDay] = []
    left = length.n
    for day in calendar.days_after(day_of(start)):
        counts = not _in_pause(day, paused)
        lines.append(_line(day, counted=counts))
        left -= counts
        if left == 0:
            break
    end = calendar.day(lines[-1].day)
    moved = _rolled(end.on, calendar) if length.roll else []
    lines += [_line(day, counted=False) for day in moved]
    # Only where the end falls decides; what lies before counts whatever it is.
    unsure = length.roll and _unannounced([end, *moved])
    return _deadline(length, start, calendar, lines, unsure)


def count_hours(length: Hours, start: date | datetime, calendar: Calendar) -> Deadline:
    """Add n hours to an instant; raises `TypeError` when given only a day."""
    if not isinstance(start, datetime):
        raise TypeError("A clock of hours needs the instant at which it starts.")
    start_on = day_of(start)
    due_at = start.astimezone(UTC) + timedelta(hours=length.n)
    return Deadline(
        length=length,
        start_on=start_on,
        start_at=start.astimezone(UTC),
        due_on=day_of(due_at),
        due_at=due_at,
        provisional=False,
        days=(),
        calendar_version=calendar.version,
    )


def take_fixed_date(
    length: FixedDate, start: date | datetime, calendar: Calendar, fixed: date
) -> Deadline:
    """Take the day named in the event; roll-over: the next working day."""
    end = calendar.day(fixed)
    lines = [CountedDay(day=fixed, counted=True, reason="fixed")]
    moved = _rolled(fixed, calendar) if length.roll else []
    lines += [_line(day, counted=False) for day in moved]
    unsure = length.roll and _unannounced([end, *moved])
    return _deadline(length, start, calendar, lines, unsure)


# Many deadlines begin on one day: an amended calendar recounts them all at once.
@lru_cache(maxsize=4096)
def _working(
    length: WorkingDays,
    start_on: date,
    calendar: Calendar,
    paused: tuple[Paused, ...],
) -> Deadline:
    running: list[Day] = []
    lines: list[CountedDay] = []
    counted = 0
    for day in calendar.days_after(start_on):
        stands = _in_pause(day, paused)
        if not stands:
            running.append(day)
        counts = day.works and not stands
        lines.append(_line(day, counted=counts))
        counted += counts
        if counted == length.n:
            break
    # In a pause a day need not be announced: it counts in no case.
    return _deadline(length, start_on, calendar, lines, _unannounced(running))


def _in_pause(day: Day, paused: tuple[Paused, ...]) -> bool:
    return any(pause.covers(day.on) for pause in paused)


def _deadline(
    length: Length,
    start: date | datetime,
    calendar: Calendar,
    lines: list[CountedDay],
    provisional: bool,  # noqa: FBT001 - private, always named by its caller's variable
) -> Deadline:
    start_on = day_of(start)
    due_on = lines[-1].day
    first = CountedDay(day=start_on, counted=False, reason="start")
    return Deadline(
        length=length,
        start_on=start_on,
        start_at=start.astimezone(UTC) if isinstance(start, datetime) else None,
        due_on=due_on,
        due_at=end_of_day(due_on),
        provisional=provisional,
        days=(first, *lines),
        calendar_version=calendar.version,
    )


@lru_cache(maxsize=8192)
def _line(day: Day, *, counted: bool) -> CountedDay:
    return CountedDay(
        day=day.on,
        counted=counted,
        reason=day.kind,
        name_zh=day.name_zh,
        name_en=day.name_en,
    )


def _rolled(end: date, calendar: Calendar) -> list[Day]:
    if calendar.day(end).works:
        return []
    moved: list[Day] = []
    for day in calendar.days_after(end):
        moved.append(day)
        if day.works:
            break
    return moved


def _unannounced(days: Iterable[Day]) -> bool:
    return any(day.status is DayStatus.UNANNOUNCED for day in days)
