"""Which weeks are closed, as known at a time: what was closed later was open then."""

from datetime import date, timedelta

import asyncpg

from libs.events.contracts.reporting import CampaignOpened
from libs.ids import named
from services.reporting.reading.statistics import PERIODS, campaign
from tests.figures_story import CAMPAIGN
from tests.integration.test_figures_merged import NOW, THEN, published
from tests.integration.test_figures_merged import campaign as told
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

SOON = timedelta(seconds=1)
LATER = named("campaign", "a later one")


def closed_story() -> Story:
    """Tell of a campaign whose third week was published on its Monday, at THEN."""
    story, *_ = told()
    published(story, '{"figures": {}}')
    return story


async def test_a_week_that_was_closed_later_was_open_then(
    fresh_database: FreshDatabases,
) -> None:
    story, asked = closed_story(), (None, THEN + SOON, THEN, on(11, 20))
    async with story.read(fresh_database) as pool, pool.acquire() as connection:
        found = [await campaign(connection, at) for at in asked]
    closed = [sorted(one.closed) for one in found if one]
    assert closed == [[3], [3], [], []]


async def test_the_last_closed_week_stands_once_and_published(
    fresh_database: FreshDatabases,
) -> None:
    """Its closing is told in two streams: the campaign's own is no period."""
    async with closed_story().read(fresh_database) as pool, pool.acquire() as one:
        rows = await one.fetch("SELECT week, document FROM period")
        known = [await _periods(one, at) for at in (THEN + SOON, THEN)]
    assert [tuple(row) for row in rows] == [(3, '{"figures": {}}')]
    assert known == [[3], []]


async def _periods(connection: asyncpg.Connection, at: object) -> list[int]:
    return [r["week"] for r in await connection.fetch(PERIODS.then, at, CAMPAIGN)]


async def test_a_campaign_that_was_opened_later_was_none_then(
    fresh_database: FreshDatabases,
) -> None:
    """And the one of that day is chosen, not the one of the day of asking."""
    story, opened_at = closed_story(), on(12, 1)
    opened = CampaignOpened(
        campaign_id=LATER,
        title="后来的行动（虚构）",
        notice_number="2",
        notice_signed_on=date(2023, 12, 1),
        starts_on=date(2023, 12, 4),
        ends_on=date(2024, 3, 1),
    )
    story.say("reporting", f"campaign-{LATER}", opened, opened_at)
    times = (on(11, 1), NOW, opened_at + SOON, on(12, 5))
    async with story.read(fresh_database) as pool, pool.acquire() as connection:
        found = [await campaign(connection, at) for at in times]
    chosen = [one.campaign_id if one else None for one in found]
    assert chosen == [None, CAMPAIGN, CAMPAIGN, LATER]
