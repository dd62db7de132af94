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
from services.reporting.figures.counting import Row, Span, Values, explain, table

ALL = "*"
"""The key of all units together in a published table."""

PUBLISHED = """
SELECT week, starts_on, ends_on, known_at, document FROM period
WHERE campaign_id = $1 AND document IS NOT NULL AND week < $2 ORDER BY week"""
LAST_SAID = """
SELECT DISTINCT ON (indicator, unit) indicator, unit, new FROM correction
WHERE campaign_id = $1 AND week = $2
ORDER BY indicator, unit, recorded_at DESC"""


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
        for row in await table(connection, span_of(old, known_at)):
            for unit, before, now in _differences(row, said):
                figure = CausedFigure(
                    indicator=row.indicator.id,
                    unit=None if unit == ALL else unit,
                    week=old.number,
                    old=before,
                    new=now,
                )
                since = Span(known_at, *_bounds(old))
                events = await _late(connection, figure, since, period["known_at"])
                found.append(_correction(campaign_id, figure, events, week))
    return tuple(found)


def _bounds(week: Week) -> tuple[datetime, datetime]:
    return start_of_day(week.starts_on), end_of_day(week.ends_on)


async def _said(
    connection: asyncpg.Connection, campaign_id: UUID, period: Mapping[str, Any]
) -> dict[tuple[str, str], int]:
    """Return a week's new-in-week figures as published and corrected since."""
    figures = json.loads(period["document"])["figures"]
    said = {
        (indicator, unit): value
        for indicator, columns in figures.items()
        for unit, value in columns["new"].items()
    }
    for row in await connection.fetch(LAST_SAID, campaign_id, period["week"]):
        said[row["indicator"], row["unit"] or ALL] = row["new"]
    return said


def _differences(
    row: Row, said: Mapping[tuple[str, str], int]
) -> list[tuple[str, int, int]]:
    if not row.indicator.flow:
        return []
    now = _plain(row.new)
    before = {unit: v for (name, unit), v in said.items() if name == row.indicator.id}
    return [
        (unit, before.get(unit, 0), now.get(unit, 0))
        for unit in sorted({*now, *before})
        if before.get(unit, 0) != now.get(unit, 0)
    ]


async def _late(
    connection: asyncpg.Connection, figure: CausedFigure, span: Span, known_at: datetime
) -> tuple[UUID, ...]:
    """Return the events behind a figure now that were not behind it then."""
    now = await explain(connection, figure.indicator, span, figure.unit)
    then_span = Span(known_at, span.starts_at, span.ends_at)
    then = await explain(connection, figure.indicator, then_span, figure.unit)
    changed = {fact.event_id for fact in now} ^ {fact.event_id for fact in then}
    return tuple(sorted(changed))


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
