"""Pausing: a clock stands while the office waits by leave, and goes on afterwards.

Who approves, and for what, stands in the clock's rule (CLK-03: a complaint without a
clear employer is to be corrected, and CLK-02 waits for it).
"""

from libs.calendar.clocks import PauseRule
from libs.calendar.deadlines import Paused
from libs.calendar.local_days import day_of
from libs.events.command import Stamp
from libs.events.contracts.clocks import DeadlinePaused, DeadlinePauseEnded
from libs.events.contracts.parts import Code
from libs.events.decider import NotYours, Rejected, Rule, States
from libs.events.event import New
from libs.ids import deadline_id
from services.routing import rulebook
from services.routing.deadline import KIND
from services.routing.extending import OnClock, reads, running_clock
from services.routing.recomputing import counted, rule_of


class PauseDeadline(OnClock):
    """Let a clock stand from tomorrow on, for a reason that its rule knows."""

    reason: Code


class EndDeadlinePause(OnClock):
    """Let a paused clock go on: the next day counts again."""


def pause(command: PauseDeadline, stamp: Stamp, states: States) -> list[New]:
    """Pause what runs and is not over; the rule says whether, who and why."""
    deadline = running_clock(command, stamp, states)
    rule = _pausing(command, stamp, states)
    if command.reason not in rule.reasons:
        raise Rejected("pause-reason", f"{command.clock} 不能因这个理由中止计时。")
    if deadline.paused_on is not None:
        raise Rejected("clock-paused", "时限已经中止，不需再办。")
    if deadline.due_at is not None and stamp.at >= deadline.due_at:
        raise Rejected("clock-over", "时限已过，中止须在届满前批准。")
    this = deadline_id(command.clock, command.subject)
    paused = DeadlinePaused(
        deadline_id=this,
        clock=command.clock,
        case_id=command.case_id,
        reason=command.reason,
        article=rule.article,
        paused_on=day_of(stamp.at),
    )
    return [New(KIND.stream(this), paused)]


def go_on(command: EndDeadlinePause, stamp: Stamp, states: States) -> list[New]:
    """Count what was left from the next day on, by the calendar in force today."""
    deadline = running_clock(command, stamp, states)
    _pausing(command, stamp, states)
    rule = rule_of(deadline, states)
    if deadline.paused_on is None or deadline.due_on is None or rule is None:
        raise Rejected("clock-not-paused", "时限没有中止，不需恢复。")
    resumed_on = day_of(stamp.at)
    stood = Paused(after=deadline.paused_on, until=resumed_on)
    pauses = (*deadline.pauses, stood)
    calendar = states.of(rulebook.KIND, rulebook.CALENDAR.subject).calendar
    computed = counted(rule, deadline, calendar, pauses=pauses)
    this = deadline_id(command.clock, command.subject)
    ended = DeadlinePauseEnded(
        deadline_id=this,
        clock=command.clock,
        case_id=command.case_id,
        paused_on=deadline.paused_on,
        resumed_on=resumed_on,
        old_due_on=deadline.due_on,
        due_on=computed.due_on,
        due_at=computed.due_at,
        provisional=computed.provisional,
        calendar_version=computed.calendar_version,
        pauses=pauses,
        days=computed.days,
    )
    return [New(KIND.stream(this), ended)]


def _pausing(command: OnClock, stamp: Stamp, states: States) -> PauseRule:
    """Return the clock's rule of pausing; raise where there is none or not theirs."""
    this = deadline_id(command.clock, command.subject)
    rule = rule_of(states.of(KIND, this), states)
    if rule is None or rule.pause == "none":
        raise Rejected("no-pause", f"{command.clock} 依规不能中止计时。")
    if stamp.actor.role != rule.pause.approver:
        raise NotYours("中止和恢复计时须经批准。", may=[rule.pause.approver])
    return rule.pause


RULES = (Rule(PauseDeadline, reads, pause), Rule(EndDeadlinePause, reads, go_on))
