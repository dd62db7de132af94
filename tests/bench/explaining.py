"""The plans of the two slowest statements of the pages, run with EXPLAIN."""

from datetime import timedelta

import asyncpg

from services.reporting.figures.counting import LIST
from services.reporting.figures.indicators import BY_ID
from services.reporting.reading.ledger_statements import PAGE
from tests.bench.place import Place
from tests.bench.reading import FIRST, INDICATOR, UNFILTERED, middle

EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS) "
MOST = 10_000


async def plans(place: Place) -> str:
    """Return both plans, each the second time it runs: what it reads is in memory."""
    at = middle(place)
    week = FIRST + timedelta(days=7)
    listed = LIST.format(listed=BY_ID[INDICATOR].list)
    connection = await asyncpg.connect(place.ready["dsn"])
    try:
        page = await _plan(connection, PAGE.at(at), at, *UNFILTERED, None, None, 51)
        cell = await _plan(connection, listed, at, FIRST, week, None, MOST)
    finally:
        await connection.close()
    told = [
        ("The ledger's first page, as known at T", page),
        (f"The list behind a weekly cell ({INDICATOR}), as known at T", cell),
    ]
    return "\n\n".join(f"{title}\n\n{plan}" for title, plan in told) + "\n"


async def _plan(connection: asyncpg.Connection, statement: str, *values: object) -> str:
    await connection.fetch(statement, *values)
    rows = await connection.fetch(EXPLAIN + statement, *values)
    return "\n".join(row[0] for row in rows)
