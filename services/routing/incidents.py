"""Incidents 突发事件: warned of, reported and graded, responded to, closed (F-1.5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.duties import (
    IncidentClosed,
    IncidentFeature,
    IncidentKind,
    IncidentLinkedToCase,
    IncidentMeasure,
    IncidentReported,
    IncidentResponded,
    IncidentResult,
    IncidentWarningRaised,
    People,
)
from libs.events.contracts.parts import Code
from libs.events.decider import Kind, NotVisible, NotYours, Read, Rejected, Rule, States
from libs.events.event import Actor, Event, New
from libs.visibility import sees
from services.routing import rulebook
from services.routing.case import case_and_known, seen
from services.routing.duties import (
    CLOCKS_AND_CALENDAR,
    area_stands,
    due_of,
    unit_stands,
)
from services.routing.incident_grades import grades_on

FOR_ANY = ("centre", "leading-group", "brigade")
"""Who acts on any unit's incident."""


class RaiseIncidentWarning(Command):
    """Warn that an incident may come; `unit` is to respond, `by_unit` warns."""

    incident_id: UUID
    kind: IncidentKind
    people: People | None = None
    unit: Code
    by_unit: Code
    area: Code | None = None
    occurred_at: datetime | None = None


class ReportIncident(Command):
    """Report that an incident happened, or that it grew."""

    incident_id: UUID
    kind: IncidentKind
    people: People
    features: tuple[IncidentFeature, ...] = ()
    unit: Code
    by_unit: Code
    area: Code | None = None
    occurred_at: datetime | None = None


class RespondToIncident(Command):
    """Record the first response to an incident; `unit` is the one that responded."""

    incident_id: UUID
    unit: Code
    measure: IncidentMeasure
    occurred_at: datetime | None = None


class LinkIncident(Command):
    """Say which case an incident is about."""

    incident_id: UUID
    case_id: UUID


class CloseIncident(Command):
    """Close an incident, or the warning of one, with its result."""

    incident_id: UUID
    result: IncidentResult


@dataclass(frozen=True)
class Incident:
    """What decisions ask of an incident; `report` is how it was reported last."""

    parties: frozenset[str] = frozenset()
    report: IncidentReported | None = None
    responded: bool = False
    closed: bool = False
    cases: frozenset[UUID] = frozenset()


def evolve(held: Incident, event: Event) -> Incident:
    """Fold one event of an incident's stream."""
    match event:
        case IncidentWarningRaised():
            return replace(held, parties=held.parties | {event.unit, event.by_unit})
        case IncidentReported():
            parties = held.parties | {event.unit, event.by_unit}
            return replace(held, parties=parties, report=event)
        case IncidentResponded():
            return replace(held, responded=True)
        case IncidentLinkedToCase():
            return replace(held, cases=held.cases | {event.case_id})
        case IncidentClosed():
            return replace(held, closed=True)
        case _:
            return held


KIND = Kind("incident", Incident(), evolve)


def _open(held: Incident, actor: Actor) -> None:
    """Raise unless the incident goes on and is the actor's to act on."""
    if not held.parties or not sees(actor, held.parties):
        raise NotVisible
    if actor.unit not in held.parties and actor.role not in FOR_ANY:
        raise NotYours(
            "突发事件由报告和处置的单位办理。", may=[*sorted(held.parties), *FOR_ANY]
        )
    if held.closed:
        raise Rejected("incident-closed", "这一突发事件已经办结。")


def warn(command: RaiseIncidentWarning, stamp: Stamp, states: States) -> list[New]:
    """Warn once; the unit that is to respond stands, and so does the area."""
    if states.of(KIND, command.incident_id).parties:
        raise Rejected("incident-known", "已经预警。")
    _stand(command, command.occurred_at or stamp.at, states)
    said = IncidentWarningRaised.model_validate(
        command.model_dump(exclude={"occurred_at"})
    )
    return [New(KIND.stream(command.incident_id), said, command.occurred_at)]


def _stand(
    command: RaiseIncidentWarning | ReportIncident, at: datetime, states: States
) -> None:
    unit_stands(states, command.unit, day_of(at))
    if command.area is not None:
        area_stands(states, command.area, day_of(at))


def report(command: ReportIncident, stamp: Stamp, states: States) -> list[New]:
    """Report with the grade of the day's table, and by when somebody must respond.

    What grew is reported again; a response that was owed earlier stays owed by then.
    """
    held = states.of(KIND, command.incident_id)
    if held.parties:
        _open(held, stamp.actor)
    at = command.occurred_at or stamp.at
    _stand(command, at, states)
    table = grades_on(day_of(at))
    if table is None:
        raise Rejected("no-grades", "这一天还没有生效的分级标准，请核对发生时间。")
    grade = table.grade(command.people, command.features)
    due = due_of("IncidentReported", {"grade": grade}, at, states)
    before = held.report
    if before is not None and before.respond_by <= due.due_at:
        due = replace(
            due,
            clock=before.clock,
            rule_version=before.rule_version,
            due_at=before.respond_by,
        )
    said = IncidentReported(
        **command.model_dump(exclude={"occurred_at", "features"}),
        features=tuple(sorted({*command.features})),
        grade=grade,
        grades_version=table.version,
        clock=due.clock,
        rule_version=due.rule_version,
        respond_by=due.due_at,
    )
    if said == before:
        raise Rejected("incident-same", "与上次报告相同；人数或情形有变化再续报。")
    return [New(KIND.stream(command.incident_id), said, command.occurred_at)]


def respond(command: RespondToIncident, stamp: Stamp, states: States) -> list[New]:
    """Record the first response once, to what was reported."""
    held = states.of(KIND, command.incident_id)
    _open(held, stamp.actor)
    if held.report is None:
        raise Rejected("not-reported", "还只是预警；发生后先报告，再登记处置。")
    if held.responded:
        raise Rejected("already-responded", "已经登记首次处置。")
    said = IncidentResponded.model_validate(command.model_dump(exclude={"occurred_at"}))
    return [New(KIND.stream(command.incident_id), said, command.occurred_at)]


def link(command: LinkIncident, stamp: Stamp, states: States) -> list[New]:
    """Link a case that the actor sees, once."""
    held = states.of(KIND, command.incident_id)
    _open(held, stamp.actor)
    seen(command, stamp, states)
    if command.case_id in held.cases:
        raise Rejected("case-linked", "这件案件已经关联。")
    said = IncidentLinkedToCase.model_validate(command.model_dump())
    return [New(KIND.stream(command.incident_id), said)]


def close(command: CloseIncident, stamp: Stamp, states: States) -> list[New]:
    """Close; what was reported has been responded to, or was unfounded."""
    held = states.of(KIND, command.incident_id)
    _open(held, stamp.actor)
    real = held.report is not None and command.result != "unfounded"
    if real and not held.responded:
        raise Rejected("respond-first", "还没有登记首次处置，不能办结。")
    if real and command.result == "averted":
        raise Rejected("not-averted", "已经发生的，不能按“未发生”办结。")
    said = IncidentClosed.model_validate(command.model_dump())
    return [New(KIND.stream(command.incident_id), said)]


def _alone(command: RespondToIncident | CloseIncident) -> Sequence[Read]:
    return [Read(KIND, command.incident_id)]


RULES = (
    Rule(
        RaiseIncidentWarning,
        lambda asked: [Read(KIND, asked.incident_id), rulebook.ORGANISATION],
        warn,
    ),
    Rule(
        ReportIncident,
        lambda asked: [
            Read(KIND, asked.incident_id),
            rulebook.ORGANISATION,
            *CLOCKS_AND_CALENDAR,
        ],
        report,
    ),
    Rule(RespondToIncident, _alone, respond),
    Rule(
        LinkIncident,
        lambda asked: [Read(KIND, asked.incident_id), *case_and_known(asked)],
        link,
    ),
    Rule(CloseIncident, _alone, close),
)
