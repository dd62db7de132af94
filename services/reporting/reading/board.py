"""The zero board 清零看板: what is open today, by unit and age, day by day to zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import asyncpg

from libs.calendar import day_of, end_of_day
from libs.calendar.local_days import EARLIEST
from libs.service.parts import Running
from services.reporting.figures.counting import Span, count
from services.reporting.figures.indicators import BY_ID
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    known_at,
    reading,
)
from services.reporting.reading.statistics import VIEWS, Campaign, campaign

STOCKS = ("S40-open", "S40-overdue", "S41a", "S41a-amount", "S41b")
OLD_DAYS = (5, 15, 30, 60)
"""Upper ends of the age classes, in days since the case was opened."""

# A case's turns in order: open from an opening or reopening to the next closing, an
# imported one from its adoption on. `at` is when it happened, `told_at` when it had
# happened and was recorded too.
CASE_TURNS = """
SELECT CASE WHEN kind = 'closed' THEN -1 ELSE 1 END AS change,
       COALESCE(happened_at, recorded_at) AS at,
       GREATEST(happened_at, recorded_at) AS told_at
FROM case_fact_as_known($1) f
WHERE kind IN ('opened', 'adopted', 'closed', 'reopened') AND NOT history
  AND NOT EXISTS (
    SELECT FROM case_file_as_known($1) c WHERE c.case_id = f.case_id AND c.history)
  AND NOT EXISTS (
    SELECT FROM case_fact_as_known($1) a WHERE a.case_id = f.case_id
      AND a.kind = 'adopted' AND a.recorded_at > f.recorded_at)"""
CLUE_TURNS = """
SELECT 1 AS change, COALESCE(happened_at, recorded_at) AS at,
       GREATEST(happened_at, recorded_at) AS told_at
FROM case_fact_as_known($1) WHERE kind = 'registered' AND NOT history
UNION ALL
SELECT -1, min(COALESCE(happened_at, recorded_at)),
       min(GREATEST(happened_at, recorded_at))
FROM case_fact_as_known($1) f
WHERE kind IN ('answered', 'unanswerable', 'not_wage') AND NOT EXISTS (
    SELECT FROM case_file_as_known($1) c WHERE c.case_id = f.case_id AND c.history)
GROUP BY case_id"""
AGES = """
SELECT unit, opened_at FROM case_file_as_known($1)
WHERE closed IS NULL AND NOT history AND opened_at IS NOT NULL"""


@dataclass(frozen=True)
class DayEnd:
    """What was open at the end of a day of Shanghai, and what came and went in it.

    `cases_told` and `clues_told` are what was known of it at that day's end: a fact
    recorded later is missing in them.
    """

    day: date
    cases: int
    clues: int
    cases_told: int
    clues_told: int
    came: int
    went: int

    @property
    def restated(self) -> bool:
        """Say whether facts that came later changed the day."""
        return (self.cases, self.clues) != (self.cases_told, self.clues_told)


@dataclass(frozen=True)
class Board:
    """The zero board at a time: stocks by unit, ages by unit, a line a day."""

    campaign: Campaign | None
    known_at: datetime
    stocks: Mapping[str, Mapping[str, int]]
    units: Sequence[str]
    ages: Mapping[str, Sequence[int]]
    days: Sequence[DayEnd]
    days_left: int


@dataclass(frozen=True)
class Turn:
    """Something opened (1) or closed (-1): when it happened, and when that was told."""

    change: int
    at: datetime
    told_at: datetime


Turns = Sequence[Turn]


async def board(running: Running, asking: Asking) -> Answer[Board]:
    """Return the board as known at the asked time."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        at = await known_at(running, connection, asking)
        held = await campaign(connection, asking.as_of)
        span = Span(at, EARLIEST, at)
        stocks = {
            name: _plain(await count(connection, BY_ID[name], span)) for name in STOCKS
        }
        ages = await _ages(connection, at)
        cases = await _turns(connection, CASE_TURNS, at)
        clues = await _turns(connection, CLUE_TURNS, at)
    today = day_of(at)
    units = sorted({u for by in stocks.values() for u in by} - {"*"})
    starts = held.starts_on if held else today
    days = day_ends(cases, clues, starts, today)
    left = max(0, (held.ends_on - today).days) if held else 0
    return Answer(Board(held, at, stocks, units, ages, days, left), of)


async def _turns(connection: asyncpg.Connection, listed: str, at: datetime) -> Turns:
    rows = await connection.fetch(listed, at)
    return [Turn(**row) for row in rows if row["at"] <= at]


async def _ages(connection: asyncpg.Connection, at: datetime) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    today = day_of(at)
    for row in await connection.fetch(AGES, at):
        if row["unit"] is not None and row["opened_at"] <= at:
            old = (today - day_of(row["opened_at"])).days
            classes = found.setdefault(row["unit"], [0] * (len(OLD_DAYS) + 1))
            classes[age_class(old)] += 1
    return dict(sorted(found.items()))


def age_class(days: int) -> int:
    """Return the number of the age class that so many days fall into."""
    return sum(days > end for end in OLD_DAYS)


def day_ends(cases: Turns, clues: Turns, starts: date, today: date) -> list[DayEnd]:
    """Return what was open at each day's end, from the first day to today."""
    found = []
    for offset in range((today - starts).days + 1):
        day = starts + timedelta(days=offset)
        begins, ends = end_of_day(day - timedelta(days=1)), end_of_day(day)
        within = [turn.change for turn in cases if begins <= turn.at < ends]
        end = DayEnd(
            day,
            cases=_sum(cases, ends),
            clues=_sum(clues, ends),
            cases_told=_told(cases, ends),
            clues_told=_told(clues, ends),
            came=within.count(1),
            went=within.count(-1),
        )
        found.append(end)
    return found


def _sum(turns: Turns, before: datetime) -> int:
    return sum(turn.change for turn in turns if turn.at < before)


def _told(turns: Turns, before: datetime) -> int:
    return sum(turn.change for turn in turns if turn.told_at < before)


def _plain(values: Mapping[str | None, int]) -> dict[str, int]:
    return {"*" if unit is None else unit: value for unit, value in values.items()}
