"""The trail: what happened to a case, event by event, with who and from what cause."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)

OF_CASE = statement("""
SELECT * FROM {trail} t WHERE {at} AND t.case_id = $2 AND t.type <> 'ClaimListed'
ORDER BY t.recorded_at, t.service, t.seq""")
ONE = "SELECT * FROM trail WHERE event_id = $1"
PARTIES = "SELECT parties FROM case_file WHERE case_id = $1"
EFFECTS = """
SELECT * FROM trail WHERE correlation_id = $1 AND causation_id = $2
ORDER BY recorded_at, event_id LIMIT 200"""
MANY = "SELECT * FROM trail WHERE event_id = ANY($1)"


@dataclass(frozen=True)
class Happened:
    """One event as pages show it; `said` is its own fields."""

    event_id: UUID
    service: str
    seq: int
    stream: str
    stream_version: int
    type: str
    schema_version: int
    recorded_at: datetime
    occurred_at: datetime | None
    precision: str
    case_id: UUID | None
    actor_id: UUID
    role: str
    unit: str
    source: str
    serial: str | None
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    said: Mapping[str, Any]

    @property
    def trace_id(self) -> str | None:
        """Return the trace that the event belongs to (W3C traceparent)."""
        return self.traceparent.split("-")[1] if self.traceparent else None


@dataclass(frozen=True)
class Story:
    """One event, what caused it, and what it caused."""

    event: Happened
    cause: Happened | None
    effects: Sequence[Happened]
    parties: tuple[str, ...] | None


def happened(record: Mapping[str, Any]) -> Happened:
    """Return a record of the trail."""
    names = [name for name in Happened.__dataclass_fields__ if name != "said"]
    said = record["data"]
    fields = json.loads(said) if isinstance(said, str) else said
    return Happened(**{name: record[name] for name in names}, said=fields)


async def of_case(
    connection: asyncpg.Connection, case_id: UUID, as_of: datetime | None
) -> list[Happened]:
    """Return a case's events in the order they were recorded."""
    rows = await connection.fetch(OF_CASE.at(as_of), as_of, case_id)
    return [happened(row) for row in rows]


async def by_ids(
    connection: asyncpg.Connection, event_ids: Sequence[UUID]
) -> dict[UUID, Happened]:
    """Return events by their ids."""
    rows = await connection.fetch(MANY, list(event_ids))
    return {row["event_id"]: happened(row) for row in rows}


async def story(
    running: Running, _asking: Asking, event_id: UUID
) -> Answer[Story] | None:
    """Return one event with its cause and effects; None when there is no such."""
    async with reading(running) as connection:
        of = await completed(running, connection, ("trail",))
        row = await connection.fetchrow(ONE, event_id)
        if row is None:
            return None
        event = happened(row)
        cause = None
        if event.causation_id is not None:
            cause = (await by_ids(connection, [event.causation_id])).get(
                event.causation_id
            )
        effects = await connection.fetch(EFFECTS, event.correlation_id, event_id)
        parties = await _parties(connection, event.case_id)
    told = Story(event, cause, [happened(one) for one in effects], parties)
    return Answer(told, of)


async def _parties(
    connection: asyncpg.Connection, case_id: UUID | None
) -> tuple[str, ...] | None:
    """Return the units that may see the event's case; None: it is of no case."""
    if case_id is None:
        return None
    said = await connection.fetchval(PARTIES, case_id)
    return tuple(json.loads(said)) if said else ()
