"""Scenes of clocks, and what every scene is made of: see `scenes`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from libs.events.contracts.clocks import DeadlinePaused
from libs.events.event import Event
from libs.events.testing import Given
from libs.ids import deadline_id
from services.routing import case, deadline
from tests.unit.matters import ASSIGNED, CASE, OPENED, routed
from tests.unit.offices import on
from tests.unit.test_hearing import after, heard

ACCEPTANCE = deadline_id("CLK-02", CASE)
ON_CASE = {"case_id": CASE}
ON_ACCEPTANCE = {"clock": "CLK-02", "subject": CASE}
WAITING = {"reason": "correction"}
PAUSED = DeadlinePaused.model_validate(
    {
        "deadline_id": ACCEPTANCE,
        "case_id": CASE,
        "clock": "CLK-02",
        "reason": "correction",
        "article": "a",
        "paused_on": date(2024, 3, 5),
    }
)


@dataclass(frozen=True)
class Scene:
    """An act that is lawful for the unit that holds the case, but for the role.

    `story` makes what was before, for the unit that holds the case, which the fields
    of `holder` name too.
    """

    story: Callable[[str], Given]
    fields: Mapping[str, Any]
    holder: tuple[str, ...] = ()


def first_owned(unit: str, *more: Event, history: bool = False) -> Given:
    """A case that the unit was first asked about, or an open row that it imported."""
    first = OPENED.model_copy(update={"first_asked_unit": unit, "history": history})
    assigned = ASSIGNED.model_copy(update={"unit": unit, "history": history})
    streams = {**routed().streams}
    streams[case.KIND.stream(CASE)] = (case.KIND, (first, assigned, *more))
    return Given(streams)


def investigated(unit: str) -> Given:
    """A filed case whose investigation runs."""
    filed = heard("CaseFiled", on(11, 10), unit="DB", officer_ids=[])
    return after(first_owned(unit), filed)


def complained(unit: str, *more: Event) -> Given:
    """A complaint whose term runs, under the rule that knows of pauses."""
    said = {"kind": "complaint", "first_asked_unit": unit}
    story = after(first_owned(unit), heard("ComplaintReceived", on(3, 4), **said))
    return story.given(deadline.KIND, ACCEPTANCE, *more)


def scene(story: Callable[[str], Given], *fields: Mapping[str, Any]) -> Scene:
    """Return a scene whose act has these fields."""
    said: dict[str, Any] = {}
    for more in fields:
        said |= more
    return Scene(story, said)


CLOCK_SCENES: Mapping[str, Scene] = {
    "ExtendDeadline": scene(
        investigated, ON_CASE, {"clock": "CLK-05", "subject": CASE}
    ),
    "PauseDeadline": scene(complained, ON_CASE, ON_ACCEPTANCE, WAITING),
    "EndDeadlinePause": scene(
        lambda unit: complained(unit, PAUSED), ON_CASE, ON_ACCEPTANCE
    ),
}
