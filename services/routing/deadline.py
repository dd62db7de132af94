"""The deadline: a duty with a date, set and stopped by events, missed once."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from libs.calendar.clocks import ClockRule, Resume, due
from libs.calendar.deadlines import CountedDay, Paused
from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.clocks import (
    DeadlineExtended,
    DeadlineMissed,
    DeadlineMissWithdrawn,
    DeadlinePaused,
    DeadlinePauseEnded,
    DeadlineRecomputed,
    DeadlineResumed,
    DeadlineSet,
    DeadlineStopped,
)
from libs.events.decider import Kind, Read, Rule, States
from libs.events.event import Event, New
from libs.ids import deadline_id
from services.routing import rulebook


@dataclass(frozen=True)
class Deadline:
    """What decisions ask of a deadline; `running` until stopped.

    `stopped_by`: the type of the event that stopped it, `in_time` or not. `days`: the
    arithmetic, by `calendar_version`. `paused_on`: since when it stands, if it does.
    """

    clock: str | None = None
    case_id: UUID | None = None
    subject: UUID | None = None
    unit: str | None = None
    rule_version: int = 0
    calendar_version: str | None = None
    start_on: date | None = None
    due_on: date | None = None
    due_at: datetime | None = None
    provisional: bool = False
    days: tuple[CountedDay, ...] = ()
    running: bool = False
    stopped_by: str | None = None
    in_time: bool = False
    missed: bool = False
    extended: bool = False
    paused_on: date | None = None
    pauses: tuple[Paused, ...] = ()


def evolve(deadline: Deadline, event: Event) -> Deadline:
    """Fold one event of a deadline's stream."""
    match event:
        case DeadlineSet():
            begun = Deadline(
                clock=event.clock,
                case_id=event.case_id,
                subject=event.subject,
                unit=event.unit,
                rule_version=event.rule_version,
                start_on=event.start_on,
                running=True,
            )
            return _counted(begun, event)
        case DeadlineExtended():
            return replace(_counted(deadline, event), extended=True)
        case DeadlineRecomputed():
            return _counted(deadline, event)
        case DeadlinePaused():
            return replace(deadline, paused_on=event.paused_on)
        case DeadlinePauseEnded():
            counted = _counted(deadline, event)
            return replace(counted, paused_on=None, pauses=event.pauses)
        case _:
            return _ended(deadline, event)


def _ended(deadline: Deadline, event: Event) -> Deadline:
    match event:
        case DeadlineStopped():
            stopped_by = event.by_type
            return replace(
                deadline, running=False, stopped_by=stopped_by, in_time=event.in_time
            )
        case DeadlineResumed():
            return replace(deadline, running=True)
        case DeadlineMissed():
            return replace(deadline, missed=True)
        case DeadlineMissWithdrawn():
            return replace(deadline, missed=False)
        case _:
            return deadline


def _counted(
    deadline: Deadline,
    event: DeadlineSet | DeadlineExtended | DeadlineRecomputed | DeadlinePauseEnded,
) -> Deadline:
    return replace(
        deadline,
        calendar_version=event.calendar_version,
        due_on=event.due_on,
        due_at=event.due_at,
        provisional=event.provisional,
        days=event.days or deadline.days,
    )


KIND = Kind("deadline", Deadline(), evolve)


class MissDeadline(Command):
    """Find a deadline missed, behind the watermark of all who could have stopped it."""

    deadline_id: UUID
    due_at: datetime


@dataclass(frozen=True)
class Heard:
    """An event that a clock heard: when it happened and what it says."""

    event_id: UUID
    type: str
    at: datetime
    case_id: UUID
    unit: str
    fields: dict[str, Any]


def started(
    rule: ClockRule, heard: Heard, book: rulebook.Rulebook, subject: UUID
) -> DeadlineSet:
    """Return the deadline that a start event sets, with its arithmetic.

    Counted anew from another event it begins when that happened.
    """
    begins = rule.start_by(heard.type)
    start: date | datetime = heard.at
    if begins is not None and begins.date_field is not None:
        start = date.fromisoformat(heard.fields[begins.date_field])
    fixed = None
    if rule.length.kind == "fixed_date_in_event":
        fixed = date.fromisoformat(heard.fields[rule.length.date_field])
    computed = due(rule, start, book.calendar, fixed)
    return DeadlineSet(
        deadline_id=deadline_id(rule.id, subject),
        clock=rule.id,
        case_id=heard.case_id,
        subject=subject,
        unit=heard.unit,
        article=f"{rule.instrument} {rule.article}",
        rule_version=rule.version,
        calendar_version=computed.calendar_version,
        start_event=heard.event_id,
        start_on=computed.start_on,
        due_on=computed.due_on,
        due_at=computed.due_at,
        provisional=computed.provisional,
        days=computed.days,
    )


def stopped(deadline: Deadline, heard: Heard, subject: UUID, clock: str) -> list[Event]:
    """Return what a stop event does: stop, and lift a miss when it was in time.

    A clock that stopped too late is stopped again by the same with an earlier date.
    """
    if deadline.due_at is None:
        return []
    this = deadline_id(clock, subject)
    # Whoever waits by leave is not late: from then on it stands.
    since = deadline.paused_on
    in_time = heard.at < deadline.due_at or (
        since is not None and since <= day_of(heard.at)
    )
    better = deadline.stopped_by == heard.type and in_time and not deadline.in_time
    if not deadline.running and not better:
        return []
    facts: list[Event] = [
        DeadlineStopped(
            deadline_id=this,
            clock=clock,
            case_id=heard.case_id,
            by_event=heard.event_id,
            by_type=heard.type,
            stopped_at=heard.at,
            in_time=in_time,
        )
    ]
    if deadline.missed and in_time:
        lifted = DeadlineMissWithdrawn(
            deadline_id=this,
            clock=clock,
            case_id=heard.case_id,
            by_event=heard.event_id,
            stopped_at=heard.at,
        )
        facts.append(lifted)
    return facts


def resumed(
    resume: Resume, deadline: Deadline, heard: Heard, subject: UUID, clock: str
) -> list[Event]:
    """Return what follows when a stop fell: the clock runs on to its date."""
    if not resumes(resume, deadline) or deadline.due_at is None:
        return []
    return [
        DeadlineResumed(
            deadline_id=deadline_id(clock, subject),
            clock=clock,
            case_id=heard.case_id,
            by_event=heard.event_id,
            by_type=heard.type,
            due_at=deadline.due_at,
            missed=deadline.missed,
        )
    ]


def resumes(resume: Resume, deadline: Deadline) -> bool:
    """Say whether a deadline is stopped by what falls now.

    One that is counted anew must have stopped in time: a breach stays a breach.
    """
    stopped = deadline.stopped_by is not None and not deadline.running
    fell = not resume.after or deadline.stopped_by in resume.after
    return stopped and fell and (resume.counts == "on" or deadline.in_time)


def miss(command: MissDeadline, _stamp: Stamp, states: States) -> list[New]:
    """Miss once, and only the date the timer was set for.

    What an amended calendar has not yet counted is not missed by the one before.
    """
    deadline = states.of(KIND, command.deadline_id)
    calendar = states.of(rulebook.KIND, rulebook.CALENDAR.subject).calendar
    stale = deadline.calendar_version != calendar.version
    moved = deadline.due_at != command.due_at or stale
    stands = deadline.paused_on is not None
    if not deadline.running or deadline.missed or moved or stands:
        return []
    if deadline.clock is None or deadline.case_id is None or deadline.subject is None:
        return []
    missed = DeadlineMissed(
        deadline_id=command.deadline_id,
        clock=deadline.clock,
        case_id=deadline.case_id,
        subject=deadline.subject,
        due_at=command.due_at,
    )
    return [New(KIND.stream(command.deadline_id), missed, command.due_at)]


def _miss_reads(command: MissDeadline) -> list[Read]:
    return [Read(KIND, command.deadline_id), rulebook.CALENDAR]


RULES = (Rule(MissDeadline, _miss_reads, miss),)
