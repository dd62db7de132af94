"""Counting: figures by unit and for all, and the facts behind any one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from libs.calendar.local_days import EARLIEST
from services.reporting.figures.indicator import MEASURES, Indicator
from services.reporting.figures.indicators import BY_ID, INDICATORS

# `net` lets "people" leave out a worker whose payments were all reversed.
COUNT = """
WITH listed AS ({listed}),
chosen AS (SELECT *, SUM(amount) OVER (PARTITION BY subject) AS net FROM listed
           WHERE at >= $2 AND at < $3)
SELECT unit, {measure} AS value FROM chosen
GROUP BY GROUPING SETS ((unit), ()) ORDER BY unit NULLS FIRST"""
LIST = """
WITH listed AS ({listed})
SELECT event_id, case_id, subject, amount, at, unit FROM listed
WHERE at >= $2 AND at < $3 AND ($4::text IS NULL OR unit = $4)
ORDER BY at, event_id LIMIT $5"""


@dataclass(frozen=True)
class Span:
    """A period: its first instant and the first after it, as known at a time."""

    known_at: datetime
    starts_at: datetime
    ends_at: datetime

    def cumulative(self) -> "Span":
        """Return everything up to the end of the period."""
        return Span(self.known_at, EARLIEST, self.ends_at)


@dataclass(frozen=True)
class Fact:
    """One counted fact: the event to open, its case, unit, amount (fen) and time.

    A fact of no case (a zero report) has None there.
    """

    event_id: UUID
    case_id: UUID | None
    subject: UUID
    amount: int
    at: datetime
    unit: str | None


Values = Mapping[str | None, int]
"""A figure's value by unit; under None the value of all units together."""


async def count(
    connection: asyncpg.Connection, indicator: Indicator, span: Span
) -> Values:
    """Return a figure by unit for one period."""
    measure = MEASURES[indicator.measure]
    statement = COUNT.format(listed=indicator.list, measure=measure)
    rows = await connection.fetch(
        statement, span.known_at, span.starts_at, span.ends_at
    )
    return {row["unit"]: row["value"] for row in rows}


async def explain(
    connection: asyncpg.Connection, indicator: str, span: Span, unit: str | None
) -> Sequence[Fact]:
    """Return the facts behind a figure, at most 10,000, oldest first.

    Raises KeyError for an unknown indicator.
    """
    statement = LIST.format(listed=BY_ID[indicator].list)
    rows = await connection.fetch(
        statement, span.known_at, span.starts_at, span.ends_at, unit, 10_000
    )
    return [Fact(**row) for row in rows]


@dataclass(frozen=True)
class Row:
    """One indicator of a table: by unit, new in the period and up to its end."""

    indicator: Indicator
    new: Values
    total: Values


async def said_of(
    connection: asyncpg.Connection, indicator: Indicator, span: Span
) -> Values:
    """Return a flow as new in the period, a stock as it stands at its end."""
    span = span if indicator.flow else span.cumulative()
    return await count(connection, indicator, span)


async def table(connection: asyncpg.Connection, span: Span) -> Sequence[Row]:
    """Return every indicator for one period, from the same known time."""
    rows = []
    for indicator in INDICATORS:
        total = await count(connection, indicator, span.cumulative())
        new = await count(connection, indicator, span) if indicator.flow else {}
        rows.append(Row(indicator, new, total))
    return rows
