"""Questions to the trace store: a trace, a complaint over all services, a search."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg
import orjson
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.traces.picture import Picture, picture_of
from services.reporting.traces.span import Key, Kind, Link, StoredSpan

# A picture beyond this is cut and says so.
MOST_SPANS = 2000
# Rounds of cause and effect: a fact that went through all services takes about ten.
_MOST_ROUNDS = 64

BY_TRACE = "SELECT * FROM trace_span WHERE trace_id = $1 ORDER BY started_ns LIMIT $2"

BY_SUBJECT = """
SELECT DISTINCT correlation_id FROM (
    SELECT correlation_id FROM trace_span WHERE case_id = $1
    UNION ALL
    SELECT correlation_id FROM trace_link WHERE case_id = $1
) AS about
WHERE correlation_id IS NOT NULL
"""

# What names the correlation itself: a command's span, or a page by one of its links.
NAMED = """
SELECT trace_id, span_id FROM trace_span WHERE correlation_id = ANY($1::uuid[])
UNION
SELECT trace_id, span_id FROM trace_link WHERE correlation_id = ANY($1::uuid[])
LIMIT $2
"""

# From what is known, one step on: parents, the children that are about nothing else
# (a page's children for other complaints name those), and what links to a known span
# or is linked from it. A link that names another complaint is not followed.
ONE_STEP = """
WITH known AS (
    SELECT * FROM unnest($1::text[], $2::text[]) AS key (trace_id, span_id)
)
SELECT parent.trace_id, parent.span_id FROM known
    JOIN trace_span AS child USING (trace_id, span_id)
    JOIN trace_span AS parent
        ON parent.trace_id = child.trace_id AND parent.span_id = child.parent_id
UNION
SELECT child.trace_id, child.span_id FROM known
    JOIN trace_span AS child
        ON child.trace_id = known.trace_id AND child.parent_id = known.span_id
    WHERE child.correlation_id IS NULL OR child.correlation_id = ANY($3::uuid[])
UNION
SELECT link.trace_id, link.span_id FROM known
    JOIN trace_link AS link
        ON link.linked_trace_id = known.trace_id AND link.linked_span_id = known.span_id
    JOIN trace_span AS span
        ON span.trace_id = link.trace_id AND span.span_id = link.span_id
    WHERE (link.correlation_id IS NULL OR link.correlation_id = ANY($3::uuid[]))
      AND (span.correlation_id IS NULL OR span.correlation_id = ANY($3::uuid[]))
UNION
SELECT span.trace_id, span.span_id FROM known
    JOIN trace_link AS link USING (trace_id, span_id)
    JOIN trace_span AS span
        ON span.trace_id = link.linked_trace_id AND span.span_id = link.linked_span_id
    WHERE link.correlation_id = ANY($3::uuid[])
       OR (link.correlation_id IS NULL
           AND (span.correlation_id IS NULL OR span.correlation_id = ANY($3::uuid[])))
LIMIT $4
"""

SPANS = """
SELECT span.* FROM trace_span AS span
    JOIN unnest($1::text[], $2::text[]) AS key (trace_id, span_id)
        USING (trace_id, span_id)
ORDER BY span.started_ns, span.seq
"""

LINKS = """
SELECT link.* FROM trace_link AS link
    JOIN unnest($1::text[], $2::text[]) AS owner (trace_id, span_id)
        USING (trace_id, span_id)
    JOIN unnest($1::text[], $2::text[]) AS target (trace_id, span_id)
        ON target.trace_id = link.linked_trace_id
       AND target.span_id = link.linked_span_id
ORDER BY link.trace_id, link.span_id, link.ordinal
"""

SEARCH = """
SELECT * FROM trace_span
WHERE ($1::text IS NULL OR service = $1)
  AND ($2::text IS NULL OR operation ILIKE '%' || $2 || '%')
  AND ended_ns - started_ns >= $3
  AND (NOT $4 OR failed)
  AND ($5::uuid IS NULL OR correlation_id = $5 OR case_id = $5)
  AND ($6::bigint IS NULL OR seq < $6)
  AND (NOT $7 OR parent_id IS NULL)
ORDER BY seq DESC
LIMIT $8
"""


class Search(BaseModel):
    """What an operator looks for; `about` is a correlation or case id.

    `at_least_ms` is milliseconds; `before` is the last row of the page before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    service: str | None = None
    operation: str | None = None
    at_least_ms: float = Field(default=0, ge=0, le=86_400_000)
    failed_only: bool = False
    about: UUID | None = None
    before: int | None = None
    roots_only: bool = True
    limit: int = Field(default=50, ge=1, le=500)


async def search(pool: asyncpg.Pool, wanted: Search) -> list[tuple[int, StoredSpan]]:
    """Return the newest spans that fit, each with its row number for paging."""
    rows = await pool.fetch(
        SEARCH,
        wanted.service,
        _literal(wanted.operation),
        int(wanted.at_least_ms * 1_000_000),
        wanted.failed_only,
        wanted.about,
        wanted.before,
        wanted.roots_only,
        wanted.limit,
    )
    return [(row["seq"], _span(row)) for row in rows]


def _literal(text: str | None) -> str | None:
    if text is None:
        return None
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def trace_picture(pool: asyncpg.Pool, trace_id: str) -> Picture | None:
    """Return one trace as a picture; None when no span of it is kept."""
    rows = await pool.fetch(BY_TRACE, trace_id, MOST_SPANS + 1)
    if not rows:
        return None
    spans = [_span(row) for row in rows[:MOST_SPANS]]
    links = await _links(pool, [span.key for span in spans])
    return picture_of(spans, links, cut=len(rows) > MOST_SPANS)


async def story(pool: asyncpg.Pool, correlations: Iterable[UUID]) -> Picture | None:
    """Return all that happened to the given complaints, over all services, as one.

    Joined by parents, links and correlation. A page of many messages is shown with
    what it did for these complaints only. None when nothing is kept.
    """
    ids = sorted(set(correlations))
    named = await pool.fetch(NAMED, ids, MOST_SPANS + 1)
    known: set[Key] = {(row[0], row[1]) for row in named}
    fresh = known
    for _ in range(_MOST_ROUNDS):
        if not fresh or len(known) > MOST_SPANS:
            break
        step = await pool.fetch(ONE_STEP, *_columns(fresh), ids, MOST_SPANS + 1)
        fresh = {(row[0], row[1]) for row in step} - known
        known |= fresh
    if not known:
        return None
    rows = await pool.fetch(SPANS, *_columns(known))
    spans = [_span(row) for row in rows[:MOST_SPANS]]
    links = await _links(pool, [span.key for span in spans])
    return picture_of(spans, links, cut=len(rows) > MOST_SPANS)


async def story_of_case(pool: asyncpg.Pool, case_id: UUID) -> Picture | None:
    """Return what happened to a case: of every complaint its spans name."""
    rows = await pool.fetch(BY_SUBJECT, case_id)
    return await story(pool, [row[0] for row in rows])


async def edges(
    pool: asyncpg.Pool, correlation_id: UUID
) -> set[tuple[str, str, str, str]]:
    """Return every edge (service, operation, service, operation) of one complaint."""
    seen = await story(pool, [correlation_id])
    return seen.edge_set() if seen is not None else set()


async def _links(pool: asyncpg.Pool, keys: Sequence[Key]) -> list[Link]:
    return [_link(row) for row in await pool.fetch(LINKS, *_columns(keys))]


def _columns(keys: Iterable[Key]) -> tuple[list[str], list[str]]:
    ordered = sorted(keys)
    return [key[0] for key in ordered], [key[1] for key in ordered]


def _span(row: asyncpg.Record) -> StoredSpan:
    return StoredSpan(
        trace_id=row["trace_id"],
        span_id=row["span_id"],
        parent_id=row["parent_id"],
        service=row["service"],
        operation=row["operation"],
        kind=Kind(row["kind"]),
        started_ns=row["started_ns"],
        ended_ns=row["ended_ns"],
        failed=row["failed"],
        correlation_id=row["correlation_id"],
        case_id=row["case_id"],
        attributes=orjson.loads(row["attributes"]),
    )


def _link(row: asyncpg.Record) -> Link:
    return Link(
        owner=(row["trace_id"], row["span_id"]),
        ordinal=row["ordinal"],
        target=(row["linked_trace_id"], row["linked_span_id"]),
        message_id=row["message_id"],
        event_type=row["event_type"],
        correlation_id=row["correlation_id"],
        case_id=row["case_id"],
    )
