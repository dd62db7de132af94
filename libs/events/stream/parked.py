"""Parked: events a consumer could not apply, and the later ones of their streams."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson

from libs.events.stream.consumers import Item
from libs.events.stream.envelope import Copy, from_record, to_record

B = "SELECT DISTINCT consumer, stream FROM parked WHERE consumer = ANY($1)"
PARK = """
INSERT INTO parked (
    consumer, event_id, service, stream, seq, type, recorded_at, topic, partition, idx,
    kafka_offset, reason, error_code, record_value, record_headers
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (consumer, event_id) DO NOTHING
"""
COLUMNS = """
    consumer, event_id, service, stream, seq, type, recorded_at, topic, partition,
    idx AS index, reason, error_code, attempts, parked_at, retry_asked
"""
LIST = f"""
SELECT {COLUMNS} FROM parked
WHERE ($1::text IS NULL OR consumer = $1) ORDER BY consumer, recorded_at LIMIT $2
"""  # noqa: S608 -- a constant list of columns.
ONE = f"SELECT {COLUMNS} FROM parked WHERE consumer = $1 AND event_id = $2"  # noqa: S608
HOLD = "SELECT FROM parked WHERE consumer = $1 AND event_id = $2 FOR UPDATE"
RECORDS = """
SELECT record_value, record_headers, topic, partition, kafka_offset
FROM parked WHERE consumer = $1 AND stream = $2 ORDER BY seq
"""
ASKED = """
SELECT DISTINCT consumer, stream, topic, partition FROM parked
WHERE retry_asked AND consumer = ANY($1) LIMIT 100
"""
ASK = """
UPDATE parked SET retry_asked = true
WHERE ($1::text IS NULL OR consumer = $1) AND ($2::text IS NULL OR stream = $2)
"""
COUNT = """
SELECT count(*) FROM parked
WHERE ($1::text IS NULL OR consumer = $1) AND ($2::text IS NULL OR stream = $2)
"""
REMOVE = "DELETE FROM parked WHERE consumer = $1 AND event_id = $2"
FAILED = """
UPDATE parked
SET retry_asked = false,
    attempts = attempts + CASE WHEN event_id = $3 THEN 1 ELSE 0 END,
    error_code = CASE WHEN event_id = $3 THEN $4 ELSE error_code END,
    reason = CASE WHEN event_id = $3 THEN $5 ELSE reason END
WHERE consumer = $1 AND stream = $2
"""
EARLIEST = """
SELECT consumer, service, min(recorded_at) FROM parked WHERE consumer = ANY($1)
GROUP BY consumer, service
"""


@dataclass(frozen=True)
class Parked:
    """An event that waits for an operator; `behind` waits for an earlier one."""

    consumer: str
    event_id: UUID
    service: str
    stream: str
    seq: int
    type: str
    recorded_at: datetime
    topic: str
    partition: int
    index: int
    reason: str
    error_code: str | None
    attempts: int
    parked_at: datetime
    retry_asked: bool


class NotParked(LookupError):
    """No such event is parked for that consumer."""


async def listed(
    connection: asyncpg.Connection | asyncpg.Pool,
    consumer: str | None = None,
    limit: int = 1000,
) -> list[Parked]:
    """Return what is parked, of one consumer or of all, oldest facts first."""
    return [Parked(**row) for row in await connection.fetch(LIST, consumer, limit)]


async def show(
    connection: asyncpg.Connection | asyncpg.Pool, consumer: str, event_id: UUID
) -> Parked:
    """Return one parked event; raises NotParked."""
    row = await connection.fetchrow(ONE, consumer, event_id)
    if row is None:
        raise NotParked(f"{event_id} is not parked for {consumer}")
    return Parked(**row)


async def count(
    connection: asyncpg.Connection | asyncpg.Pool,
    consumer: str | None = None,
    stream: str | None = None,
) -> int:
    """Count what is parked: of one consumer, one stream, or in all."""
    found: int = await connection.fetchval(COUNT, consumer, stream)
    return found


async def retry(
    connection: asyncpg.Connection | asyncpg.Pool,
    consumer: str | None = None,
    stream: str | None = None,
) -> int:
    """Ask the running subscription to try again; return for how many events.

    It takes up to a hundred streams a second, and applies each in its order.
    """
    done: str = await connection.execute(ASK, consumer, stream)
    return int(done.removeprefix("UPDATE "))


async def hold(connection: asyncpg.Connection, consumer: str, event_id: UUID) -> bool:
    """Keep others from applying a parked event until the transaction ends.

    Says whether it is parked.
    """
    return await connection.fetchrow(HOLD, consumer, event_id) is not None


async def drop(connection: asyncpg.Connection, consumer: str, event_id: UUID) -> Parked:
    """Remove one parked event for good; the rest of its stream is tried again.

    The caller appends ParkedEventDropped, with the reason, before. Raises NotParked.
    """
    found = await show(connection, consumer, event_id)
    await connection.execute(REMOVE, consumer, event_id)
    await retry(connection, consumer, found.stream)
    return found


async def earliest(
    connection: asyncpg.Connection | asyncpg.Pool, consumers: Collection[str]
) -> dict[str, dict[str, datetime]]:
    """Return the first time a parked event was recorded at, by consumer and service."""
    found: dict[str, dict[str, datetime]] = {}
    for consumer, service, at in await connection.fetch(EARLIEST, list(consumers)):
        found.setdefault(consumer, {})[service] = at
    return found


async def blocked(
    connection: asyncpg.Connection, consumers: Collection[str]
) -> set[tuple[str, str]]:
    """Return (consumer, stream) of every stream that waits."""
    rows = await connection.fetch(B, list(consumers))
    return {(row["consumer"], row["stream"]) for row in rows}


async def asked(
    connection: asyncpg.Pool, consumers: Collection[str]
) -> list[asyncpg.Record]:
    """Return consumer, stream, topic and partition of what is to be tried again."""
    rows: list[asyncpg.Record] = await connection.fetch(ASKED, list(consumers))
    return rows


@dataclass(frozen=True)
class Waiting:
    """An item to be parked, and why; the error's name, never its text."""

    item: Item
    reason: str
    error_code: str | None = None


def sorted_out(
    name: str, items: Iterable[Item], held: set[tuple[str, str]]
) -> tuple[list[Item], list[Waiting]]:
    """Part items in those to apply and those that wait; skipped ones are neither."""
    free: list[Item] = []
    wait: list[Waiting] = []
    for item in items:
        place = (name, item.recorded.stream)
        if item.trouble:
            held.add(place)
            wait.append(Waiting(item, item.trouble))
        elif place in held:
            wait.append(Waiting(item, "behind"))
        elif not item.is_skipped:
            free.append(item)
    return free, wait


async def park(
    connection: asyncpg.Connection, consumer: str, items: Iterable[Waiting]
) -> None:
    """Park items; one that is parked already stays as it is."""
    rows = [_row(consumer, waiting) for waiting in items]
    if rows:
        await connection.executemany(PARK, rows)


def _row(consumer: str, waiting: Waiting) -> tuple[object, ...]:
    copy, row = waiting.item.copy, waiting.item.recorded
    _, value, headers = to_record(row, copy.index)
    texts = [[name, text.decode()] for name, text in headers]
    return (
        *(consumer, row.id, row.service, row.stream, row.seq, row.type),
        *(row.recorded_at, copy.topic, copy.partition, copy.index, copy.offset),
        *(waiting.reason, waiting.error_code, value, orjson.dumps(texts).decode()),
    )


@dataclass(frozen=True)
class _Kept:
    """A parked record as a Kafka client would hand it over."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]]


async def waiting(connection: asyncpg.Pool, consumer: str, stream: str) -> list[Copy]:
    """Return a stream's parked copies in order."""
    copies = []
    for row in await connection.fetch(RECORDS, consumer, stream):
        headers = {n: t.encode() for n, t in orjson.loads(row["record_headers"])}
        kept = _Kept(
            topic=row["topic"],
            partition=row["partition"],
            offset=row["kafka_offset"],
            key=headers["ce_partitionkey"],
            value=row["record_value"],
            headers=list(headers.items()),
        )
        copy = from_record(kept)
        if isinstance(copy, Copy):
            copies.append(copy)
    return copies


async def remove(
    connection: asyncpg.Connection | asyncpg.Pool, consumer: str, event_id: UUID
) -> bool:
    """Forget a parked event that is applied now; say whether it was still there."""
    done: str = await connection.execute(REMOVE, consumer, event_id)
    return done != "DELETE 0"


async def failed_again(
    connection: asyncpg.Pool, consumer: str, stream: str, found: Waiting
) -> None:
    """Note that a stream still waits, because of one event."""
    event_id = found.item.recorded.id
    await connection.execute(
        FAILED, consumer, stream, event_id, found.error_code, found.reason
    )
