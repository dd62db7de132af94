"""Extending: a running clock is lengthened by whom its article names, once."""

from collections.abc import Sequence
from uuid import UUID

from libs.events.command import Command, Stamp
from libs.events.contracts.clocks import DeadlineExtended
from libs.events.contracts.parts import Code
from libs.events.decider import NotYours, Read, Rejected, Rule, States
from libs.events.event import New
from libs.ids import deadline_id
from services.routing import case, rulebook
from services.routing.deadline import KIND, Deadline
from services.routing.recomputing import counted, rule_of


class OnClock(Command):
    """An act on one running clock of a case."""

    case_id: UUID
    clock: Code
    subject: UUID


class ExtendDeadline(OnClock):
    """Extend a clock once; the article names who approves (CLK-05: LIR 17)."""


def extend(command: ExtendDeadline, stamp: Stamp, states: States) -> list[New]:
    """Extend in one sum from the start, as law counts (60 + 30 working days)."""
    deadline = running_clock(command, stamp, states)
    rule = rule_of(deadline, states)
    if rule is None or rule.extension is None:
        raise Rejected("no-extension", f"{command.clock} 依法不能延长。")
    if stamp.actor.role != rule.extension.approver:
        raise NotYours("延长须经批准。", may=[rule.extension.approver])
    if deadline.paused_on is not None:
        raise Rejected("clock-paused", "时限正在中止，请先恢复计时，再批准延长。")
    if deadline.extended:
        raise Rejected("extended-already", "这个时限已延长过一次，不能再延。")
    if deadline.due_at is not None and stamp.at >= deadline.due_at:
        raise Rejected("clock-over", "时限已过，延长须在届满前批准。")
    calendar = states.of(rulebook.KIND, rulebook.CALENDAR.subject).calendar
    computed = counted(rule, deadline, calendar, extended=True)
    this = deadline_id(command.clock, command.subject)
    extended = DeadlineExtended(
        deadline_id=this,
        clock=command.clock,
        case_id=command.case_id,
        due_on=computed.due_on,
        due_at=computed.due_at,
        provisional=computed.provisional,
        calendar_version=computed.calendar_version,
        article=f"{rule.instrument} {rule.article}",
        days=computed.days,
    )
    return [New(KIND.stream(this), extended)]


def running_clock(command: OnClock, stamp: Stamp, states: States) -> Deadline:
    """Return the deadline that the command names, in its own case and running."""
    case.seen(command, stamp, states)
    deadline = states.of(KIND, deadline_id(command.clock, command.subject))
    if deadline.case_id != command.case_id or not deadline.running:
        raise Rejected("clock-not-running", "这件案件没有这个在走的时限。")
    return deadline


def reads(command: OnClock) -> Sequence[Read]:
    """Name what an act on a clock reads: the deadline, the books and its case."""
    this = Read(KIND, deadline_id(command.clock, command.subject))
    books = (rulebook.CLOCKS, rulebook.CALENDAR)
    return (this, *books, *case.case_and_known(command))


RULES = (Rule(ExtendDeadline, reads, extend),)
