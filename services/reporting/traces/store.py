"""The trace store's tables: spans and links in, the oldest out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import asyncpg
import orjson

from services.reporting.traces.span import Link, StoredSpan

SQL = Path(__file__).parent / "sql"

LOCK = "SELECT pg_advisory_xact_lock(hashtext('trace_store'))"
APPLIED = "CREATE TABLE IF NOT EXISTS trace_migration (name text PRIMARY KEY)"
SEE_APPLIED = "SELECT name FROM trace_migration"
NOTE_APPLIED = "INSERT INTO trace_migration (name) VALUES ($1)"

INSERT_SPANS = """
INSERT INTO trace_span (trace_id, span_id, parent_id, service, operation, kind,
    started_ns, ended_ns, failed, correlation_id, case_id, attributes)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
    $6::smallint[], $7::bigint[], $8::bigint[], $9::boolean[], $10::uuid[],
    $11::uuid[], $12::text[])
ON CONFLICT DO NOTHING
"""

INSERT_LINKS = """
INSERT INTO trace_link (trace_id, span_id, ordinal, linked_trace_id, linked_span_id,
    message_id, event_type, correlation_id, case_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::text[],
    $6::uuid[], $7::text[], $8::uuid[], $9::uuid[])
ON CONFLICT DO NOTHING
"""

PRUNE = """
WITH gone AS (
    DELETE FROM trace_span
    WHERE seq <= (SELECT max(seq) FROM trace_span) - $1
       OR received_at < clock_timestamp() - $2::interval
    RETURNING trace_id, span_id
), unlinked AS (
    DELETE FROM trace_link USING gone
    WHERE trace_link.trace_id = gone.trace_id AND trace_link.span_id = gone.span_id
)
SELECT count(*) FROM gone
"""

COUNT = "SELECT (SELECT count(*) FROM trace_span), (SELECT count(*) FROM trace_link)"


@dataclass(frozen=True)
class Keep:
    """How much the store keeps: so many spans, and none received longer ago."""

    spans: int = 500_000
    age: timedelta = timedelta(days=14)


async def ensure(pool: asyncpg.Pool) -> None:
    """Bring the store's tables up to its numbered files; callers may race."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(LOCK)
        await connection.execute(APPLIED)
        done = {row["name"] for row in await connection.fetch(SEE_APPLIED)}
        for file in sorted(SQL.glob("*.sql")):
            if file.name not in done:
                await connection.execute(file.read_text())
                await connection.execute(NOTE_APPLIED, file.name)


async def insert(
    pool: asyncpg.Pool, spans: Sequence[StoredSpan], links: Sequence[Link]
) -> None:
    """Store a batch in one transaction; what is stored already is left as it is."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(INSERT_SPANS, *_span_columns(spans))
        if links:
            await connection.execute(INSERT_LINKS, *_link_columns(links))


async def prune(pool: asyncpg.Pool, keep: Keep) -> int:
    """Remove what is more or older than `keep`; returns how many spans went."""
    gone: int = await pool.fetchval(PRUNE, keep.spans, keep.age)
    return gone


async def count(pool: asyncpg.Pool) -> tuple[int, int]:
    """Return how many spans and links there are."""
    row = await pool.fetchrow(COUNT)
    return (row[0], row[1]) if row is not None else (0, 0)


def _span_columns(spans: Sequence[StoredSpan]) -> list[list[object]]:
    rows = [
        (
            span.trace_id,
            span.span_id,
            span.parent_id,
            span.service,
            span.operation,
            int(span.kind),
            span.started_ns,
            span.ended_ns,
            span.failed,
            span.correlation_id,
            span.case_id,
            orjson.dumps(span.attributes).decode(),
        )
        for span in spans
    ]
    return [list(column) for column in zip(*rows, strict=True)]


def _link_columns(links: Sequence[Link]) -> list[list[object]]:
    rows = [
        (
            *link.owner,
            link.ordinal,
            *link.target,
            link.message_id,
            link.event_type,
            link.correlation_id,
            link.case_id,
        )
        for link in links
    ]
    return [list(column) for column in zip(*rows, strict=True)]
