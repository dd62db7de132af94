"""Counting: figures by unit and for all, and the facts behind any one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg

from libs.calendar.local_days import EARLIEST
from services.reporting.figures.indicator import MEASURES, Indicator
from services.reporting.figures.indicators import BY_ID, INDICATORS

# `net` lets "people" leave out a worker whose payments were all reversed. A period's
# figure and the one up to its end are of one list: it is asked once for both.
COUNT = """
WITH listed AS ({listed}),
chosen AS (SELECT *, at >= $2 AS is_new, SUM(amount) OVER subject AS net,
                  SUM(amount) FILTER (WHERE at >= $2) OVER subject AS new_net
           FROM listed WHERE at >= $4 AND at < $3
           WINDOW subject AS (PARTITION BY subject))
SELECT unit, {total} AS total, {new} AS new, COUNT(*) FILTER (WHERE is_new) AS news
FROM chosen GROUP BY GROUPING SETS ((unit), ()) ORDER BY unit NULLS FIRST"""
LIST = """
WITH listed AS ({listed})
SELECT event_id, case_id, subject, amount, at, unit FROM listed
WHERE at >= $2 AND at < $3 AND ($4::text IS NULL OR unit = $4)
ORDER BY at, event_id, subject, amount LIMIT $5"""


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


@dataclass(frozen=True)
class Row:
    """One indicator of a table: by unit, new in the period and up to its end."""

    indicator: Indicator
    new: Values
    total: Values


async def row(connection: asyncpg.Connection, indicator: Indicator, span: Span) -> Row:
    """Return a figure by unit, of the period and of everything up to its end."""
    measure = MEASURES[indicator.measure]
    statement = COUNT.format(
        listed=indicator.list,
        total=measure.format(of="true", net="net"),
        new=measure.format(of="is_new", net="new_net"),
    )
    rows = await connection.fetch(
        statement, span.known_at, span.starts_at, span.ends_at, EARLIEST
    )
    return Row(
        indicator,
        {r["unit"]: r["new"] for r in rows if r["news"] or r["unit"] is None},
        {r["unit"]: r["total"] for r in rows},
    )


async def count(
    connection: asyncpg.Connection, indicator: Indicator, span: Span
) -> Values:
    """Return a figure by unit for one period."""
    return (await row(connection, indicator, span)).new


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


async def said_of(
    connection: asyncpg.Connection, indicator: Indicator, span: Span
) -> Values:
    """Return a flow as new in the period, a stock as it stands at its end."""
    span = span if indicator.flow else span.cumulative()
    return await count(connection, indicator, span)


async def table(connection: asyncpg.Connection, span: Span) -> Sequence[Row]:
    """Return every indicator for one period, from the same known time."""
    found = [await row(connection, indicator, span) for indicator in INDICATORS]
    return [one if one.indicator.flow else replace(one, new={}) for one in found]
