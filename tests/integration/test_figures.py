"""Every figure has its right value by unit and week, as known then and as known now."""

from datetime import date, datetime

import asyncpg
import pytest

from libs import ids
from libs.calendar.local_days import end_of_day
from libs.events.contracts.reporting import (
    CampaignOpened,
    StatPeriodClosed,
    WeeklyStatisticsPublished,
    ZeroReportFiled,
)
from services.reporting.campaign import Week, period_id
from services.reporting.figures.counting import (
    Span,
    Values,
    count,
    explain,
    said_of,
    table,
)
from services.reporting.figures.indicators import BY_ID, INDICATORS
from services.reporting.reading.statistics import value_of
from services.reporting.weekly import corrections, document, span_of
from tests.figures_story import CAMPAIGN, Matter
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

W05 = Week(5, date(2023, 12, 4), date(2023, 12, 10))
W06 = Week(6, date(2023, 12, 11), date(2023, 12, 17))
NOW = on(12, 28)
THEN = on(12, 18, 15)


def campaign() -> tuple[Story, Matter, Matter, Matter]:
    """S1, S12a and a case with nothing found, in small."""
    story = Story()
    opened = CampaignOpened(
        campaign_id=CAMPAIGN,
        title="演示行动（虚构）",
        notice_number="1",
        notice_signed_on=date(2023, 11, 10),
        starts_on=date(2023, 11, 10),
        ends_on=date(2024, 2, 9),
    )
    story.say("reporting", f"campaign-{CAMPAIGN}", opened, on(11, 10))
    one, late, none = Matter(story, 1), Matter(story, 2), Matter(story, 3)
    one.registered(on(11, 13))
    one.moved(on(11, 14), "LI")
    one.filed(on(11, 17))
    one.verified(on(11, 24), {1: 120, 2: 86})
    one.ordered(on(11, 27), {1: 120, 2: 86})
    late.registered(on(11, 24))
    late.moved(on(11, 27), "DO")
    late.moved(on(11, 29), "LI", hop=2)
    none.registered(on(12, 4))
    one.paid(on(12, 4), (1, 1, 120))
    one.paid(on(12, 4), (2, 2, 86))
    one.confirmed(on(12, 5), (1, 1, 120))
    one.reversed(on(12, 6), (2, 2, 86))
    one.paid(on(12, 8), (3, 2, 86))
    late.verified(on(12, 8), {1: 350})
    none.verified(on(12, 11), {1: 0})
    one.confirmed(on(12, 11), (3, 2, 86))
    one.ended(on(12, 12))
    return story, one, late, none


async def of(
    pool: asyncpg.Pool, name: str, week: Week, known: datetime = NOW
) -> Values:
    return await said_of(pool, BY_ID[name], span_of(week, known))


async def test_each_figure_by_unit_and_week(fresh_database: FreshDatabases) -> None:
    story, *_ = campaign()
    async with story.read(fresh_database) as pool:
        total = {
            name: await count(pool, BY_ID[name], span_of(W06, NOW).cumulative())
            for name in BY_ID
        }
        assert total["S06"] == {None: 3, "LC": 3}
        assert total["S08"][None] == 3
        assert total["S09"] == {None: 2, "LI": 2}
        assert total["S10"] == {None: 1, "LI": 1}
        assert total["S11"][None] == 1
        assert total["S12"][None] == 3
        assert total["S13"] == {None: 1, "LI": 1}
        assert total["S14"][None] == 1
        assert total["S15"][None] == 1
        assert total["S15-workers"][None] == 2
        assert total["S15-amount"][None] == 20_600
        assert total["S18-workers"][None] == 2
        assert total["S18-amount"] == {None: 20_600, "LI": 20_600}
        assert total["S19-amount"][None] == 20_600
        assert total["S40-open"] == {None: 2, "LC": 1, "LI": 1}
        assert total["S41a"] == {None: 1, "LI": 1}
        assert total["S41a-amount"][None] == 35_000
        assert total["S41a-workers"][None] == 1
        assert total["S41b"] == {None: 2, "LC": 1, "LI": 1}


async def test_a_week_counts_what_happened_in_it_less_what_was_undone(
    fresh_database: FreshDatabases,
) -> None:
    """S1: W05 paid 3,960k − 860k, confirmed only in part; W06 the rest."""
    story, *_ = campaign()
    async with story.read(fresh_database) as pool:
        assert (await of(pool, "S18-amount", W05))[None] == 20_600
        assert (await of(pool, "S18-workers", W05))[None] == 2
        assert (await of(pool, "S19-amount", W05))[None] == 12_000
        assert (await of(pool, "S19-amount", W06))[None] == 8_600
        assert (await of(pool, "S06", W05))[None] == 1
        assert (await of(pool, "S14", W06))[None] == 1


async def test_a_stock_is_what_had_happened_at_its_cut_off(
    fresh_database: FreshDatabases,
) -> None:
    """What is verified in week 5 does not make week 4 owe it."""
    story, *_ = campaign()
    w04 = Week(4, date(2023, 11, 27), date(2023, 12, 3))
    async with story.read(fresh_database) as pool:
        assert (await of(pool, "S41a-amount", w04))[None] == 20_600
        assert (await of(pool, "S41a-amount", W05))[None] == 35_000
        assert (await of(pool, "S41a", w04))[None] == 1
        assert (await of(pool, "S10", w04))[None] == 0


def published(story: Story, text: str) -> None:
    """Publish week 6 as it was known then."""
    this = period_id(CAMPAIGN, 6)
    said = {"period_id": this, "campaign_id": CAMPAIGN, "week": 6}
    days = {"starts_on": W06.starts_on, "ends_on": W06.ends_on, "known_at": THEN}
    closed = StatPeriodClosed.model_validate(said | days)
    bytes_ = {"document_sha256": "0" * 64, "document": text}
    table_ = WeeklyStatisticsPublished.model_validate(said | bytes_)
    story.say("reporting", f"period-{this}", closed, THEN)
    story.say("reporting", f"period-{this}", table_, THEN)


async def test_a_late_fact_moves_the_figure_as_known_now_and_not_as_known_then(
    fresh_database: FreshDatabases,
) -> None:
    """S12: paid 12-15, entered 12-27; the table of W06 stays, a correction says why."""
    story, _, late, _ = campaign()
    early, *_ = campaign()
    async with early.read(fresh_database) as pool, pool.acquire() as connection:
        text = document(W06, THEN, await table(connection, span_of(W06, THEN)))
    published(story, text)
    event = late.paid(on(12, 27), (1, 1, 350), on(12, 15))
    async with story.read(fresh_database) as pool, pool.acquire() as connection:
        assert (await of(pool, "S18-amount", W06, THEN))[None] == 0
        assert (await of(pool, "S18-amount", W06, NOW))[None] == 35_000
        assert (await of(pool, "S18-workers", W06, NOW)) == {None: 1, "LI": 1}
        again = document(W06, THEN, await table(connection, span_of(W06, THEN)))
        assert again == text
        found = await corrections(connection, CAMPAIGN, NOW, 8)
    changed = {(c.figure.indicator, c.figure.unit): c for c in found}
    for name, old, new in (
        ("S18-amount", 0, 35_000),
        ("S18-workers", 0, 1),
        ("S10", 1, 2),
        ("S41a", 1, 0),
        ("S41a-amount", 35_000, 0),
    ):
        one = changed[name, None]
        assert (one.figure.old, one.figure.new, one.noted_in_week) == (old, new, 8)
        assert one.event_ids == (event,), name
    assert {name for name, _ in changed} == {
        "S10",
        "S18-amount",
        "S18-workers",
        "S41a",
        "S41a-amount",
        "S41a-workers",
    }


@pytest.mark.parametrize("week", [W05, W06], ids=["W05", "W06"])
async def test_every_number_is_the_sum_of_its_list_and_of_its_units(
    fresh_database: FreshDatabases, week: Week
) -> None:
    story, *_ = campaign()
    async with story.read(fresh_database) as pool:
        for indicator in INDICATORS:
            for span in (span_of(week, NOW), span_of(week, NOW).cumulative()):
                values = await count(pool, indicator, span)
                for unit, value in values.items():
                    facts = await explain(pool, indicator.id, span, unit)
                    assert value_of(indicator, facts) == value, (indicator.id, unit)
                units = sum(v for unit, v in values.items() if unit is not None)
                assert units == values[None], indicator.id


async def test_weeks_add_up_to_the_campaign(fresh_database: FreshDatabases) -> None:
    """Identity 8 of the campaign, for sums and items that happen."""
    story, *_ = campaign()
    first = Span(NOW, end_of_day(date(2023, 11, 9)), end_of_day(W05.ends_on))
    async with story.read(fresh_database) as pool:
        for indicator in INDICATORS:
            if not indicator.flow or indicator.measure == "people":
                continue
            before = await count(pool, indicator, first)
            week = await count(pool, indicator, span_of(W06, NOW))
            whole = await count(pool, indicator, span_of(W06, NOW).cumulative())
            assert before[None] + week[None] == whole[None], indicator.id


async def test_overdue_is_what_is_past_due_and_stops_with_an_earlier_legal_date(
    fresh_database: FreshDatabases,
) -> None:
    story, one, late, none = campaign()
    due = end_of_day(date(2023, 12, 12))
    late.clock("CLK-05", on(11, 29), due)
    none.clock("CLK-05", on(12, 4), end_of_day(date(2023, 12, 15)))
    none.clock("CLK-10", on(12, 4), due)
    one.clock("CLK-02", on(11, 13), due)
    one.stopped("CLK-02", on(11, 17), on(11, 17))
    late.stopped("CLK-05", on(12, 27), on(12, 11))
    async with story.read(fresh_database) as pool:
        assert (await of(pool, "S40-overdue", W06, THEN))[None] == 2
        assert (await of(pool, "S40-overdue", W06, NOW)) == {None: 1, "LC": 1}
        # In the week that still runs nothing is late that is only due tomorrow.
        midweek = await of(pool, "S40-overdue", W06, on(12, 14))
        assert midweek == {None: 1, "LI": 1}


async def test_a_zero_report_stands_in_its_week_whenever_it_was_filed(
    fresh_database: FreshDatabases,
) -> None:
    """S12: filed 01-08 for W09; who files nothing is not zero."""
    story, *_ = campaign()
    for unit in ("R1", "R2"):
        filed = ZeroReportFiled(
            campaign_id=CAMPAIGN, report_id=ids.named("z", unit), unit=unit, week=6
        )
        story.say("reporting", f"campaign-{CAMPAIGN}", filed, on(12, 20))
    async with story.read(fresh_database) as pool:
        assert await of(pool, "S42", W06) == {None: 2, "R1": 1, "R2": 1}
        assert await of(pool, "S42", W06, THEN) == {None: 0}
        assert (await of(pool, "S42", W05))[None] == 0


async def test_history_is_counted_by_no_figure(fresh_database: FreshDatabases) -> None:
    """Architecture §4: no campaign figure from back-filled rows."""
    story = Story()
    old = Matter(story, 1)
    old.registered(on(11, 13), history=True)
    old.moved(on(11, 14), "LI")
    old.verified(on(11, 24), {1: 100})
    old.paid(on(12, 4), (1, 1, 40))
    async with story.read(fresh_database) as pool:
        for row in await table(pool, span_of(W06, NOW)):
            assert row.total[None] == 0, row.indicator.id
