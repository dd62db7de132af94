"""The ledger 台账: visible cases by filter, paged, with totals by currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from libs.calendar.local_days import EARLIEST, end_of_day, start_of_day
from libs.service.parts import Running
from services.reporting.reading.asking import (
    LATEST,
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.reading.hops import THROUGH, Way, ways_of
from services.reporting.reading.listed import CASES, COLUMNS, GROUP, MONEY, Line, line

FILTERED = f"""
{CASES}
  AND ($4::text IS NULL OR f.unit = $4)
  AND ($5::text IS NULL OR (f.closed IS NULL) = ($5 = 'open'))
  AND ($6::text IS NULL OR f.channel = $6)
  AND ($7::text IS NULL OR k.kind = $7)
  AND ($8::text IS NULL
       OR COALESCE(k.employer_name, i.employer_name, o.employer_name)
          ILIKE '%' || $8 || '%')
  AND ($9::text IS NULL OR k.receipt = $9 OR k.channel_number = $9
       OR i.channel_number = $9 OR k.reference = $9 OR s.number = $9)
  AND ($10::timestamptz IS NULL OR COALESCE(k.registered_at, f.opened_at) >= $10)
  AND ($11::timestamptz IS NULL OR COALESCE(k.registered_at, f.opened_at) < $11)
  AND (NOT $12 OR EXISTS (SELECT FROM {{claim}} u WHERE u.case_id = f.case_id
                          AND u.unpaid > 0 AND u.counted))
  AND (NOT $13 OR EXISTS (SELECT FROM {{deadline}} o WHERE o.case_id = f.case_id
                          AND o.running AND o.paused_on IS NULL
                          AND o.due_at <= $14))
  AND ($15::text = 'all' OR f.history = ($15 = 'history'))
  AND ($16::text IS NULL OR i.profile = $16)
  AND (NOT $17 OR {GROUP})
  AND ($18::uuid[] IS NULL OR f.case_id = ANY($18))"""  # noqa: S608 -- constants
WAYS = statement(f"""
WITH cases AS ({FILTERED})
SELECT case_id, channel, first_asked_unit, unit, closed FROM cases
ORDER BY placed_at, case_id""")  # noqa: S608 -- constants
PAGE = statement(f"""
WITH cases AS ({FILTERED}),
chosen AS (SELECT * FROM cases
           WHERE $19::timestamptz IS NULL OR (placed_at, case_id) < ($19, $20::uuid)
           ORDER BY placed_at DESC, case_id DESC LIMIT $21)
{COLUMNS} ORDER BY placed_at DESC, chosen.case_id DESC""")  # noqa: S608 -- constants
TOTALS = statement(f"""
WITH cases AS ({FILTERED})
SELECT m.currency, count(*) AS cases, COALESCE(sum(m.workers), 0)::bigint AS workers,
       sum(m.claimed)::bigint AS claimed, sum(m.verified)::bigint AS verified,
       sum(m.ordered)::bigint AS ordered, sum(m.paid)::bigint AS paid,
       sum(m.confirmed)::bigint AS confirmed, sum(m.unpaid)::bigint AS unpaid,
       sum(m.overpaid)::bigint AS overpaid
FROM cases LEFT JOIN LATERAL ({MONEY.format(case="cases.case_id")}) m ON true
GROUP BY m.currency ORDER BY m.currency NULLS LAST""")  # noqa: S608 -- constants
VIEWS = (
    "case_file", "clue", "claim", "deadline", "proceeding", "imported", "clue_link",
    "group_flag", "case_part", "roster_word",
)  # fmt: skip
MOST = 100_000


Day = Annotated[date, Field(ge=EARLIEST.date(), le=LATEST.date())]


class Filters(BaseModel):
    """What a ledger shows: every filter stands in its address."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    unit: Annotated[str | None, Field(max_length=8)] = None
    state: Literal["open", "closed"] | None = None
    channel: Annotated[str | None, Field(max_length=20)] = None
    kind: Annotated[str | None, Field(max_length=20)] = None
    employer: Annotated[str | None, Field(max_length=200)] = None
    number: Annotated[str | None, Field(max_length=200)] = None
    from_on: Day | None = None
    to_on: Day | None = None
    unpaid: bool = False
    overdue: bool = False
    group: bool = False
    source: Literal["live", "history", "all"] = "live"
    profile: Annotated[str | None, Field(max_length=64)] = None
    flow: Annotated[
        str | None,
        Field(max_length=200, pattern=f"^(?:{THROUGH})$"),
    ] = None

    def marks(self) -> dict[str, str]:
        """Return the filters that are set, as an address says them."""
        said = self.model_dump(mode="json", exclude_defaults=True)
        # A flag is `true` in an address; a unit's code keeps its capitals.
        return {
            name: "true" if value is True else str(value)
            for name, value in said.items()
            if value
        }


@dataclass(frozen=True)
class Total:
    """The sums of one currency, in minor units; currency None: no claims."""

    currency: str | None
    cases: int
    workers: int
    claimed: int | None
    verified: int | None
    ordered: int | None
    paid: int | None
    confirmed: int | None
    unpaid: int | None
    overpaid: int | None


Mark = tuple[datetime, UUID]
"""Where a page ended: the last line's place and case."""


@dataclass(frozen=True)
class Place:
    """Which page: behind a mark, so many lines."""

    after: Mark | None = None
    limit: int = 50


@dataclass(frozen=True)
class Ledger:
    """A page of lines, the totals of all that fit, and where the next page begins."""

    lines: Sequence[Line]
    totals: Sequence[Total]
    after: Mark | None

    @property
    def cases(self) -> int:
        """Return how many cases fit the filters."""
        return sum(total.cases for total in self.totals)


async def ledger(
    running: Running, asking: Asking, filters: Filters, place: Place
) -> Answer[Ledger]:
    """Return one page of the ledger and its totals."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        chosen = await chosen_by(connection, asking, filters, running.last_now)
        return Answer(await page_of(connection, asking, chosen, place), of)


async def page_of(
    connection: asyncpg.Connection,
    asking: Asking,
    chosen: Sequence[object],
    place: Place,
) -> Ledger:
    """Return one page of the ledger that `chosen_by` says, within a reading."""
    found = await _page(connection, asking, chosen, place)
    rows = await connection.fetch(TOTALS.at(asking.as_of), *chosen)
    more = len(found) > place.limit
    lines = found[: place.limit]
    after = (lines[-1].placed_at, lines[-1].case_id) if more else None
    return Ledger(lines, [Total(**row) for row in rows], after)


async def _page(
    connection: asyncpg.Connection,
    asking: Asking,
    chosen: Sequence[object],
    place: Place,
) -> list[Line]:
    mark_at, mark_id = place.after or (None, None)
    # One line more than shown tells whether there is a next page.
    rows = await connection.fetch(
        PAGE.at(asking.as_of), *chosen, mark_at, mark_id, place.limit + 1
    )
    return [line(row) for row in rows]


async def chosen_by(
    connection: asyncpg.Connection, asking: Asking, filters: Filters, now: datetime
) -> list[object]:
    """Return the filters as the statements take them; `now` tells what is overdue."""
    chosen = _chosen(asking, filters, now)
    if filters.flow is None:
        return chosen
    found = await ways(connection, asking, chosen)
    through = [case_id for case_id, way in found.items() if way.goes(filters.flow)]
    return [*chosen[:-1], through]


async def ways(
    connection: asyncpg.Connection, asking: Asking, chosen: Sequence[object]
) -> Mapping[UUID, Way]:
    """Return the way that each of the chosen cases went."""
    cases = await connection.fetch(WAYS.at(asking.as_of), *chosen)
    return await ways_of(connection, asking.as_of, cases)


def _chosen(asking: Asking, filters: Filters, now: datetime) -> list[object]:
    starts = start_of_day(filters.from_on) if filters.from_on else None
    ends = end_of_day(filters.to_on) if filters.to_on else None
    return [
        asking.as_of,
        asking.sees_all,
        asking.actor.unit,
        filters.unit,
        filters.state,
        filters.channel,
        filters.kind,
        literal(filters.employer),
        filters.number.strip() if filters.number else None,
        starts,
        ends,
        filters.unpaid,
        filters.overdue,
        asking.as_of or now,
        filters.source,
        filters.profile,
        filters.group,
        None,
    ]


def literal(text: str | None) -> str | None:
    """Return a text in which LIKE sees no wildcard; None for nothing."""
    if text is None or not text.strip():
        return None
    plain = text.strip().replace("\\", "\\\\")
    return plain.replace("%", "\\%").replace("_", "\\_")
