"""Tasks (F-3.1): a measure becomes units' tasks, each with its day, kept or not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from libs.events.contracts.duties import RectificationItemLinked, TaskCompleted
from libs.events.decider import Rule
from libs.events.views.testing import told
from services.reporting.reading.tasks import Tasks
from services.reporting.views.task import VIEW
from services.routing import tasks
from services.routing.tasks import KIND, CompleteTask, DecomposeTask, LinkRectification
from tests.unit.duty_scenes import DAY, DECOMPOSITION, OVER, assigned, row_of, tasked
from tests.unit.matters import ONE, routed
from tests.unit.offices import by, on

RULE: dict[type, Rule[Any]] = {rule.command: rule for rule in tasks.RULES}
OFFICE = by("LG", on(11, 14))
ASK = DecomposeTask(
    decomposition_id=DECOMPOSITION,
    measure="F-2.1.2b",
    title="节前逐网格巡查一遍",
    units=("R1", "LI"),
    due_on=DAY,
)
DONE = CompleteTask(task_id=ONE, result="done")
COMPLETED = TaskCompleted(task_id=ONE, unit="LI", result="done")
LINK = LinkRectification(task_id=ONE, list_number="JS-7")


def test_a_measure_becomes_a_task_of_each_unit() -> None:
    """F-3.1, CLK-97: due at the end of the day that the office named."""
    asked = routed().when(RULE[DecomposeTask], ASK, OFFICE)
    asked.then(assigned("R1"), assigned("LI"))


def test_a_day_is_mandatory_and_may_be_a_rest_day() -> None:
    """CLK-97: what the office names stands, also on a Saturday."""
    with pytest.raises(ValidationError):
        DecomposeTask.model_validate(ASK.model_dump(exclude={"due_on"}))
    saturday = ASK.model_copy(update={"due_on": date(2023, 11, 18), "units": ("LI",)})
    (task,) = routed().when(RULE[DecomposeTask], saturday, OFFICE).events
    assert task.model_dump()["due_at"] == datetime(2023, 11, 18, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"units": ("LI", "LI")}, "unit-twice"),
        ({"units": ("XX",)}, "no-such-unit"),
        ({"due_on": date(2023, 11, 13)}, "due-over"),
        ({"due_on": date(2053, 11, 13)}, "date-implausible"),
        ({"title": "联系张三 13800000001"}, "personal-number"),
    ],
)
def test_a_task_names_units_a_day_to_come_and_no_person(
    changed: dict[str, object], code: str
) -> None:
    asked = ASK.model_copy(update=changed)
    routed().when(RULE[DecomposeTask], asked, OFFICE).then_rejected(code)


def test_nothing_is_assigned_twice_by_one_decomposition() -> None:
    held = routed().given(KIND, tasks.task_id(DECOMPOSITION, "LI"), assigned("LI"))
    held.when(RULE[DecomposeTask], ASK, OFFICE).then_rejected("task-assigned")


def test_its_unit_reports_a_task_as_over_once() -> None:
    rule = RULE[CompleteTask]
    tasked("LI").when(rule, DONE, by("LI")).then(COMPLETED)
    tasked("LI", COMPLETED).when(rule, DONE, by("LI")).then_rejected("task-completed")
    tasked("LI").when(rule, DONE, by("LG")).then_rejected("not-yours")
    tasked("LI").when(rule, DONE, by("DO")).then_rejected("not-found")


def test_a_task_stands_on_the_list_of_rectifications() -> None:
    """F-3.1 检视整改清单."""
    linked = RectificationItemLinked(task_id=ONE, list_number="JS-7")
    rule = RULE[LinkRectification]
    tasked("LI").when(rule, LINK, OFFICE).then(linked)
    tasked("LI", linked).when(rule, LINK, OFFICE).then_rejected("item-linked")
    other = LINK.model_copy(update={"list_number": "JS-8"})
    tasked("LI", linked).when(rule, other, OFFICE).then_says("RectificationItemLinked")


def test_f_3_1_what_is_open_after_its_day_is_overdue() -> None:
    """CLK-97: late from the first instant after the day."""
    stream = KIND.stream(ONE)
    task = assigned("LI").model_copy(update={"task_id": ONE})
    linked = RectificationItemLinked(task_id=ONE, list_number="JS-7")
    row = row_of(VIEW, told(stream, task, linked))
    assert (row.unit, row.list_number, row.result) == ("LI", "JS-7", None)
    before = Tasks([row], OVER - timedelta(seconds=1))
    assert (before.open, before.overdue) == (1, 0)
    assert Tasks([row], OVER).overdue == 1
    over = row_of(VIEW, told(stream, task, COMPLETED))
    assert (Tasks([over], OVER).open, Tasks([over], OVER).overdue) == (0, 0)
