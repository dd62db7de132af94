"""Tasks 任务分解: a measure becomes units' tasks, each with its day (F-3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.duties import (
    RectificationItemLinked,
    TaskAssigned,
    TaskCompleted,
    TaskResult,
)
from libs.events.contracts.parts import Code, Text
from libs.events.decider import Kind, NotVisible, NotYours, Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.ids import named
from libs.visibility import sees
from services.routing import rulebook
from services.routing.duties import (
    CLOCKS_AND_CALENDAR,
    due_of,
    no_persons_number,
    plausible,
    unit_stands,
)

Units = Annotated[tuple[Code, ...], Field(min_length=1, max_length=40)]


class DecomposeTask(Command):
    """Give a measure to units, to each as a task of its own; the day is mandatory."""

    decomposition_id: UUID
    measure: Code
    title: Text
    units: Units
    due_on: date


class CompleteTask(Command):
    """Report one's unit's task as over."""

    task_id: UUID
    result: TaskResult


class LinkRectification(Command):
    """Put a task on the list of rectifications, under the item's number there."""

    task_id: UUID
    list_number: Text


@dataclass(frozen=True)
class Task:
    """What decisions ask of a task."""

    unit: str | None = None
    completed: bool = False
    list_number: str | None = None


def evolve(task: Task, event: Event) -> Task:
    """Fold one event of a task's stream."""
    match event:
        case TaskAssigned():
            return Task(unit=event.unit)
        case TaskCompleted():
            return replace(task, completed=True)
        case RectificationItemLinked():
            return replace(task, list_number=event.list_number)
        case _:
            return task


KIND = Kind("task", Task(), evolve)


def task_id(decomposition_id: UUID, unit: str) -> UUID:
    """Return the id of the task that a unit gets from a decomposition."""
    return named("task", decomposition_id, unit)


def decompose(command: DecomposeTask, stamp: Stamp, states: States) -> list[New]:
    """Assign to each unit once, with the day by which it is due (CLK-97)."""
    if len({*command.units}) < len(command.units):
        raise Rejected("unit-twice", "同一单位写了两次，请改。")
    plausible(command.due_on, stamp)
    if command.due_on < day_of(stamp.at):
        raise Rejected("due-over", "完成期限不能早于今天。")
    no_persons_number(command.title)
    due = due_of("TaskAssigned", {"due_on": command.due_on}, stamp.at, states)
    said = command.model_dump(exclude={"units"})
    found = []
    for unit in command.units:
        unit_stands(states, unit, day_of(stamp.at))
        this = task_id(command.decomposition_id, unit)
        if states.of(KIND, this).unit is not None:
            raise Rejected("task-assigned", "这项任务已经分解给该单位。")
        task = TaskAssigned(
            **said,
            task_id=this,
            unit=unit,
            clock=due.clock,
            rule_version=due.rule_version,
            due_at=due.due_at,
        )
        found.append(New(KIND.stream(this), task))
    return found


def _seen(task: Task, stamp: Stamp) -> None:
    if task.unit is None or not sees(stamp.actor, {task.unit}):
        raise NotVisible


def complete(command: CompleteTask, stamp: Stamp, states: States) -> list[New]:
    """Report once, by the unit whose task it is."""
    task = states.of(KIND, command.task_id)
    _seen(task, stamp)
    if task.unit != stamp.actor.unit:
        raise NotYours("任务由承担单位报告完成。", may=[task.unit or ""])
    if task.completed:
        raise Rejected("task-completed", "这项任务已经报告完成。")
    said = TaskCompleted(
        task_id=command.task_id, unit=stamp.actor.unit, result=command.result
    )
    return [New(KIND.stream(command.task_id), said)]


def link(command: LinkRectification, stamp: Stamp, states: States) -> list[New]:
    """Link to an item; another number later takes its place."""
    task = states.of(KIND, command.task_id)
    _seen(task, stamp)
    no_persons_number(command.list_number)
    if task.list_number == command.list_number:
        raise Rejected("item-linked", "已经纳入清单的这一项。")
    said = RectificationItemLinked.model_validate(command.model_dump())
    return [New(KIND.stream(command.task_id), said)]


def _every(command: DecomposeTask) -> Sequence[Read]:
    tasks = [task_id(command.decomposition_id, unit) for unit in command.units]
    return [
        *(Read(KIND, one) for one in dict.fromkeys(tasks)),
        rulebook.ORGANISATION,
        *CLOCKS_AND_CALENDAR,
    ]


def _one(command: CompleteTask | LinkRectification) -> Sequence[Read]:
    return [Read(KIND, command.task_id)]


RULES = (
    Rule(DecomposeTask, _every, decompose),
    Rule(CompleteTask, _one, complete),
    Rule(LinkRectification, _one, link),
)
