"""Urging: what the office urges by hand, and what an addressee says to any urge.

Whom an urge addresses signs for it and answers it, each once (domain F-2.4.1b); the
ladder's rungs are urges like those by hand. Each has a stream of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.supervision import (
    CaseUrged,
    DeadlineRungReached,
    UrgeAnswer,
    UrgeAnswered,
    UrgeLevel,
    UrgeRead,
    UrgeReason,
)
from libs.events.decider import Kind, NotYours, Read, Rejected, Rule, States
from libs.events.event import Event, New
from services.routing import deadline
from services.routing.case import case_and_known, seen, still_open
from services.routing.deadline import Deadline


@dataclass(frozen=True)
class Urge:
    """What decisions ask of an urge: its case, whom it addresses, what was said."""

    case_id: UUID | None = None
    unit: str | None = None
    read: bool = False
    answered: bool = False


def evolve(urge: Urge, event: Event) -> Urge:
    """Fold one event of an urge's stream."""
    match event:
        case DeadlineRungReached() | CaseUrged():
            return Urge(event.case_id, event.unit)
        case UrgeRead():
            return replace(urge, read=True)
        case UrgeAnswered():
            return replace(urge, answered=True)
        case _:
            return urge


KIND = Kind("urge", Urge(), evolve)


class UrgeCase(Command):
    """Urge 催办 or supervise 督办 who holds a case, or who has one of its deadlines."""

    case_id: UUID
    urge_id: UUID
    level: UrgeLevel
    reason: UrgeReason
    answer_by: date
    deadline_id: UUID | None = None


class OnUrge(Command):
    """An act of the unit that an urge addresses."""

    case_id: UUID
    urge_id: UUID


class ReadUrge(OnUrge):
    """Sign for an urge: it was read."""


class AnswerUrge(OnUrge):
    """Say what becomes of what was urged."""

    answer: UrgeAnswer


def urge(command: UrgeCase, stamp: Stamp, states: States) -> list[New]:
    """Urge who holds the open case; of a deadline that runs, who has the duty."""
    held = seen(command, stamp, states)
    if stamp.actor.role != "leading-group":
        raise NotYours("催办、督办由领导小组办公室发出。", may=["leading-group"])
    still_open(held)
    if command.answer_by < day_of(stamp.at):
        raise Rejected("answer-by-past", "反馈期限不能早于今天。")
    named = _named(command, states)
    unit = named.unit if named else None
    urged = CaseUrged(
        case_id=command.case_id,
        urge_id=command.urge_id,
        level=command.level,
        reason=command.reason,
        unit=unit or held.unit or "",
        answer_by=command.answer_by,
        deadline_id=command.deadline_id,
        clock=named.clock if named else None,
    )
    return [New(KIND.stream(command.urge_id), urged)]


def _named(command: UrgeCase, states: States) -> Deadline | None:
    """Return the deadline that is urged; raise unless it runs in this case."""
    if command.deadline_id is None:
        return None
    found = states.of(deadline.KIND, command.deadline_id)
    if found.case_id != command.case_id or not found.running:
        raise Rejected("clock-not-running", "这件案件没有这个在走的时限。")
    return found


def read(command: ReadUrge, stamp: Stamp, states: States) -> list[New]:
    """Sign once; a receipt stands."""
    if _addressed(command, stamp, states).read:
        raise Rejected("urge-read", "本单位已经签收，不需再签。")
    unit = stamp.actor.unit
    signed = UrgeRead(urge_id=command.urge_id, case_id=command.case_id, unit=unit)
    return [New(KIND.stream(command.urge_id), signed)]


def answer(command: AnswerUrge, stamp: Stamp, states: States) -> list[New]:
    """Answer once, after signing."""
    found = _addressed(command, stamp, states)
    if not found.read:
        raise Rejected("urge-unread", "请先签收，再反馈。")
    if found.answered:
        raise Rejected("urge-answered", "已经反馈，不需再办。")
    said = UrgeAnswered(
        urge_id=command.urge_id,
        case_id=command.case_id,
        unit=stamp.actor.unit,
        answer=command.answer,
    )
    return [New(KIND.stream(command.urge_id), said)]


def _addressed(command: OnUrge, stamp: Stamp, states: States) -> Urge:
    seen(command, stamp, states)
    found = states.of(KIND, command.urge_id)
    if found.unit is None or found.case_id != command.case_id:
        raise Rejected("no-such-urge", "这件案件没有这条催办，请刷新后再办。")
    if stamp.actor.unit != found.unit:
        raise NotYours(f"由被催办的单位 {found.unit} 签收和反馈。", may=[found.unit])
    return found


def _urge_reads(command: UrgeCase) -> Sequence[Read]:
    this = [Read(KIND, command.urge_id)]
    if command.deadline_id is not None:
        this.append(Read(deadline.KIND, command.deadline_id))
    return (*this, *case_and_known(command))


def _reads(command: OnUrge) -> Sequence[Read]:
    return (Read(KIND, command.urge_id), *case_and_known(command))


RULES = (
    Rule(UrgeCase, _urge_reads, urge),
    Rule(ReadUrge, _reads, read),
    Rule(AnswerUrge, _reads, answer),
)
