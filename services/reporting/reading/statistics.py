"""Statistics: a week's table as published, as known now, and what was corrected."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from libs.calendar import day_of, end_of_day, start_of_day
from libs.service.parts import Running
from services.reporting.campaign import Week, weeks_of
from services.reporting.figures.counting import Fact, Row, Span, table
from services.reporting.figures.indicator import Indicator
from services.reporting.figures.ratios import RATIOS, Rate, Ratio, rate
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    known_at,
    reading,
    statement,
)

CAMPAIGN = statement("""
SELECT * FROM {campaign},
    date(coalesce($1::timestamptz, journal.now()) AT TIME ZONE 'Asia/Shanghai') AS day
ORDER BY starts_on > day, abs(starts_on - day), campaign_id LIMIT 1""")
# A week may be closed and not published yet, between two pages of its events.
PERIODS = statement("""
SELECT week FROM {period}
WHERE campaign_id = $2 AND published_at IS NOT NULL AND {at} ORDER BY week""")
PUBLISHED = """
SELECT published_at, known_at, document, document_sha256 FROM period_as_known($3)
WHERE campaign_id = $1 AND week = $2 AND published_at IS NOT NULL"""
CORRECTED = """
SELECT week, indicator, unit, old, new, cause, event_ids, noted_in_week, event_id,
       recorded_at
FROM correction WHERE campaign_id = $1 AND week = $2 AND recorded_at <= $3
ORDER BY recorded_at, indicator, unit"""
ZERO_REPORTS = """
SELECT unit, recorded_at FROM zero_report_as_known($3)
WHERE campaign_id = $1 AND week = $2 ORDER BY unit"""
NUMBERS = "SELECT case_id, receipt FROM clue WHERE case_id = ANY($1)"
VIEWS = (
    "campaign", "period", "correction", "zero_report", "case_file", "clue", "claim",
    "case_fact", "money_fact", "deadline", "trail", "case_part",
    "track_change",
)  # fmt: skip


@dataclass(frozen=True)
class Campaign:
    """A campaign and its weeks."""

    campaign_id: UUID
    title: str
    notice_number: str
    starts_on: date
    ends_on: date
    weeks: Sequence[Week]
    closed: frozenset[int]

    def week_of(self, on: date) -> int:
        """Return the number of the week that a day lies in, clipped to the campaign."""
        begun = [week.number for week in self.weeks if week.starts_on <= on]
        return begun[-1] if begun else 1


@dataclass(frozen=True)
class Figure:
    """One indicator: as published (None: not yet) and as known at the asked time."""

    indicator: Indicator
    published_new: Mapping[str, int] | None
    published_total: Mapping[str, int] | None
    new: Mapping[str, int]
    total: Mapping[str, int]


@dataclass(frozen=True)
class RatioFigure:
    """One ratio, of the week (None for what only holds cumulatively) and up to it."""

    ratio: Ratio
    new: Rate | None
    total: Mapping[str, Rate]


@dataclass(frozen=True)
class Correction:
    """A published figure that turned out to be another."""

    week: int
    indicator: str
    unit: str | None
    old: int
    new: int
    cause: str
    event_ids: tuple[UUID, ...]
    noted_in_week: int
    event_id: UUID
    recorded_at: datetime


@dataclass(frozen=True)
class WeekTable:
    """A week's table; `units` are those that any figure names."""

    campaign: Campaign
    week: Week
    known_at: datetime
    published_at: datetime | None
    published_known_at: datetime | None
    sha256: str | None
    figures: Sequence[Figure]
    ratios: Sequence[RatioFigure]
    units: Sequence[str]
    corrections: Sequence[Correction]
    zero_reports: Mapping[str, datetime]


async def campaign(
    connection: asyncpg.Connection, as_of: datetime | None = None
) -> Campaign | None:
    """Return the latest that has begun, else the next; None: none was opened.

    As of a time, a campaign that was opened later is none, and a week that was
    published later is not closed.
    """
    row = await connection.fetchrow(CAMPAIGN.at(as_of), as_of)
    if row is None:
        return None
    asked = (as_of, row["campaign_id"])
    periods = await connection.fetch(PERIODS.at(as_of), *asked)
    return Campaign(
        row["campaign_id"],
        row["title"],
        row["notice_number"],
        row["starts_on"],
        row["ends_on"],
        weeks_of(row["starts_on"], row["ends_on"]),
        frozenset(period["week"] for period in periods),
    )


async def week_table(
    running: Running, asking: Asking, number: int | None = None
) -> Answer[WeekTable] | None:
    """Return a week's table; no number: the week that runs. None: no such week."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        held = await campaign(connection, asking.as_of)
        if held is None:
            return None
        at = await known_at(running, connection, asking)
        wanted = number or held.week_of(day_of(at))
        week = next((w for w in held.weeks if w.number == wanted), None)
        if week is None:
            return None
        return Answer(await _table(connection, held, week, at), of)


async def _table(
    connection: asyncpg.Connection, held: Campaign, week: Week, known_at: datetime
) -> WeekTable:
    asked = (held.campaign_id, week.number, known_at)
    rows = await table(connection, span_of(week, known_at))
    period = await connection.fetchrow(PUBLISHED, *asked)
    said = json.loads(period["document"])["figures"] if period else {}
    figures = [_figure(row, said.get(row.indicator.id)) for row in rows]
    return WeekTable(
        campaign=held,
        week=week,
        known_at=known_at,
        published_at=period["published_at"] if period else None,
        published_known_at=period["known_at"] if period else None,
        sha256=period["document_sha256"] if period else None,
        figures=figures,
        ratios=[_ratio(one, figures) for one in RATIOS],
        units=_units(figures),
        corrections=[
            _correction(row) for row in await connection.fetch(CORRECTED, *asked)
        ],
        zero_reports={
            row["unit"]: row["recorded_at"]
            for row in await connection.fetch(ZERO_REPORTS, *asked)
        },
    )


def _figure(row: Row, said: Mapping[str, Any] | None) -> Figure:
    return Figure(
        row.indicator,
        said["new"] if said else None,
        said["total"] if said else None,
        _plain(row.new),
        _plain(row.total),
    )


def _ratio(ratio: Ratio, figures: Sequence[Figure]) -> RatioFigure:
    units = {unit for one in figures for unit in one.total}
    new = {one.indicator.id: one.new.get("*", 0) for one in figures}
    return RatioFigure(
        ratio,
        None if ratio.cohort else rate(ratio, new),
        {
            unit: rate(ratio, {f.indicator.id: f.total.get(unit, 0) for f in figures})
            for unit in sorted(units)
        },
    )


def _plain(values: Mapping[str | None, int]) -> dict[str, int]:
    return {"*" if unit is None else unit: value for unit, value in values.items()}


def _units(figures: Sequence[Figure]) -> Sequence[str]:
    said = {unit for f in figures for unit in (*f.new, *f.total)}
    return sorted(said - {"*"})


def _correction(row: Mapping[str, Any]) -> Correction:
    ids = row["event_ids"]
    listed = json.loads(ids) if isinstance(ids, str) else ids
    said = {name: row[name] for name in Correction.__dataclass_fields__}
    return Correction(**{**said, "event_ids": tuple(UUID(str(i)) for i in listed)})


def span_of(week: Week, known_at: datetime) -> Span:
    """Return a week as a span of instants."""
    return Span(known_at, start_of_day(week.starts_on), end_of_day(week.ends_on))


def value_of(indicator: Indicator, facts: Sequence[Fact]) -> int:
    """Return a figure's value from its facts, as MEASURES says in SQL."""
    if indicator.measure in {"fen", "minutes", "days"}:
        return sum(fact.amount for fact in facts)
    net: dict[UUID, int] = {}
    for fact in facts:
        net[fact.subject] = net.get(fact.subject, 0) + fact.amount
    if indicator.measure == "people":
        return sum(amount > 0 for amount in net.values())
    return len(net)
