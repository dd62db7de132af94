"""Climbing: the instants at which one deadline's rungs fire, and which are due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from libs.calendar.clocks import ClockRule, WarningPoint, fires_at
from libs.calendar.deadlines import WorkingDays, count_working_days
from libs.calendar.ladder import Addressee, Ladder, RungName, ladder_of
from libs.calendar.local_days import end_of_day
from libs.calendar.workdays import Calendar


@dataclass(frozen=True)
class Dated:
    """What the rungs of a deadline are counted from: its days, and when it ends."""

    start_on: date
    due_on: date
    due_at: datetime


@dataclass(frozen=True)
class Step:
    """One rung of one deadline: what it is, whom it addresses, when it fires (UTC).

    `point`: the warning point's code, or the rung's own name. `version`: the ladder's.
    """

    rung: RungName
    point: str
    to: Addressee
    at: datetime
    version: int


def steps(
    rule: ClockRule, ladders: Iterable[Ladder], dated: Dated, calendar: Calendar
) -> tuple[Step, ...]:
    """List a deadline's rungs, the earliest first; none where no ladder is in force.

    The ladder is the one in force on the last day. A warning point that would fire on
    the day on which the clock starts, or after its end, warns nobody.
    """
    ladder = ladder_of(ladders, rule.id, dated.due_on)
    if ladder is None:
        return ()
    return _steps(rule.warning_points, ladder, dated, calendar)


# Many deadlines begin and end on the same days: their rungs are counted once.
@lru_cache(maxsize=4096)
def _steps(
    points: tuple[WarningPoint, ...], ladder: Ladder, dated: Dated, calendar: Calendar
) -> tuple[Step, ...]:
    fires = [
        (point.code, fires_at(point, dated.start_on, dated.due_on, calendar))
        for point in points
    ]
    version = ladder.version
    warned = [
        Step("warn", code, ladder.warn_to, at, version)
        for code, at in fires
        if end_of_day(dated.start_on) <= at < dated.due_at
    ]
    after = [
        Step(one.rung, one.rung, one.to, _after(dated, one.after, calendar), version)
        for one in ladder.rungs
    ]
    return tuple(sorted([*warned, *after], key=lambda step: (step.at, step.point)))


def reached(
    every: Iterable[Step],
    told: Collection[str],
    dated: Dated,
    *,
    missed: bool,
    by: datetime,
) -> list[Step]:
    """List the rungs to be told now, `by` an instant behind which all facts are known.

    Nobody is warned of a date that is over, and none is urged before it was missed.
    """
    return [
        step
        for step in every
        if step.at <= by and step.point not in told and _fits(step, dated, missed, by)
    ]


def next_at(
    every: Iterable[Step],
    told: Collection[str],
    *,
    missed: bool,
    after: datetime,
) -> datetime | None:
    """Return when the next rung fires after an instant; None: none does."""
    coming = (
        step.at
        for step in every
        if step.at > after
        and step.point not in told
        and missed != (step.rung == "warn")
    )
    return min(coming, default=None)


def _fits(step: Step, dated: Dated, missed: bool, by: datetime) -> bool:  # noqa: FBT001 -- private
    return by < dated.due_at and not missed if step.rung == "warn" else missed


def _after(dated: Dated, days: int, calendar: Calendar) -> datetime:
    if days == 0:
        return dated.due_at
    return count_working_days(WorkingDays(n=days), dated.due_on, calendar).due_at
