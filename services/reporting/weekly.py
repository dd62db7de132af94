"""The weekly table 周统计: counted behind the watermark, published as bytes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.calendar import end_of_day, start_of_day
from libs.events.contracts.parts import CausedFigure
from libs.events.contracts.reporting import FigureCorrected
from services.reporting.campaign import Week, period_id
from services.reporting.figures.counting import Row, Span, Values, explain, said_of
from services.reporting.figures.indicator import Indicator
from services.reporting.figures.indicators import BY_ID, INDICATORS

ALL = "*"
"""The key of all units together in a published table."""

PUBLISHED = """
SELECT week, starts_on, ends_on, known_at, document FROM period
WHERE campaign_id = $1 AND document IS NOT NULL AND week < $2 ORDER BY week"""
LAST_SAID = """
SELECT DISTINCT ON (indicator, unit) indicator, unit, new FROM correction
WHERE campaign_id = $1 AND week = $2
ORDER BY indicator, unit, recorded_at DESC"""
LEARNT = """
SELECT event_id FROM trail
WHERE case_id = ANY($1::uuid[]) AND recorded_at > $2 AND recorded_at <= $3
  AND occurred_at < $4
ORDER BY recorded_at, event_id LIMIT 1000"""


def span_of(week: Week, known_at: datetime) -> Span:
    """Return a campaign week as a span of instants, known at a time."""
    return Span(known_at, start_of_day(week.starts_on), end_of_day(week.ends_on))


def document(week: Week, known_at: datetime, rows: Sequence[Row]) -> str:
    """Return the table's published text: the same facts give the same bytes."""
    said = {
        "week": week.number,
        "starts_on": week.starts_on.isoformat(),
        "ends_on": week.ends_on.isoformat(),
        "known_at": known_at.isoformat(),
        "figures": {
            row.indicator.id: {"new": _plain(row.new), "total": _plain(row.total)}
            for row in rows
        },
    }
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(values: Values) -> dict[str, int]:
    return {ALL if unit is None else unit: value for unit, value in values.items()}


async def corrections(
    connection: asyncpg.Connection, campaign_id: UUID, known_at: datetime, week: int
) -> tuple[FigureCorrected, ...]:
    """Return what earlier published weeks said otherwise than is known now."""
    found: list[FigureCorrected] = []
    for period in await connection.fetch(PUBLISHED, campaign_id, week):
        old = Week(period["week"], period["starts_on"], period["ends_on"])
        said = await _said(connection, campaign_id, period)
        span = span_of(old, known_at)
        for indicator in INDICATORS:
            now = _plain(await said_of(connection, indicator, span))
            for figure in _differences(indicator, old.number, said, now):
                events = await _late(connection, figure, span, period["known_at"])
                found.append(_correction(campaign_id, figure, events, week))
    return tuple(found)


async def _said(
    connection: asyncpg.Connection, campaign_id: UUID, period: Mapping[str, Any]
) -> dict[tuple[str, str], int]:
    """Return a week's figures as published and corrected since.

    Of a flow what was new in the week, of a stock how it stood at the week's end.
    """
    figures = json.loads(period["document"])["figures"]
    said = {
        (indicator, unit): value
        for indicator, columns in figures.items()
        if indicator in BY_ID
        for unit, value in columns[_column(BY_ID[indicator])].items()
    }
    for row in await connection.fetch(LAST_SAID, campaign_id, period["week"]):
        said[row["indicator"], row["unit"] or ALL] = row["new"]
    return said


def _column(indicator: Indicator) -> str:
    return "new" if indicator.flow else "total"


def _differences(
    indicator: Indicator,
    week: int,
    said: Mapping[tuple[str, str], int],
    now: Mapping[str, int],
) -> list[CausedFigure]:
    before = {unit: v for (name, unit), v in said.items() if name == indicator.id}
    return [
        CausedFigure(
            indicator=indicator.id,
            unit=None if unit == ALL else unit,
            week=week,
            old=before.get(unit, 0),
            new=now.get(unit, 0),
        )
        for unit in sorted({*now, *before})
        if before.get(unit, 0) != now.get(unit, 0)
    ]


async def _late(
    connection: asyncpg.Connection, figure: CausedFigure, span: Span, known_at: datetime
) -> tuple[UUID, ...]:
    """Return the late facts behind a figure's change.

    Of a flow: what it counts now and did not then, or the other way round. Of a stock:
    what was learnt since about cases that stand otherwise, and happened before its end.
    """
    flow = BY_ID[figure.indicator].flow
    span = span if flow else span.cumulative()
    now = await explain(connection, figure.indicator, span, figure.unit)
    then_span = Span(known_at, span.starts_at, span.ends_at)
    then = await explain(connection, figure.indicator, then_span, figure.unit)
    if flow:
        changed = {fact.event_id for fact in now} ^ {fact.event_id for fact in then}
        return tuple(sorted(changed))
    cases = {fact.case_id for fact in {*now} ^ {*then}} - {None}
    asked = (sorted(map(str, cases)), known_at, span.known_at, span.ends_at)
    learnt = await connection.fetch(LEARNT, *asked)
    return tuple(row["event_id"] for row in learnt)


def _correction(
    campaign_id: UUID, figure: CausedFigure, events: tuple[UUID, ...], week: int
) -> FigureCorrected:
    return FigureCorrected(
        period_id=period_id(campaign_id, figure.week),
        campaign_id=campaign_id,
        figure=figure,
        cause="late-fact",
        event_ids=events,
        noted_in_week=week,
    )
