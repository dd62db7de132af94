"""Hearing: an event starts or stops the clocks that the rulebook says."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from libs.calendar.clocks import ClockRule, Resume, Stop, all_in_force
from libs.calendar.local_days import day_of, start_of_day
from libs.events.command import Command, Stamp
from libs.events.contracts import channels, duplicates, intake
from libs.events.contracts.clocks import DeadlineRecomputed
from libs.events.contracts.parts import Code
from libs.events.decider import Read, Rule, States
from libs.events.event import Event, New
from libs.ids import deadline_id
from services.routing import case, deadline, known, rulebook
from services.routing.deadline import Heard
from services.routing.recomputing import recomputed

OF_ONE_CLUE = frozenset(
    word.name
    for vocabulary in (intake, channels, duplicates)
    for word in vars(vocabulary).values()
    if isinstance(word, type) and issubclass(word, Event) and word is not Event
)
"""What is said of one clue: it stops no clock of another that shares its case."""

# Where a clock's subject stands in an event that speaks of it. What is no case's (an
# incident, a task) is dated by its own rule (`duties.py`) and stands in none.
SUBJECT_FIELD = {"transfer": "transfer_id", "order": "order_id", "clue": "clue_id"}


class HearEvent(Command):
    """Let every clock hear an event of a case that is not history."""

    case_id: UUID
    event_id: UUID
    type: Code
    at: datetime
    fields: dict[str, Any]


def _subject(rule: ClockRule, command: HearEvent, held: case.Case) -> UUID | None:
    if rule.subject == "case":
        return command.case_id
    said = command.fields.get(SUBJECT_FIELD.get(rule.subject, ""))
    if said is None and rule.subject == "transfer":
        # A ruling or the end of the case settles the transfer that was under way.
        return held.last_transfer
    return UUID(said) if said else None


def _starts(rule: ClockRule, command: HearEvent) -> bool:
    begins = rule.start_by(command.type)
    left_out = command.fields.get("kind") in rule.not_for
    return begins is not None and begins.meant(command.fields) and not left_out


def _stops(rule: ClockRule, command: HearEvent) -> Stop | None:
    merged = command.type == "CaseClosed" and command.fields.get("kind") == "merged"
    if merged and rule.subject == "case":
        # Each channel's clocks go on when its case goes on in another (domain §5.4).
        return None
    return next((stop for stop in rule.stops if stop.event == command.type), None)


def _resumes(rule: ClockRule, command: HearEvent) -> Resume | None:
    return next((one for one in rule.resumes if one.event == command.type), None)


def _in_effect(
    command: HearEvent, states: States
) -> Iterator[tuple[ClockRule, UUID, Stop | Resume | None]]:
    """Yield each clock that the event starts (None), stops or resumes; its subject."""
    clocks = states.of(rulebook.KIND, rulebook.CLOCKS.subject).clocks
    held = states.of(case.KIND, command.case_id)
    # One pass over the book: every event of every case is heard.
    for rule in all_in_force(clocks, day_of(command.at)):
        subject = _subject(rule, command, held)
        if subject is None:
            continue
        if _starts(rule, command):
            yield rule, subject, None
        for found in (_stops(rule, command), _resumes(rule, command)):
            if found is not None:
                yield rule, subject, found
        for joined in _joined(rule, command, held):
            yield rule, joined, _stops(rule, command)


def _joined(rule: ClockRule, command: HearEvent, held: case.Case) -> Sequence[UUID]:
    """Return the merged cases whose clocks an act on the surviving one stops too."""
    stop = _stops(rule, command)
    if rule.subject != "case" or stop is None or stop.scope != "case":
        return ()
    return () if command.type in OF_ONE_CLUE else sorted(held.members)


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
    """Set, stop and resume deadlines, each on its own stream."""
    return [
        New(
            deadline.KIND.stream(deadline_id(rule.id, subject)),
            fact,
            # An amended calendar counts from its adoption, not from what is heard.
            None if isinstance(fact, DeadlineRecomputed) else command.at,
        )
        for rule, subject, found in _in_effect(command, states)
        for fact in _facts(rule, found, command, states, subject)
    ]


def _facts(
    rule: ClockRule,
    found: Stop | Resume | None,
    command: HearEvent,
    states: States,
    subject: UUID,
) -> list[Event]:
    before = states.of(deadline.KIND, deadline_id(rule.id, subject))
    match found:
        case None:
            return [] if before.running else _set(rule, command, states, subject)
        case Stop():
            return _stop(rule, found, command, states, subject)
        case Resume(counts="anew") if deadline.resumes(found, before):
            return _set(rule, command, states, subject)
        case Resume(counts="anew"):
            return []
        case Resume():
            heard = _heard(rule, command, states, before)
            return deadline.resumed(found, before, heard, subject, rule.id)


def _heard(
    rule: ClockRule, command: HearEvent, states: States, before: deadline.Deadline
) -> Heard:
    fields = command.fields
    owner = states.of(case.KIND, command.case_id).unit
    unit = owner or fields.get("first_asked_unit") or "unknown"
    if rule.duty == "addressee":
        unit = fields.get("to_unit", unit)
    if rule.duty == "district":
        # What lets the clock run again names no unit: the one that had the duty has it.
        filed_by = states.of(known.KIND, command.case_id).filed_by
        unit = fields.get("unit") or before.unit or filed_by or unit
    # A merged case's clock is still that case's.
    about = before.case_id or command.case_id
    return Heard(command.event_id, command.type, command.at, about, unit, fields)


def _set(
    rule: ClockRule, command: HearEvent, states: States, subject: UUID
) -> list[Event]:
    calendar = states.of(rulebook.KIND, rulebook.CALENDAR.subject)
    before = states.of(deadline.KIND, deadline_id(rule.id, subject))
    heard = _heard(rule, command, states, before)
    return [deadline.started(rule, heard, calendar, subject)]


def _stop(
    rule: ClockRule, stop: Stop, command: HearEvent, states: States, subject: UUID
) -> list[Event]:
    if stop.scope == "every_claim" and _claims_left(command, states):
        return []
    this = deadline_id(rule.id, subject)
    before = states.of(deadline.KIND, this)
    # Whether it was in time, the calendar in force says.
    anew = recomputed(this, before, states)
    now = before if anew is None else deadline.evolve(before, anew)
    heard = _heard(rule, command, states, before)
    if stop.date_field is not None:
        on = date.fromisoformat(command.fields[stop.date_field])
        heard = replace(heard, at=start_of_day(on))
    facts = deadline.stopped(now, heard, subject, rule.id)
    return facts if anew is None or not facts else [anew, *facts]


def _claims_left(command: HearEvent, states: States) -> bool:
    noted = states.of(known.KIND, command.case_id)
    this = {UUID(command.fields["claim_id"])}
    return bool(noted.claims_left - this)


RULES = (Rule(HearEvent, _reads, hear, _deadlines),)
