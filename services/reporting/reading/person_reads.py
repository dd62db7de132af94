"""Readings of persons' data 个人信息查看记录: who read whose, of what, why (PIPL 54).

One line a reading, correction or erasure, as intake recorded it before anything was
shown; persons are counted here and never named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, get_args
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
Kind = Literal["PersonDataRead", "PersonDataCorrected", "PersonDataErased"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# A correction or an erasure names the one person that it was about.
FOUND = """
FROM {trail} t
WHERE {at} AND t.type IN ('PersonDataRead', 'PersonDataCorrected', 'PersonDataErased')
  AND ($2::text IS NULL OR t.type = $2) AND ($3::text IS NULL OR t.unit = $3)
  AND ($4::text IS NULL OR t.data->>'person_id' = $4
       OR t.data->'person_ids' ? $4)"""
PERSONS = "COALESCE(jsonb_array_length(t.data->'person_ids'), 1)"
LISTED = statement(f"""
SELECT t.event_id, t.recorded_at AS at, t.type AS kind, t.actor_id, t.role, t.unit,
       {PERSONS} AS persons, t.data->>'reason' AS reason, t.data->>'outlet' AS outlet,
       t.data->>'kept_in' AS kept_in,
       ARRAY(SELECT jsonb_array_elements_text(
           COALESCE(t.data->'fields', '[]'::jsonb))) AS fields {FOUND}
ORDER BY t.recorded_at DESC, t.event_id LIMIT $5""")
SUMS = statement(f"""
SELECT t.unit, t.data->>'reason' AS reason, count(*) AS readings,
       sum({PERSONS})::bigint AS persons {FOUND}
  AND t.type = 'PersonDataRead'
GROUP BY t.unit, t.data->>'reason' ORDER BY persons DESC, t.unit, reason""")


class Filters(BaseModel):
    """Which readings; every filter stands in the address."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    kind: Kind | None = None
    unit: Annotated[str | None, Field(max_length=8)] = None
    person: UUID | None = None


@dataclass(frozen=True)
class Read:
    """One act on persons' data: who, when, of how many, which fields, and why."""

    event_id: UUID
    at: datetime
    kind: str
    actor_id: UUID
    role: str
    unit: str
    persons: int
    reason: str
    outlet: str | None
    kept_in: str | None
    fields: Sequence[str]


@dataclass(frozen=True)
class ReadSum:
    """How often a unit read for a reason, and of how many persons, repeats included."""

    unit: str
    reason: str
    readings: int
    persons: int


@dataclass(frozen=True)
class PersonReads:
    """The newest readings that fit, and the sums of all that fit."""

    lines: Sequence[Read]
    sums: Sequence[ReadSum]


async def person_reads(
    running: Running, asking: Asking, filters: Filters
) -> Answer[PersonReads]:
    """Return them, the newest first, also as known then."""
    person = str(filters.person) if filters.person else None
    asked = (asking.as_of, filters.kind, filters.unit, person)
    async with reading(running) as connection:
        of = await completed(running, connection, ("trail",))
        lines = await connection.fetch(LISTED.at(asking.as_of), *asked, SHOWN)
        sums = await connection.fetch(SUMS.at(asking.as_of), *asked)
    found = PersonReads(
        [Read(**one) for one in lines], [ReadSum(**one) for one in sums]
    )
    return Answer(found, of)
