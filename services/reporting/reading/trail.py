"""The trail: what happened to a case, event by event, with who and from what cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from libs.events.event import Actor
from libs.service.parts import Running
from libs.visibility import hears
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.views.trail import REGISTER

OF_CASE = statement("""
SELECT * FROM {trail} t WHERE {at} AND t.case_id = $2 AND t.type <> 'ClaimListed'
ORDER BY t.recorded_at, t.service, t.seq""")
ONE = "SELECT * FROM trail WHERE event_id = $1"
PARTIES = "SELECT case_id, parties FROM case_file WHERE case_id = ANY($1)"
EFFECTS = """
SELECT * FROM trail WHERE correlation_id = $1 AND causation_id = $2
ORDER BY recorded_at, event_id LIMIT 200"""
MANY = "SELECT * FROM trail WHERE event_id = ANY($1)"
# A stream ends with the id of what it is about; the types are there for the index.
SINCE = """
SELECT * FROM trail
WHERE type = ANY($3) AND recorded_at > $2
  AND (case_id = ANY($1) OR right(stream, 36) = ANY($1::uuid[]::text[]))
ORDER BY recorded_at DESC, service, seq DESC LIMIT 20"""


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
    """One event, what caused it, and what it caused, as far as the asker sees them."""

    event: Happened
    cause: Happened | None
    effects: Sequence[Happened]


# All but the last, in their order: a cell's list has thousands of them.
_PLAIN = itemgetter(*(name for name in Happened.__dataclass_fields__ if name != "said"))


def happened(record: Mapping[str, Any]) -> Happened:
    """Return a record of the trail."""
    said = record["data"]
    fields = orjson.loads(said) if isinstance(said, str) else said
    return Happened(*(*_PLAIN(record), fields))


async def of_case(
    connection: asyncpg.Connection, case_id: UUID, as_of: datetime | None
) -> list[Happened]:
    """Return a case's events in the order they were recorded."""
    rows = await connection.fetch(OF_CASE.at(as_of), as_of, case_id)
    return [happened(row) for row in rows]


async def by_ids(
    connection: asyncpg.Connection, event_ids: Sequence[UUID]
) -> dict[UUID, Happened]:
    """Return events by their ids, in the order in which they are asked for."""
    rows = await connection.fetch(MANY, list(event_ids))
    found = {row["event_id"]: happened(row) for row in rows}
    return {this: found[this] for this in event_ids if this in found}


async def since(
    pool: asyncpg.Pool, ids: Sequence[UUID], at: datetime
) -> list[Happened]:
    """Return the latest events, at most twenty, recorded of these things since then."""
    types = [word.name for word in REGISTER.on]
    return [happened(row) for row in await pool.fetch(SINCE, ids, at, types)]


async def story(
    running: Running, asking: Asking, event_id: UUID
) -> Answer[Story] | None:
    """Return one event with its cause and effects; None: none that the asker sees."""
    async with reading(running) as connection:
        of = await completed(running, connection, ("trail",))
        row = await connection.fetchrow(ONE, event_id)
        if row is None:
            return None
        event = happened(row)
        causes = await by_ids(connection, [event.causation_id or event_id])
        effects = await connection.fetch(EFFECTS, event.correlation_id, event_id)
        after = [happened(one) for one in effects]
        every = [event, *causes.values(), *after]
        told = await _seen(connection, asking.actor, every)
    if event_id not in told:
        return None
    cause = told.get(event.causation_id) if event.causation_id else None
    seen = [one for one in after if one.event_id in told]
    return Answer(Story(event, cause, seen), of)


async def _seen(
    connection: asyncpg.Connection, actor: Actor, events: Sequence[Happened]
) -> Mapping[UUID, Happened]:
    """Return the events that somebody may see: a case's by how one stands to it.

    What is of no case is seen by the units that it names. Who operates sees that events
    are there, whosever they are: no personal data is in them.
    """
    if actor.role == "operator":
        return {one.event_id: one for one in events}
    cases = {one.case_id for one in events if one.case_id is not None}
    held = await connection.fetch(PARTIES, sorted(cases))
    parties = {row["case_id"]: orjson.loads(row["parties"]) for row in held}
    return {
        one.event_id: one
        for one in events
        if hears(actor, one.stream, _units(one, parties))
    }


def _units(event: Happened, parties: Mapping[UUID, Sequence[str]]) -> Sequence[str]:
    if event.case_id is not None:
        return parties.get(event.case_id, ())
    named = (event.said.get(name) for name in ("unit", "by_unit"))
    return [event.unit, *(str(unit) for unit in named if unit)]
