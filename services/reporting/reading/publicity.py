"""Publicity 宣传台账: the activities, and their sums by unit and by week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)

SHOWN = 300
MOST = 100_000
FOUND = """
FROM {publicity} p
WHERE {at} AND ($2 OR p.unit = $3) AND ($4::text IS NULL OR p.unit = $4)
  AND ($5::date IS NULL OR p.held_on >= $5)
  AND ($6::date IS NULL OR p.held_on <= $6)"""
LISTED = statement(f"""
SELECT p.activity_id, p.unit, p.held_on, p.means, p.place, p.area, p.sessions,
       p.people, p.leaflets {FOUND}
ORDER BY p.held_on DESC, p.activity_id LIMIT $7""")
SUMS = """
count(*) AS activities, COALESCE(sum(p.sessions), 0)::bigint AS sessions,
COALESCE(sum(p.people), 0)::bigint AS people,
COALESCE(sum(p.leaflets), 0)::bigint AS leaflets"""
# No row for nothing: the sum of all stands in a row of its own, without unit and week.
COUNTED = statement(f"""
SELECT p.unit, date_trunc('week', p.held_on)::date AS week, {SUMS} {FOUND}
GROUP BY GROUPING SETS ((p.unit), (date_trunc('week', p.held_on)), ())
ORDER BY week DESC NULLS FIRST, p.unit NULLS FIRST""")


class Filters(BaseModel):
    """Which activities; every filter stands in the address."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    unit: Annotated[str | None, Field(max_length=8)] = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class Activity:
    """One activity as it was logged."""

    activity_id: UUID
    unit: str
    held_on: date
    means: str
    place: str
    area: str | None
    sessions: int
    people: int
    leaflets: int


@dataclass(frozen=True)
class Sum:
    """Activities, sessions, people and leaflets: of a unit, of a week, or of all.

    `week` is its Monday.
    """

    unit: str | None
    week: date | None
    activities: int
    sessions: int
    people: int
    leaflets: int


@dataclass(frozen=True)
class Publicity:
    """The activities by filter, with their sums."""

    lines: Sequence[Activity]
    total: Sum
    units: Sequence[Sum]
    weeks: Sequence[Sum]


async def publicity(
    running: Running, asking: Asking, filters: Filters, limit: int = SHOWN
) -> Answer[Publicity]:
    """Return the asker's unit's activities; all of them for who sees all."""
    at = asking.as_of
    who = (at, asking.sees_all, asking.actor.unit)
    chosen = (*who, filters.unit, filters.from_on, filters.to_on)
    async with reading(running) as connection:
        of = await completed(running, connection, ("publicity",))
        listed = await connection.fetch(LISTED.at(at), *chosen, limit)
        counted = await connection.fetch(COUNTED.at(at), *chosen)
    sums = [Sum(**one) for one in counted]
    (total,) = (one for one in sums if one.unit is None and one.week is None)
    found = Publicity(
        lines=[Activity(**one) for one in listed],
        total=total,
        units=[one for one in sums if one.unit is not None],
        weeks=[one for one in sums if one.week is not None],
    )
    return Answer(found, of)
