"""Climbing: a deadline that runs is told to the next addressee, a rung at a time.

Whom and when is data: each clock's warning points, and the ladders of
`rules/clocks-supervision.toml`. What stopped, stands or was moved climbs no more from
its old date, and each rung is told once (domain F-2.4.1b, §5.9, 5 and 10).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.calendar.climbing import Dated, Step, reached, steps
from libs.calendar.clocks import ClockRule
from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code
from libs.events.contracts.supervision import DeadlineRungReached
from libs.events.decider import Read, Rule, States
from libs.events.event import New
from libs.ids import named
from services.routing import case, deadline, rulebook, supervision, urging
from services.routing.deadline import Deadline
from services.routing.recomputing import rule_of


class ClimbLadder(Command):
    """Tell a deadline's rung to its addressee, behind the watermark of all stoppers."""

    deadline_id: UUID
    due_at: datetime
    point: Code


def urge_of(command: ClimbLadder) -> UUID:
    """Return the rung's own id: of the deadline, the date it climbs from, the point."""
    at = command.due_at.isoformat()
    return named("rung", command.deadline_id, at, command.point)


def climb(command: ClimbLadder, stamp: Stamp, states: States) -> list[New]:
    """Tell once what was reached; nothing where the deadline moved or ended."""
    urge_id = urge_of(command)
    held = states.of(deadline.KIND, command.deadline_id)
    rule, dated = rule_of(held, states), dated_of(held)
    told_already = states.of(urging.KIND, urge_id).unit is not None
    if told_already or rule is None or dated is None or held.case_id is None:
        return []
    step = _step(command, (held, rule, dated), states, stamp)
    if step is None:
        return []
    # A case that moved has another owner than the one its clock began with.
    owner = states.of(case.KIND, held.case_id).unit
    begun = held.unit or ""
    duty = owner or begun if rule.duty in {"owner", "employer"} else begun
    told = DeadlineRungReached(
        urge_id=urge_id,
        case_id=held.case_id,
        deadline_id=command.deadline_id,
        clock=rule.id,
        rung=step.rung,
        point=step.point,
        addressee=step.to,
        unit=_addressee(step, duty, (held.case_id, dated), states),
        due_on=dated.due_on,
        due_at=dated.due_at,
        ladder_version=step.version,
    )
    return [New(urging.KIND.stream(urge_id), told, step.at)]


def _step(
    command: ClimbLadder,
    of: tuple[Deadline, ClockRule, Dated],
    states: States,
    stamp: Stamp,
) -> Step | None:
    """Return the rung that the command names, if it is reached and the date stands."""
    held, rule, dated = of
    calendar = states.of(rulebook.KIND, rulebook.CALENDAR.subject).calendar
    # What an amended calendar has not counted yet climbs by no date; a miss stays.
    stale = held.calendar_version != calendar.version and not held.missed
    over = not held.running or held.paused_on is not None or stale
    if over or dated.due_at != command.due_at:
        return None
    ladders = states.of(rulebook.KIND, rulebook.CLOCKS.subject).ladders
    every = steps(rule, ladders, dated, calendar)
    due = reached(every, (), dated, missed=held.missed, by=stamp.at)
    return next((step for step in due if step.point == command.point), None)


def _addressee(step: Step, duty: str, of: tuple[UUID, Dated], states: States) -> str:
    """Return the unit that a rung addresses, as things stand when it is told."""
    if step.to == "duty":
        return duty
    case_id, dated = of
    book = states.of(rulebook.KIND, rulebook.ORGANISATION.subject)
    office = book.office(dated.due_on) or duty
    leader = states.of(supervision.KIND, case_id).leader_unit
    return leader or office if step.to == "leader" else office


def dated_of(held: Deadline) -> Dated | None:
    """Return what the rungs of a deadline are counted from; None before it is set."""
    if held.start_on is None or held.due_on is None or held.due_at is None:
        return None
    return Dated(held.start_on, held.due_on, held.due_at)


def _reads(command: ClimbLadder) -> Sequence[Read]:
    return (
        Read(deadline.KIND, command.deadline_id),
        Read(urging.KIND, urge_of(command)),
        rulebook.CLOCKS,
        rulebook.CALENDAR,
        rulebook.ORGANISATION,
    )


def _of_case(command: ClimbLadder, states: States) -> Sequence[Read]:
    case_id = states.of(deadline.KIND, command.deadline_id).case_id
    if case_id is None:
        return []
    return [Read(case.KIND, case_id), Read(supervision.KIND, case_id)]


RULES = (Rule(ClimbLadder, _reads, climb, _of_case),)
