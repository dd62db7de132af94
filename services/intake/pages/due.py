"""By when: the deadlines that run, and before routing set any, the statutory term."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

import asyncpg
import orjson

from libs.calendar import Calendar, ClockRule, day_of, due, in_force, load_clocks
from libs.calendar.tables import load_year

ACCEPT = "CLK-02"
BOOKS = "SELECT book, files FROM rulebook WHERE book IN ('clocks', 'calendar')"
DUE_DATES = """
SELECT clock, due_on, article, provisional, running, missed, paused
FROM due_date WHERE case_id = $1 ORDER BY due_on, clock"""


@dataclass(frozen=True)
class ByWhen:
    """The deadlines that run on a case; `known`: routing has set one, ever."""

    running: Sequence[Mapping[str, object]]
    known: bool


async def by_when(pool: asyncpg.Pool, case_id: UUID) -> ByWhen:
    """Return by which days somebody must act on a case, the next one first."""
    rows = await pool.fetch(DUE_DATES, case_id)
    running = [row for row in rows if row["running"]]
    books = await _books(pool) if running else {}
    return ByWhen(titled(running, books.get("clocks", ())), bool(rows))


def titled(
    rows: Iterable[Mapping[str, object]], clocks: Iterable[str]
) -> list[Mapping[str, object]]:
    """Return the rows with their clocks' titles: a clock is data, adopted any day."""
    rules = _rules(tuple(clocks))
    titles = {rule.id: {"zh": rule.title_zh, "en": rule.title_en} for rule in rules}
    return [{**row, "title": titles.get(str(row["clock"]), {})} for row in rows]


@dataclass(frozen=True)
class Term:
    """The last day on which the law lets a unit decide, and under which article."""

    last_day: date
    days: int
    instrument: str
    article: str
    provisional: bool


async def acceptance_term(
    pool: asyncpg.Pool, kind: str, received_at: datetime
) -> Term | None:
    """Return by when a clue must be accepted or refused; None where no clock runs.

    For the receipt, which is printed before routing has heard of the clue: the rule,
    counted with the calendar that routing adopted.
    """
    books = await _books(pool)
    if len(books) < 2:  # noqa: PLR2004 -- both books
        return None
    rules = _rules(tuple(books["clocks"]))
    calendar = Calendar.of(load_year(text) for text in books["calendar"])
    return term(rules, calendar, kind, received_at)


def term(
    rules: Iterable[ClockRule], calendar: Calendar, kind: str, received_at: datetime
) -> Term | None:
    """Count the term; a report or another channel's clue has no such clock."""
    rule = in_force(rules, ACCEPT, day_of(received_at))
    if rule is None or kind in rule.not_for or rule.length.kind != "working_days":
        return None
    counted = due(rule, received_at, calendar)
    return Term(
        counted.due_on,
        rule.length.n,
        rule.instrument,
        rule.article,
        counted.provisional,
    )


@lru_cache(maxsize=4)  # every look-up asks, and the book changes a few times a year
def _rules(clocks: tuple[str, ...]) -> tuple[ClockRule, ...]:
    return tuple(rule for text in clocks for rule in load_clocks(text))


async def _books(pool: asyncpg.Pool) -> dict[str, list[str]]:
    return {row["book"]: _files(row["files"]) for row in await pool.fetch(BOOKS)}


def _files(said: str | Mapping[str, str]) -> list[str]:
    files = orjson.loads(said) if isinstance(said, str) else said
    return [files[name] for name in sorted(files)]
