"""The check: the running system's figures beside those the plan foretells."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from deploy.demo.beside import BESIDE
from deploy.demo.expected import FIGURES, Span, figures, items, minor, stories, week
from deploy.demo.office import weeks
from deploy.demo.plan import Plan
from deploy.demo.step import Fact
from deploy.demo.stops import at
from libs.calendar import end_of_day
from libs.calendar.local_days import EARLIEST
from services.reporting.figures import counting
from services.reporting.figures.indicators import BY_ID

STORIES = """
SELECT COUNT(*) FILTER (WHERE counted) AS rows,
       (SUM(claimed) FILTER (WHERE counted))::bigint AS claimed,
       SUM(verified)::bigint AS verified, SUM(ordered)::bigint AS ordered,
       SUM(paid)::bigint AS paid, SUM(confirmed)::bigint AS confirmed,
       SUM(unpaid)::bigint AS unpaid
FROM claim WHERE case_id = ANY($1)"""
AMOUNTS = ("claimed", "verified", "ordered")


@dataclass(frozen=True)
class Compared:
    """One figure: what the plan foretells and what the system says."""

    name: str
    expected: int
    got: int

    @property
    def equal(self) -> bool:
        """Say whether they are the same."""
        return self.expected == self.got


async def compared(
    connection: asyncpg.Connection, plan: Plan, now: datetime
) -> list[Compared]:
    """Return the whole campaign's figures, the stories' sums, and each week's."""
    found = await _stories(connection, plan.facts, now)
    found += await _beside(connection, now)
    ever = Span(EARLIEST, end_of_day(now.date()), now)
    found += await spanned(connection, plan.facts, ever, "")
    for number, (_, last) in enumerate(weeks(), 1):
        if end_of_day(last) <= now:
            span = week(number, now)
            found += await spanned(connection, plan.facts, span, f"W{number:02d} ")
    return found


async def _beside(connection: asyncpg.Connection, now: datetime) -> list[Compared]:
    """Return what stands beside the money, from when the plan has told it all."""
    return [
        Compared(name, one.expected, await connection.fetchval(one.sql) or 0)
        for name, one in BESIDE.items()
        if at(one.told) < now
    ]


async def spanned(
    connection: asyncpg.Connection, facts: Sequence[Fact], span: Span, title: str
) -> list[Compared]:
    """Return every foretold figure of one period beside the system's."""
    asked = counting.Span(span.known_at, span.starts_at, span.ends_at)
    told = figures(facts, span)
    return [
        Compared(f"{title}{name}", told[name], await _whole(connection, name, asked))
        for name in FIGURES
    ]


async def _whole(connection: asyncpg.Connection, name: str, span: counting.Span) -> int:
    values = await counting.count(connection, BY_ID[name], span)
    return values.get(None, 0)


async def _stories(
    connection: asyncpg.Connection, facts: Sequence[Fact], now: datetime
) -> list[Compared]:
    told = [fact for fact in stories(facts) if fact.entered <= now]
    ids: list[UUID] = sorted({fact.case for fact in told})
    row = await connection.fetchrow(STORIES, ids)
    paid = minor(told, "paid", "reversed")
    expected = {name: minor(told, name) for name in AMOUNTS} | {
        "rows": _left(told, items),
        "claimed": _left(told, minor),
        "paid": paid,
        "confirmed": minor(told, "confirmed"),
        "unpaid": minor(told, "verified") - paid,
    }
    return [
        Compared(f"stories {name}", value, row[name] or 0)
        for name, value in expected.items()
    ]


def _left(told: Sequence[Fact], count: Callable[[Sequence[Fact], str], int]) -> int:
    """Return what is claimed and neither told twice nor given up."""
    given_up = count(told, "duplicate") + count(told, "withdrawn")
    return count(told, "claimed") - given_up
