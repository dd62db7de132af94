"""What routing says of duties: who answers for what, incidents, tasks."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.events.contracts.parts import Code, Text
from libs.events.event import Event


class GridResponsibilityAssigned(Event, name="GridResponsibilityAssigned"):
    """From a day on a unit and one of its officers answer for an area (F-1.2).

    Until the day before, whoever the assignment before names. Stream `area-<area_id>`.
    """

    area_id: UUID
    area: Code
    unit: Code
    officer_id: UUID
    from_on: date


class IndustrySupervisorAssigned(Event, name="IndustrySupervisorAssigned"):
    """From a day on a unit supervises an industry of GB/T 4754 (F-1.2).

    Stream `industry-<industry_id>`.
    """

    industry_id: UUID
    industry: Code
    unit: Code
    from_on: date


IncidentKind = Literal["group", "extreme", "opinion"]
IncidentFeature = Literal["upward_petition", "violence"]
IncidentGrade = Literal["i", "ii", "iii"]
IncidentMeasure = Literal["on_site", "talks", "police", "medical", "advance", "other"]
IncidentResult = Literal["averted", "settled", "handed_over", "unfounded"]
People = Annotated[int, Field(ge=1, le=100_000)]


class IncidentWarningRaised(Event, name="IncidentWarningRaised"):
    """An incident may come: ten workers and more, a threat, the media (F-1.5).

    `unit` is to respond, `by_unit` said so. Stream `incident-<incident_id>`.
    """

    incident_id: UUID
    kind: IncidentKind
    people: People | None
    unit: Code
    by_unit: Code
    area: Code | None


class IncidentReported(Event, name="IncidentReported"):
    """An incident happened, of the grade that the table in force gives it (S24).

    A first response is owed by `respond_by`. Said again when it grew: the earlier date
    stands.
    """

    incident_id: UUID
    kind: IncidentKind
    people: People
    features: tuple[IncidentFeature, ...]
    grade: IncidentGrade
    grades_version: int
    unit: Code
    by_unit: Code
    area: Code | None
    clock: Code
    rule_version: int
    respond_by: datetime


class IncidentResponded(Event, name="IncidentResponded"):
    """A unit responded first to an incident: its clock stops (CLK-96)."""

    incident_id: UUID
    unit: Code
    measure: IncidentMeasure


class IncidentLinkedToCase(Event, name="IncidentLinkedToCase"):
    """An incident is about this case."""

    incident_id: UUID
    case_id: UUID


class IncidentClosed(Event, name="IncidentClosed"):
    """An incident, or the warning of one, came to an end."""

    incident_id: UUID
    result: IncidentResult


TaskResult = Literal["done", "partly", "not_needed"]


class TaskAssigned(Event, name="TaskAssigned"):
    """A measure of the campaign became a unit's task, with a day (F-3.1, CLK-97).

    `measure` is the sentence of the notice (F-…) or a code of the office's own. Stream
    `task-<task_id>`.
    """

    task_id: UUID
    decomposition_id: UUID
    measure: Code
    title: Text
    unit: Code
    due_on: date
    clock: Code
    rule_version: int
    due_at: datetime


class TaskCompleted(Event, name="TaskCompleted"):
    """The unit reported its task as over, with a coded result."""

    task_id: UUID
    unit: Code
    result: TaskResult


class RectificationItemLinked(Event, name="RectificationItemLinked"):
    """A task carries out an item of the list of rectifications 检视整改清单."""

    task_id: UUID
    list_number: Text


RiskColour = Literal["yellow", "orange", "red"]
WarningBasis = Literal[
    "signal", "complaints", "patrol", "account", "funding", "opinion", "other"
]
WarningResult = Literal["no_hazard", "rectifying", "rectified"]


class EarlyWarningIssued(Event, name="EarlyWarningIssued"):
    """A unit was warned early of a risk at an employer or a project (F-2.1.1c).

    It is to acknowledge by `acknowledge_by` (CLK-98). An individual employer is not
    named. `employer_id`: whose risk grade it rests on, if it does. Stream
    `earlywarning-<warning_id>`.
    """

    warning_id: UUID
    unit: Code
    by_unit: Code
    about: Text
    colour: RiskColour
    basis: WarningBasis
    clock: Code
    rule_version: int
    calendar_version: str
    acknowledge_by: datetime
    employer_id: UUID | None = None


class EarlyWarningAcknowledged(Event, name="EarlyWarningAcknowledged"):
    """The warned unit acknowledged, with what it found; said again once rectified."""

    warning_id: UUID
    unit: Code
    result: WarningResult
