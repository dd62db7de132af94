"""The register of incidents 突发事件台账: what waits for a response, and S24."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from libs.calendar.local_days import EARLIEST, end_of_day, start_of_day
from libs.events.views.history import rows
from libs.service.parts import Running
from services.reporting.reading.asking import (
    LATEST,
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.views.incident import VIEW, IncidentRow

MOST = 300
# What nobody has responded to comes first, then by its date; closed ones last.
LISTED = statement("""
SELECT * FROM {incident} i
WHERE {at} AND ($2 OR i.parties ? $3)
  AND ($4::timestamptz IS NULL OR COALESCE(i.reported_at, i.warned_at) >= $4)
  AND ($5::timestamptz IS NULL OR COALESCE(i.reported_at, i.warned_at) < $5)
ORDER BY i.result IS NOT NULL, i.responded_at IS NOT NULL,
         i.respond_by NULLS LAST, i.warned_at DESC NULLS LAST, i.stream
LIMIT $6""")
# S24: a group incident is one of ten people and more (domain §4.2).
COUNTED = statement("""
SELECT count(*) FILTER (WHERE i.kind = 'group' AND i.people >= 10) AS group_incidents,
       COALESCE(sum(i.people) FILTER (
         WHERE i.kind = 'group' AND i.people >= 10), 0)::bigint AS group_people,
       count(*) FILTER (WHERE i.kind = 'extreme') AS extreme,
       count(*) FILTER (WHERE i.grade = 'i') AS grade_i,
       count(*) FILTER (WHERE i.grade = 'ii') AS grade_ii,
       count(*) FILTER (WHERE i.grade = 'iii') AS grade_iii
FROM {incident} i
WHERE {at} AND ($2 OR i.parties ? $3) AND i.reported_at IS NOT NULL
  AND i.result IS DISTINCT FROM 'unfounded'
  AND ($4::timestamptz IS NULL OR i.reported_at >= $4)
  AND ($5::timestamptz IS NULL OR i.reported_at < $5)""")
MAJOR = statement("""
SELECT count(*) FROM {opinion} o
WHERE {at} AND ($2 OR o.unit = $3) AND o.grade = 'major'
  AND ($4::timestamptz IS NULL OR o.first_seen_at >= $4)
  AND ($5::timestamptz IS NULL OR o.first_seen_at < $5)""")
WAITING = """
SELECT count(*) FROM incident i WHERE i.grade IS NOT NULL AND i.result IS NULL
  AND i.responded_at IS NULL AND ($1 OR i.unit = $2)"""


# Beyond these an instant of it has no place in UTC.
Day = Annotated[date, Field(ge=EARLIEST.date(), le=LATEST.date())]


class Period(BaseModel):
    """From the first to the last day, both included; None: no bound."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    from_on: Day | None = None
    to_on: Day | None = None

    @property
    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """Return the instants between which it lies, in UTC."""
        first = start_of_day(self.from_on) if self.from_on else None
        return first, end_of_day(self.to_on) if self.to_on else None


@dataclass(frozen=True)
class Counts:
    """S24 of a period: incidents that were reported and did not prove unfounded."""

    group_incidents: int
    group_people: int
    extreme: int
    grade_i: int
    grade_ii: int
    grade_iii: int
    major_opinions: int


@dataclass(frozen=True)
class Incidents:
    """Incidents and warnings that the asker may see, with their counts."""

    lines: Sequence[IncidentRow]
    counts: Counts


async def incidents(
    running: Running, asking: Asking, period: Period
) -> Answer[Incidents]:
    """Return the incidents of a period; all of them for who sees all."""
    who = (asking.as_of, asking.sees_all, asking.actor.unit, *period.bounds)
    async with reading(running) as connection:
        of = await completed(running, connection, ("incident", "opinion"))
        listed = await connection.fetch(LISTED.at(asking.as_of), *who, MOST)
        counted = await connection.fetchrow(COUNTED.at(asking.as_of), *who)
        major = await connection.fetchval(MAJOR.at(asking.as_of), *who)
    counts = Counts(**counted, major_opinions=major)
    return Answer(Incidents(rows(VIEW, listed), counts), of)


async def unanswered(running: Running, asking: Asking) -> int:
    """Return how many incidents wait for a first response of the asker's unit.

    The leading-group office is told of all (F-1.5).
    """
    office = asking.actor.role == "leading-group"
    return int(await running.pool.fetchval(WAITING, office, asking.actor.unit))
