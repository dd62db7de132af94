"""Scenes of duties: incidents, tasks and patrols, lawful but for who acts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TypeVar

from libs.events.contracts.duties import (
    EarlyWarningIssued,
    IncidentReported,
    TaskAssigned,
)
from libs.events.contracts.patrols import (
    PatrolCompleted,
    PatrolPhotoAdded,
    PatrolScheduled,
)
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.events.views.testing import Told, recorded
from libs.events.views.view import View
from libs.ids import named
from services.intake import patrols
from services.routing import early_warnings, incidents, tasks
from tests.unit.channel_scenes import ON_CLUE, cleared
from tests.unit.clock_scenes import ON_CASE, Scene, first_owned, scene
from tests.unit.matters import ONE, routed
from tests.unit.offices import on
from tests.unit.pictures import DIGEST, PNG
from tests.unit.test_calendar_rules import CALENDAR

R = TypeVar("R")
INCIDENT = named("test-incident")
DECOMPOSITION = named("test-decomposition")
PLAN = named("test-plan")
DAY = date(2023, 11, 20)
OVER = datetime(2023, 11, 20, 16, tzinfo=UTC)
"""The end of that day in Shanghai."""
ON_INCIDENT = {"incident_id": INCIDENT}


def reported(unit: str) -> IncidentReported:
    """Return the report of a group of twelve before noon, grade II."""
    return IncidentReported(
        incident_id=INCIDENT,
        kind="group",
        people=12,
        features=(),
        grade="ii",
        grades_version=1,
        unit=unit,
        by_unit=unit,
        area=None,
        clock="CLK-96-ii",
        rule_version=1,
        respond_by=on(11, 13, 11),
    )


def incident(unit: str, *more: Event) -> Given:
    """An incident that waits for the unit's response, beside the rulebooks."""
    return first_owned(unit).given(incidents.KIND, INCIDENT, reported(unit), *more)


def assigned(unit: str) -> TaskAssigned:
    """Return a unit's task, due on a day."""
    return TaskAssigned(
        task_id=tasks.task_id(DECOMPOSITION, unit),
        decomposition_id=DECOMPOSITION,
        measure="F-2.1.2b",
        title="节前逐网格巡查一遍",
        unit=unit,
        due_on=DAY,
        clock="CLK-97",
        rule_version=1,
        due_at=OVER,
    )


def tasked(unit: str, *more: Event) -> Given:
    """A unit's open task, known under one id whatever the unit."""
    task = assigned(unit).model_copy(update={"task_id": ONE})
    return routed().given(tasks.KIND, ONE, task, *more)


PATROL = patrols.patrol_id(PLAN, DAY)


def planned(unit: str) -> PatrolScheduled:
    """Return a unit's patrol of an area on a day."""
    return PatrolScheduled(
        patrol_id=PATROL, plan_id=PLAN, area="R1", site=None, unit=unit, due_on=DAY
    )


def found(unit: str) -> PatrolCompleted:
    """Return that a patrol found wages unpaid."""
    return PatrolCompleted(patrol_id=PATROL, unit=unit, finding="wages_unpaid")


def patrolled(unit: str, *more: Event) -> Given:
    """A unit's patrol, beside a clue that the unit holds."""
    return cleared(unit).given(patrols.KIND, PATROL, planned(unit), *more)


def pictured(unit: str) -> PatrolPhotoAdded:
    """Return that a photo of the patrol was added."""
    return PatrolPhotoAdded(
        patrol_id=PATROL,
        unit=unit,
        sha256=DIGEST,
        media_type="image/png",
        size=len(PNG),
        handed_in=None,
    )


def row_of(view: View[R], *stories: Told) -> R:
    """Return the one row that a view has of these events."""
    row: R | None = None
    for one in recorded(*stories):
        row = view.evolve(row, one)
    assert row is not None
    return row


WARNING = named("test-warning")


def warned(unit: str) -> EarlyWarningIssued:
    """Return the centre's warning to a unit on Monday, due on Tuesday."""
    return EarlyWarningIssued(
        warning_id=WARNING,
        unit=unit,
        by_unit="LC",
        about="虚构一号工地",
        colour="red",
        basis="account",
        clock="CLK-98",
        rule_version=1,
        calendar_version=CALENDAR.version,
        acknowledge_by=datetime(2023, 11, 14, 16, tzinfo=UTC),
    )


SCENES: Mapping[str, Scene] = {
    "RespondToIncident": scene(
        incident, ON_INCIDENT, {"unit": "LI", "measure": "on_site"}
    ),
    "LinkIncident": scene(incident, ON_INCIDENT, ON_CASE),
    "CompleteTask": scene(tasked, {"task_id": ONE, "result": "done"}),
    "AcknowledgeEarlyWarning": scene(
        lambda unit: given(early_warnings.KIND, WARNING, warned(unit)),
        {"warning_id": WARNING, "result": "rectifying"},
    ),
    "CompletePatrol": scene(patrolled, {"patrol_id": PATROL, "finding": "nothing"}),
    "AddPatrolPhoto": scene(
        patrolled,
        {
            "patrol_id": PATROL,
            "sha256": DIGEST,
            "media_type": "image/png",
            "size": len(PNG),
        },
    ),
    "LinkPatrol": scene(
        lambda unit: patrolled(unit, found(unit)), ON_CLUE, {"patrol_id": PATROL}
    ),
}
