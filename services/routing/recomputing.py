"""Recomputing: a deadline that runs is counted by the calendar that is in force.

An amended calendar changes nothing that was said: each open deadline gets an event with
what stood and what stands (domain §5.9, 10). One that was found missed stays as it was.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.calendar.clocks import ClockRule, due, in_force
from libs.calendar.deadlines import CountedDay, Paused
from libs.calendar.deadlines import Deadline as Computed
from libs.calendar.workdays import Calendar
from libs.events.command import Command, Stamp
from libs.events.contracts.clocks import DeadlineRecomputed
from libs.events.decider import Read, Rule, States
from libs.events.event import New
from services.routing import rulebook
from services.routing.deadline import KIND, Deadline


class RecomputeDeadline(Command):
    """Count a running deadline by the calendar in force, once for each calendar."""

    deadline_id: UUID


def rule_of(deadline: Deadline, states: States) -> ClockRule | None:
    """Return the version of the clock's rule that the deadline was set by.

    A book that has lost it has the one that was in force when the deadline began.
    """
    clocks = states.of(rulebook.KIND, rulebook.CLOCKS.subject).clocks
    this = (deadline.clock or "", deadline.rule_version)
    return rule_by(clocks, this, deadline.start_on or date.min)


def rule_by(
    clocks: Sequence[ClockRule], this: tuple[str, int], start_on: date
) -> ClockRule | None:
    """Return a clock's rule by id and version, else the one in force on a day."""
    same = (one for one in clocks if (one.id, one.version) == this)
    return next(same, in_force(clocks, this[0], start_on))


def counted(
    rule: ClockRule,
    deadline: Deadline,
    calendar: Calendar,
    *,
    extended: bool = False,
    pauses: tuple[Paused, ...] = (),
) -> Computed:
    """Count a deadline that was set before, from the day on which it began.

    An extension that was approved stands, and so do its pauses; `extended` and
    `pauses` are what an act adds.
    """
    start: date | datetime = deadline.start_on or date.min
    fixed = None
    match rule.length.kind:
        case "fixed_date_in_event":
            written = (line.day for line in deadline.days if line.reason == "fixed")
            fixed = next(written, deadline.due_on)
        case "hours" if deadline.due_at is not None:
            # Hours run by the clock: no calendar moves their end.
            start = deadline.due_at - timedelta(hours=rule.length.n)
    paused, longer = pauses or deadline.pauses, extended or deadline.extended
    return due(rule, start, calendar, fixed, extended=longer, paused=paused)


def recomputed(
    this: UUID, deadline: Deadline, states: States
) -> DeadlineRecomputed | None:
    """Return what the calendar in force makes of a deadline; None: it stands by it."""
    calendar = states.of(rulebook.KIND, rulebook.CALENDAR.subject).calendar
    # What stands is counted when it goes on, by the calendar that is in force then.
    open_ = deadline.running and not deadline.missed and deadline.paused_on is None
    if not open_ or deadline.calendar_version == calendar.version:
        return None
    rule = rule_of(deadline, states)
    if rule is None or deadline.case_id is None:
        return None
    if deadline.due_on is None or deadline.calendar_version is None:
        return None
    now = counted(rule, deadline, calendar)
    return DeadlineRecomputed(
        deadline_id=this,
        clock=rule.id,
        case_id=deadline.case_id,
        rule_version=rule.version,
        old_calendar_version=deadline.calendar_version,
        calendar_version=now.calendar_version,
        old_due_on=deadline.due_on,
        due_on=now.due_on,
        due_at=now.due_at,
        old_provisional=deadline.provisional,
        provisional=now.provisional,
        days=() if _same(now.days, deadline.days) else now.days,
    )


def _same(now: Sequence[CountedDay], before: Sequence[CountedDay]) -> bool:
    # A sum of its own: models compare field by field, ninety days a deadline.
    return len(now) == len(before) and all(
        new is old
        or (new.day, new.reason, new.name_zh) == (old.day, old.reason, old.name_zh)
        for new, old in zip(now, before, strict=True)
    )


def recompute(command: RecomputeDeadline, _stamp: Stamp, states: States) -> list[New]:
    """Recompute what runs; nothing where the calendar in force counted it already."""
    this = command.deadline_id
    fact = recomputed(this, states.of(KIND, this), states)
    return [] if fact is None else [New(KIND.stream(this), fact)]


def _reads(command: RecomputeDeadline) -> Sequence[Read]:
    return (Read(KIND, command.deadline_id), rulebook.CLOCKS, rulebook.CALENDAR)


RULES = (Rule(RecomputeDeadline, _reads, recompute),)
