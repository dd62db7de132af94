"""Explaining: a number of a table taken apart into facts, each with its event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from libs.service.parts import Running
from services.reporting.campaign import Week
from services.reporting.figures.counting import Fact, Span, explain
from services.reporting.figures.indicator import Indicator
from services.reporting.figures.indicators import BY_ID
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    known_at,
    reading,
)
from services.reporting.reading.statistics import (
    NUMBERS,
    VIEWS,
    campaign,
    span_of,
    value_of,
)
from services.reporting.reading.trail import Happened, by_ids

VISIBLE = "SELECT case_id FROM case_file WHERE case_id = ANY($1) AND parties ? $2"


@dataclass(frozen=True)
class Cell:
    """One number of a table: which figure, of which unit, of a week or up to its end.

    `unit` None is all units together; `week` None is the whole campaign until now.
    """

    indicator: str
    week: int | None = None
    unit: str | None = None
    column: str = "new"


@dataclass(frozen=True)
class Explained:
    """A number taken apart: the facts it counts and the event behind each.

    Facts of cases that the asker may not see are counted, and are not told: `hidden`.
    """

    indicator: Indicator
    cell: Cell
    week: Week | None
    known_at: datetime
    facts: Sequence[Fact]
    events: Mapping[UUID, Happened]
    numbers: Mapping[UUID, str | None]
    value: int
    hidden: int = 0


async def explained(
    running: Running, asking: Asking, cell: Cell
) -> Answer[Explained] | None:
    """Return the facts and events behind a number; None for an unknown figure."""
    if cell.indicator not in BY_ID:
        return None
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        held = await campaign(connection, asking.as_of)
        at = await known_at(running, connection, asking)
        week = None
        if held is not None and cell.week is not None:
            week = next((w for w in held.weeks if w.number == cell.week), None)
        span = _span(week, at, cell)
        facts = await explain(connection, cell.indicator, span, cell.unit)
        seen = await told(connection, asking, facts)
        events = await by_ids(connection, [fact.event_id for fact in seen])
        cases = [fact.case_id for fact in seen if fact.case_id is not None]
        numbers = dict(await connection.fetch(NUMBERS, cases))
    indicator = BY_ID[cell.indicator]
    return Answer(
        Explained(
            indicator,
            cell,
            week,
            at,
            seen,
            events,
            numbers,
            value_of(indicator, facts),
            len(facts) - len(seen),
        ),
        of,
    )


async def told(
    connection: asyncpg.Connection, asking: Asking, facts: Sequence[Fact]
) -> Sequence[Fact]:
    """Return the facts that the asker may be told: of no case, or of a visible one.

    Figures count every case, lists show the visible ones (architecture §6).
    """
    if asking.sees_all:
        return facts
    cases = {fact.case_id for fact in facts if fact.case_id is not None}
    rows = await connection.fetch(VISIBLE, sorted(cases), asking.actor.unit)
    visible = {None, *(row["case_id"] for row in rows)}
    return [fact for fact in facts if fact.case_id in visible]


def _span(week: Week | None, known_at: datetime, cell: Cell) -> Span:
    if week is None:
        return Span(known_at, known_at, known_at).cumulative()
    span = span_of(week, known_at)
    flows = BY_ID[cell.indicator].flow and cell.column == "new"
    return span if flows else span.cumulative()
