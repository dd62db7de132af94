"""The ledger 台账: visible cases by filter, paged, with totals by currency."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from libs.calendar.local_days import EARLIEST, end_of_day, start_of_day
from libs.events.views.answered import Answered
from libs.service.parts import Running
from services.reporting.reading.asking import (
    LATEST,
    Answer,
    Asking,
    completed,
    reading,
)
from services.reporting.reading.hops import THROUGH, Way, ways_of
from services.reporting.reading.ledger_statements import (
    PAGE,
    TOTALS,
    UNDATED,
    WAYS,
)
from services.reporting.reading.listed import Line, line

VIEWS = (
    "case_file", "clue", "claim", "deadline", "proceeding", "imported", "clue_link",
    "group_flag", "case_part", "roster_word",
)  # fmt: skip
MOST = 100_000
AT_ONCE = 500
"""Lines read in one go of a list that is taken away whole."""
UNDATED_AT = datetime(1980, 1, 1, tzinfo=UTC)
"""Where a line without a date is placed."""


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
    """A page of lines, the totals of all that fit, and where the next page begins.

    Only the first page has totals: they read every case, and a page does not.
    """

    lines: Sequence[Line]
    totals: Sequence[Total]
    after: Mark | None
    is_first: bool = True

    @property
    def cases(self) -> int:
        """Return how many cases fit the filters, on the first page."""
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
    lines, after = await _page(connection, asking, chosen, place)
    if place.after is not None:
        return Ledger(lines, (), after, is_first=False)
    return Ledger(lines, await totals_of(connection, asking, chosen), after)


async def totals_of(
    connection: asyncpg.Connection, asking: Asking, chosen: Sequence[object]
) -> Sequence[Total]:
    """Return the totals of all that `chosen_by` says, within a reading."""
    rows = await connection.fetch(TOTALS.at(asking.as_of), *chosen)
    return [Total(**row) for row in rows]


@dataclass(frozen=True)
class Taken:
    """The ledger as it is taken away: its lines come a page at a time, to be read once.

    However long it is, no more of it is in memory than a page.
    """

    of: Answered
    totals: Sequence[Total]
    lines: AsyncIterator[Line]


@asynccontextmanager
async def taken(
    running: Running, asking: Asking, filters: Filters
) -> AsyncIterator[Taken]:
    """Give the whole ledger from one moment's state of all views."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        chosen = await chosen_by(connection, asking, filters, running.last_now)
        totals = await totals_of(connection, asking, chosen)
        yield Taken(of, totals, _every(connection, asking, chosen))


async def _every(
    connection: asyncpg.Connection, asking: Asking, chosen: Sequence[object]
) -> AsyncIterator[Line]:
    place = Place(limit=AT_ONCE)
    while True:
        lines, after = await _page(connection, asking, chosen, place)
        for one in lines:
            yield one
        if after is None:
            return
        place = Place(after, AT_ONCE)


async def _page(
    connection: asyncpg.Connection,
    asking: Asking,
    chosen: Sequence[object],
    place: Place,
) -> tuple[Sequence[Line], Mark | None]:
    """Return a page's lines, and the mark behind which the next begins, if any."""
    mark_at, mark_id = place.after or (None, None)
    # One line more than shown tells whether there is a next page.
    wanted, found = place.limit + 1, []
    if mark_at != UNDATED_AT:
        asked = (*chosen, mark_at, mark_id, wanted)
        found = await connection.fetch(PAGE.at(asking.as_of), *asked)
        mark_id = None
    if len(found) < wanted:
        asked = (*chosen, mark_id, wanted - len(found))
        found += await connection.fetch(UNDATED.at(asking.as_of), *asked)
    lines = [line(row) for row in found[: place.limit]]
    more = len(found) > place.limit
    return lines, (lines[-1].placed_at, lines[-1].case_id) if more else None


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
