"""The register of patrols 巡查台账, and how much of each area was patrolled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.events.views.history import rows
from libs.service.parts import Running
from libs.visibility import sees
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.reading.percent import percent
from services.reporting.views.patrol import VIEW, PatrolRow

MOST = 500
FOUND = """
FROM {patrol} p
WHERE {at} AND ($2 OR p.unit = $3)
  AND ($4::text IS NULL OR p.area = $4)
  AND ($5::date IS NULL OR p.due_on >= $5)
  AND ($6::date IS NULL OR p.due_on <= $6)"""
# What waits comes first, by its day.
LISTED = statement(f"""
SELECT p.* {FOUND}
ORDER BY p.finding IS NOT NULL OR p.missed, p.due_on, p.area, p.stream
LIMIT $7""")
COVERED = statement(f"""
SELECT p.area, count(*) AS planned,
       count(*) FILTER (WHERE p.in_time) AS in_time,
       count(*) FILTER (WHERE p.finding IS NOT NULL) AS made,
       count(*) FILTER (WHERE p.missed AND p.finding IS NULL) AS missed,
       count(*) FILTER (WHERE p.finding <> 'nothing') AS found
{FOUND} GROUP BY p.area ORDER BY p.area""")
ONE = statement("SELECT * FROM {patrol} p WHERE {at} AND p.patrol_id = $2")
WAITING = """
SELECT count(*) FROM patrol WHERE unit = $1 AND finding IS NULL AND due_on <= $2"""


class Filters(BaseModel):
    """Which patrols; every filter stands in the address."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    area: Annotated[str | None, Field(max_length=8)] = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class Coverage:
    """One area's patrols of a period: planned, made, of those in time, missed."""

    area: str
    planned: int
    in_time: int
    made: int
    missed: int
    found: int

    @property
    def rate(self) -> str | None:
        """Return made ÷ planned in percent (F-2.1.2b)."""
        return percent(self.made, self.planned)

    @property
    def in_time_rate(self) -> str | None:
        """Return made in time ÷ planned in percent."""
        return percent(self.in_time, self.planned)


@dataclass(frozen=True)
class Patrols:
    """Patrols by filter, with each area's coverage in the same period."""

    lines: Sequence[PatrolRow]
    coverage: Sequence[Coverage]


async def patrols(
    running: Running, asking: Asking, filters: Filters
) -> Answer[Patrols]:
    """Return the asker's unit's patrols; all of them for who sees all."""
    chosen = (
        asking.as_of,
        asking.sees_all,
        asking.actor.unit,
        filters.area,
        filters.from_on,
        filters.to_on,
    )
    async with reading(running) as connection:
        of = await completed(running, connection, ("patrol",))
        listed = await connection.fetch(LISTED.at(asking.as_of), *chosen, MOST)
        covered = await connection.fetch(COVERED.at(asking.as_of), *chosen)
    coverage = [Coverage(**one) for one in covered]
    return Answer(Patrols(rows(VIEW, listed), coverage), of)


async def patrol(running: Running, asking: Asking, patrol_id: UUID) -> PatrolRow | None:
    """Return one patrol, or None when there is none that the asker may see."""
    async with reading(running) as connection:
        found = await connection.fetch(ONE.at(asking.as_of), asking.as_of, patrol_id)
    row = next(iter(rows(VIEW, found)), None)
    return row if row is not None and sees(asking.actor, {row.unit}) else None


async def patrols_due(running: Running, asking: Asking) -> int:
    """Return how many of the unit's patrols are to be made by today, or were missed."""
    asked = (asking.actor.unit, running.today())
    return int(await running.pool.fetchval(WAITING, *asked))
