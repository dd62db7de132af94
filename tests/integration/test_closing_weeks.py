"""Closing a week: one at a time, and told again as it was told first."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from libs.acts import Desk
from libs.events.command import Command
from libs.events.decider import Rule
from libs.events.journal.journal import Journal
from libs.events.journal.writer import Writer
from libs.events.perform import Log
from services.reporting import campaign
from services.reporting.closing import ALONE, ROUTERS
from tests.console_scene import NOW, Console, console_scene
from tests.stack import FreshDatabases

CAMPAIGN = {
    "title": "演示行动",
    "notice_number": "演示〔2023〕1号",
    "notice_signed_on": "2023-11-01",
    "starts_on": "2023-11-06",
    "ends_on": "2023-12-31",
}
PUBLISHED = """
SELECT count(*) FROM journal.event WHERE type = 'WeeklyStatisticsPublished'"""


@dataclass
class Office:
    """Reporting at work with an open campaign, and who may close its weeks."""

    console: Console
    client: httpx.AsyncClient
    campaign_id: str = ""

    async def post(self, path: str, body: Any, key: str) -> httpx.Response:
        """Act with a key."""
        headers = {"Idempotency-Key": key}
        return await self.client.post(path, json=body, headers=headers)

    async def close(self, week: int, key: str) -> httpx.Response:
        """Close a week."""
        path = f"/v1/campaigns/{self.campaign_id}/weeks/{week}/closing"
        return await self.post(path, {}, key)

    async def published(self) -> int:
        """Return how many tables stand in the log."""
        found: int = await self.console.pool.fetchval(PUBLISHED)
        return found


@pytest.fixture
async def office(fresh_database: FreshDatabases) -> AsyncIterator[Office]:
    async with console_scene(fresh_database) as console:
        writer = Writer(console.running.settings.database)
        rules: Mapping[type[Command], Rule[Any]] = {
            rule.command: rule for rule in campaign.RULES
        }
        log = Log(Journal(console.pool, "reporting"), writer)
        console.running.desk = Desk("reporting", log, rules)
        console.running.now = console.running.desk.now
        console.running.officer = console.running.unit_kind = None
        console.app.state.desk = console.running.desk
        for router in ROUTERS:
            console.app.include_router(router)
        await writer.start()
        try:
            async with console.api("lg-01") as client:
                found = Office(console, client)
                opened = await found.post("/v1/campaigns", CAMPAIGN, str(uuid4()))
                assert opened.status_code == 201, opened.text
                found.campaign_id = opened.json()["campaign_id"]
                yield found
        finally:
            await writer.stop()


async def test_a_closing_that_comes_again_is_answered_as_it_was(office: Office) -> None:
    key = str(uuid4())
    first = await office.close(1, key)
    assert first.status_code == 201, first.text
    # Known to a later time by now: what was said stays.
    office.console.watermarks.complete = NOW + timedelta(days=1)
    again = await office.close(1, key)
    assert {**first.json(), "repeated": True} == again.json()
    assert again.json()["known_at"] == NOW.isoformat()
    other = await office.close(1, str(uuid4()))
    assert (other.status_code, other.json()["code"]) == (409, "week-closed")
    assert await office.published() == 1


async def test_a_closed_week_is_not_counted_again(office: Office) -> None:
    key = str(uuid4())
    first = await office.close(1, key)
    # Nobody can count now, and nobody has to.
    await office.console.pool.execute("DROP FUNCTION case_fact_as_known(timestamptz)")
    again = await office.close(1, key)
    assert {**first.json(), "repeated": True} == again.json()


async def test_one_closing_at_a_time(office: Office) -> None:
    key = str(uuid4())
    async with office.console.pool.acquire() as other, other.transaction():
        assert await other.fetchval(ALONE, office.campaign_id)
        refused = await office.close(1, key)
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert int(refused.headers["Retry-After"]) > 0
        assert await office.published() == 0
    closed = await office.close(1, key)
    assert closed.status_code == 201, closed.text
    assert await office.published() == 1
