"""Every view table deleted and rebuilt: ledger, week and history, byte for byte."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import asyncpg
import httpx
import pytest

from deploy.cli.rebuild import declared_by
from deploy.clockwork import Clockwork
from libs.events.views.checksum import checksum
from libs.events.views.tables import tables
from tests.end_to_end.complaint import carry, complain
from tests.end_to_end.whole import Act, Whole

CAMPAIGN = {
    "title": "虚构专项行动",
    "notice_number": "演示〔2023〕9号",
    "notice_signed_on": "2023-11-10",
    "starts_on": "2023-11-10",
    "ends_on": "2024-02-09",
}
NOW = "SELECT journal.now()"
# An order to rebuild is no part of what was rebuilt.
TRAIL = """
SELECT md5(string_agg(line::text, E'\\n' ORDER BY event_id, line.line))
FROM trail AS line WHERE type <> 'RebuildOrdered'"""


async def opened_week(whole: Whole) -> None:
    """Open a campaign, and let a minute pass, so that a week has facts."""
    act = Act("lg-01", "reporting", "/v1/campaigns", CAMPAIGN, on_something=False)
    await whole.do(act)
    await a_minute_later(whole)


async def a_minute_later(whole: Whole) -> datetime:
    """Move the clock on by a minute; everything until now is before that."""
    async with whole.database("reporting") as pool:
        now: datetime = await pool.fetchval(NOW)
    async with httpx.AsyncClient() as client:
        clockwork = Clockwork(client, whole.settings.address, whole.token("op-01"))
        moved = await clockwork.advance(now + timedelta(minutes=1))
    return moved.now


async def answers(whole: Whole, at: datetime) -> dict[str, bytes]:
    """Return ledger and weekly table as known at a time, as bytes."""
    found = {}
    for path in ("/v1/ledger", "/v1/statistics/weeks/1"):
        async with whole.client("reporting", "au-01") as client:
            answer = await client.get(path, params={"as_of": at.isoformat()})
        assert not answer.is_error, answer.text
        # The watermark goes on; what was known then does not.
        said = {k: v for k, v in answer.json().items() if k != "complete_up_to"}
        found[path] = json.dumps(said, ensure_ascii=False).encode()
    return found


async def sums(whole: Whole) -> dict[str, str]:
    """Return the checksums of all rows and histories.

    An order to rebuild is an event too, so the trail is summed without those.
    """
    async with (
        whole.database("reporting") as pool,
        pool.acquire() as connection,
    ):
        found = {
            one.name: await checksum(connection, one)
            for one in declared_by("reporting")
        }
        return {**found, "trail": await connection.fetchval(TRAIL)}


async def delete_every_table(whole: Whole) -> int:
    """Drop the tables of all views and registers, as their owner."""
    dropped = 0
    connection = await asyncpg.connect(whole.settings.owner_dsn("reporting"))
    try:
        for one in declared_by("reporting"):
            for table in tables(one):
                await connection.execute(f"DROP TABLE public.{table.name} CASCADE")
                dropped += 1
    finally:
        await connection.close()
    return dropped


@pytest.mark.slow
async def test_deleted_views_are_rebuilt_to_the_same_bytes(whole: Whole) -> None:
    await carry(whole, await complain(whole))
    await opened_week(whole)
    await whole.settled()
    async with whole.database("reporting") as pool:
        at: datetime = await pool.fetchval(NOW)
    before, known = await sums(whole), await answers(whole, at)
    assert b"WagesPaid" not in known["/v1/ledger"]
    assert b"1234500" in known["/v1/ledger"]
    assert await delete_every_table(whole) > len(before)
    said = await whole.cli("rebuild", "--yes", "--json")
    assert said.code == 0, said
    rebuilt = rebuilt_sums(said.out)
    assert rebuilt == {**before, "trail": rebuilt["trail"]}
    assert await sums(whole) == before
    assert await answers(whole, at) == known
    # What comes after goes into the new tables.
    later = await complain(whole)
    await whole.settled()
    shown = await whole.get("au-01", "reporting", f"/v1/cases/{later.case_id}")
    assert shown["number"] == later.receipt


def rebuilt_sums(out: str) -> Mapping[str, str]:
    """Return the checksums that the command printed, by view."""
    return {one["view"]: one["checksum"] for one in json.loads(out)["rebuilt"]}


@pytest.mark.slow
async def test_a_rebuild_beside_live_views_compares_the_same_and_an_unknown_is_refused(
    whole: Whole,
) -> None:
    await complain(whole)
    await whole.settled()
    said = await whole.cli("rebuild", "clue", "money_fact", "--yes")
    assert said.code == 0, said
    assert "same as live, switched" in said.out
    unknown = await whole.cli("rebuild", "nothing")
    assert unknown.code == 1
    assert unknown.err.startswith("qingxin: reporting has no view nothing. It has: ")


async def test_the_past_is_printed_as_it_was_known(whole: Whole) -> None:
    begun = await complain(whole)
    then = await a_minute_later(whole) - timedelta(milliseconds=1)
    await carry(whole, begun)
    old = await whole.cli("as-of", then.isoformat(), "--case", begun.receipt)
    assert old.code == 0, old
    assert "ClaimOpened" in old.out
    assert "WagesPaid" not in old.out
    now = await whole.cli("as-of", "2024-02-09", "--case", begun.receipt)
    assert "WageReceiptConfirmed" in now.out
