"""The table of tasks 任务分解表: what each unit has to do by when, and what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.events.views.history import rows
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    known_at,
    reading,
    statement,
)
from services.reporting.views.task import VIEW, TaskRow

MOST = 1000
# What is open comes first, by its day.
LISTED = statement("""
SELECT * FROM {task} t
WHERE {at} AND ($2 OR t.unit = $3)
  AND ($4::text IS NULL OR t.unit = $4)
  AND ($5::text IS NULL OR (t.result IS NULL) = ($5 = 'open'))
  AND (NOT $6 OR t.list_number IS NOT NULL)
ORDER BY t.result IS NOT NULL, t.due_on, t.measure, t.unit, t.stream
LIMIT $7""")
OVERDUE = """
SELECT count(*) FROM task t
WHERE t.result IS NULL AND t.due_at <= $1 AND ($2 OR t.unit = $3)"""


class Filters(BaseModel):
    """Which tasks; every filter stands in the address."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    unit: Annotated[str | None, Field(max_length=8)] = None
    state: Literal["open", "over"] | None = None
    listed: bool = False


@dataclass(frozen=True)
class Tasks:
    """Tasks by filter; `now` is the time up to which a day is over or not."""

    lines: Sequence[TaskRow]
    now: datetime

    @property
    def open(self) -> int:
        return sum(one.result is None for one in self.lines)

    @property
    def overdue(self) -> int:
        """Return how many are open after their day (CLK-97)."""
        return sum(one.result is None and one.late(self.now) for one in self.lines)


async def tasks(running: Running, asking: Asking, filters: Filters) -> Answer[Tasks]:
    """Return the asker's unit's tasks; all of them for who sees all."""
    chosen = (
        asking.as_of,
        asking.sees_all,
        asking.actor.unit,
        filters.unit,
        filters.state,
        filters.listed,
        MOST,
    )
    async with reading(running) as connection:
        of = await completed(running, connection, ("task",))
        now = await known_at(running, connection, asking)
        found = await connection.fetch(LISTED.at(asking.as_of), *chosen)
    return Answer(Tasks(rows(VIEW, found), now), of)


async def overdue_tasks(running: Running, asking: Asking) -> int:
    """Return how many of the asker's unit's tasks are late; the office sees all."""
    office = asking.actor.role == "leading-group"
    asked = (running.last_now, office, asking.actor.unit)
    return int(await running.pool.fetchval(OVERDUE, *asked))
