"""Weeks compared: a week's figures as known at two times, and the facts between."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg

from libs.service.parts import Running
from services.reporting.campaign import Week
from services.reporting.figures.counting import Fact, Span, count, explain
from services.reporting.figures.indicator import Indicator
from services.reporting.figures.indicators import INDICATORS
from services.reporting.reading.asking import Answer, Asking, completed, reading
from services.reporting.reading.comparing import Pair
from services.reporting.reading.explaining import told
from services.reporting.reading.statistics import (
    NUMBERS,
    VIEWS,
    Campaign,
    campaign,
    span_of,
    value_of,
)
from services.reporting.reading.trail import Happened, by_ids


@dataclass(frozen=True)
class Moved:
    """One figure at both times, and, where it differs, the facts that came and went.

    `explained`: the value of the first time's facts without those that went and with
    those that came is the second time's value. `hidden`: so many facts are of cases
    that the asker may not see; they are counted, and not told.
    """

    indicator: Indicator
    then: int
    now: int
    came: Sequence[Fact] = ()
    went: Sequence[Fact] = ()
    explained: bool = True
    hidden: int = 0

    @property
    def difference(self) -> int:
        return self.now - self.then


@dataclass(frozen=True)
class WeeksCompared:
    """A week's figures at two times; `figures` None where a time is not complete."""

    campaign: Campaign
    week: Week
    figures: Sequence[Moved] | None = None
    events: Mapping[UUID, Happened] | None = None
    numbers: Mapping[UUID, str | None] | None = None


@dataclass(frozen=True)
class Wanted:
    """Which week, its own figures (`new`) or up to its end (`total`), of which unit."""

    week: int
    column: str
    unit: str | None


async def weeks_compared(
    running: Running, asking: Asking, wanted: Wanted, pair: Pair | None
) -> Answer[WeeksCompared] | None:
    """Return a week at both times; None: no such week. Without times, only the week."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        held = await campaign(connection)
        weeks = held.weeks if held else ()
        week = next((one for one in weeks if one.number == wanted.week), None)
        if held is None or week is None:
            return None
        end = of.complete_up_to
        if pair is None or end is None or pair.now > end:
            return Answer(WeeksCompared(held, week), of)
        figures = [
            await _told(
                connection, asking, await _moved(connection, one, week, wanted, pair)
            )
            for one in INDICATORS
            if one.flow or wanted.column == "total"
        ]
        facts = [fact for one in figures for fact in (*one.came, *one.went)]
        events = await by_ids(connection, [fact.event_id for fact in facts])
        cases = [fact.case_id for fact in facts if fact.case_id is not None]
        numbers = dict(await connection.fetch(NUMBERS, cases))
    return Answer(WeeksCompared(held, week, figures, events, numbers), of)


async def _told(connection: asyncpg.Connection, asking: Asking, moved: Moved) -> Moved:
    came, went = [
        await told(connection, asking, one) for one in (moved.came, moved.went)
    ]
    hidden = len(moved.came) + len(moved.went) - len(came) - len(went)
    return replace(moved, came=came, went=went, hidden=hidden)


async def _moved(
    connection: asyncpg.Connection,
    indicator: Indicator,
    week: Week,
    wanted: Wanted,
    pair: Pair,
) -> Moved:
    spans = [_span(week, at, wanted.column) for at in (pair.then, pair.now)]
    then, now = [
        (await count(connection, indicator, span)).get(wanted.unit, 0) for span in spans
    ]
    facts = [
        await explain(connection, indicator.id, span, wanted.unit) for span in spans
    ]
    came, went = between(*facts)
    whole = value_of(indicator, [*_without(facts[0], went), *came]) == now
    return Moved(indicator, then, now, came, went, whole)


def _span(week: Week, at: datetime, column: str) -> Span:
    span = span_of(week, at)
    return span if column == "new" else span.cumulative()


def between(
    then: Sequence[Fact], now: Sequence[Fact]
) -> tuple[Sequence[Fact], Sequence[Fact]]:
    """Return the facts that only the second time counts, and those only the first."""
    return _without(now, then), _without(then, now)


def _without(facts: Sequence[Fact], others: Sequence[Fact]) -> list[Fact]:
    # One event may make several equal facts: each is taken away once.
    left = Counter(others)
    kept = []
    for fact in facts:
        if left[fact]:
            left[fact] -= 1
        else:
            kept.append(fact)
    return kept
