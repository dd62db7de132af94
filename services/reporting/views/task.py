"""Tasks 任务分解 as they stand: open, over, and on which list of rectifications."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from libs.events.contracts.duties import (
    RectificationItemLinked,
    TaskAssigned,
    TaskCompleted,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class TaskRow:
    """One unit's task; without a result it is open."""

    task_id: UUID
    decomposition_id: UUID
    measure: str
    title: str
    unit: str
    due_on: date
    due_at: datetime
    assigned_at: datetime | None
    result: str | None = None
    completed_at: datetime | None = None
    list_number: str | None = None

    def late(self, now: datetime) -> bool:
        """Say whether it was over, or is still open, after its day (CLK-97)."""
        return self.due_at <= (self.completed_at or now)


def evolve(row: TaskRow | None, recorded: Recorded) -> TaskRow | None:
    """Fold one event of a task's stream."""
    match fact := recorded.fact():
        case TaskAssigned():
            said = fact.model_dump(exclude={"clock", "rule_version"})
            return TaskRow(**said, assigned_at=recorded.occurred_at)
        case TaskCompleted() if row is not None:
            return replace(row, result=fact.result, completed_at=recorded.occurred_at)
        case RectificationItemLinked() if row is not None:
            return replace(row, list_number=fact.list_number)
        case _:
            return row


VIEW = View(
    name="task",
    version=1,
    services=("routing",),
    row=TaskRow,
    on=(TaskAssigned, TaskCompleted, RectificationItemLinked),
    evolve=evolve,
    indexes=(index("unit", "due_on"),),
)
