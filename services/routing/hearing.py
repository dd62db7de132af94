"""Hearing: an event starts or stops the clocks that the rulebook says."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.calendar.clocks import ClockRule, Stop, in_force
from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code
from libs.events.decider import Read, Rule, States
from libs.events.event import Event, New
from libs.ids import deadline_id
from services.routing import case, deadline, known, rulebook
from services.routing.deadline import Heard

# Where a clock's subject stands in an event that speaks of it.
SUBJECT_FIELD = {"case": "case_id", "transfer": "transfer_id", "order": "order_id"}


class HearEvent(Command):
    """Let every clock hear an event of a case that is not history."""

    case_id: UUID
    event_id: UUID
    type: Code
    at: datetime
    fields: dict[str, Any]


def _subject(rule: ClockRule, command: HearEvent, held: case.Case) -> UUID | None:
    said = command.fields.get(SUBJECT_FIELD[rule.subject])
    if said is None and rule.subject == "transfer":
        # A ruling or the end of the case settles the transfer that was under way.
        return held.last_transfer
    return UUID(said) if said else None


def _starts(rule: ClockRule, command: HearEvent) -> bool:
    left_out = command.fields.get("kind") in rule.not_for
    return rule.start.event == command.type and not left_out


def _stops(rule: ClockRule, command: HearEvent) -> Stop | None:
    return next((stop for stop in rule.stops if stop.event == command.type), None)


def _in_effect(
    command: HearEvent, states: States
) -> Iterator[tuple[ClockRule, UUID, Stop | None]]:
    """Yield each clock that the event starts (no stop) or stops, and its subject."""
    clocks = states.of(rulebook.KIND, rulebook.CLOCKS.subject).clocks
    held = states.of(case.KIND, command.case_id)
    for clock in sorted({rule.id for rule in clocks}):
        rule = in_force(clocks, clock, day_of(command.at))
        subject = _subject(rule, command, held) if rule else None
        if rule is None or subject is None:
            continue
        if _starts(rule, command):
            yield rule, subject, None
        stop = _stops(rule, command)
        if stop is not None:
            yield rule, subject, stop


def _reads(command: HearEvent) -> Sequence[Read]:
    books = (rulebook.CLOCKS, rulebook.CALENDAR)
    return (
        *books,
        Read(case.KIND, command.case_id),
        Read(known.KIND, command.case_id),
    )


def _deadlines(command: HearEvent, states: States) -> Sequence[Read]:
    return [
        Read(deadline.KIND, deadline_id(rule.id, subject))
        for rule, subject, _ in _in_effect(command, states)
    ]


def hear(command: HearEvent, _stamp: Stamp, states: States) -> list[New]:
    """Set and stop deadlines, each on its own stream."""
    news: list[New] = []
    for rule, subject, stop in _in_effect(command, states):
        this = deadline_id(rule.id, subject)
        before = states.of(deadline.KIND, this)
        facts = (
            _set(rule, command, states, subject)
            if stop is None
            else _stop(rule, stop, command, states, subject)
        )
        if stop is None and before.running:
            continue
        stream = deadline.KIND.stream(this)
        news += [New(stream, fact, command.at) for fact in facts]
    return news


def _heard(rule: ClockRule, command: HearEvent, states: States) -> Heard:
    fields = command.fields
    owner = states.of(case.KIND, command.case_id).unit
    unit = owner or fields.get("first_asked_unit") or "unknown"
    if rule.duty == "addressee":
        unit = fields.get("to_unit", unit)
    if rule.duty == "district":
        unit = fields.get("unit", unit)
    return Heard(
        command.event_id, command.type, command.at, command.case_id, unit, fields
    )


def _set(
    rule: ClockRule, command: HearEvent, states: States, subject: UUID
) -> list[Event]:
    calendar = states.of(rulebook.KIND, rulebook.CALENDAR.subject)
    return [deadline.started(rule, _heard(rule, command, states), calendar, subject)]


def _stop(
    rule: ClockRule, stop: Stop, command: HearEvent, states: States, subject: UUID
) -> list[Event]:
    if stop.scope == "every_claim" and _claims_left(command, states):
        return []
    before = states.of(deadline.KIND, deadline_id(rule.id, subject))
    return deadline.stopped(before, _heard(rule, command, states), subject, rule.id)


def _claims_left(command: HearEvent, states: States) -> bool:
    noted = states.of(known.KIND, command.case_id)
    this = {UUID(command.fields["claim_id"])}
    return bool(noted.claims - noted.withdrawn - this)


RULES = (Rule(HearEvent, _reads, hear, _deadlines),)
