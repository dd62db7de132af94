"""The demonstration campaign: loaded through a kill, foretold to the fen, identical."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deploy.demo.check import compared
from deploy.demo.digest import digest, lines, rows_of
from deploy.demo.office import closing_stop, weeks
from deploy.demo.plan import SEED, Plan, plan
from deploy.demo.stops import END
from deploy.local.kept import SERVICES
from deploy.local.places import REPOSITORY
from deploy.local.settings import ISSUER
from libs.calendar import end_of_day
from libs.events.event import Recorded
from libs.events.journal.journal import Journal
from tests.as_known import addresses, answers, different, reader_of
from tests.end_to_end.campaign import BALANCES, identities, reporting
from tests.end_to_end.whole import Whole, a_whole
from tests.eventually import eventually
from tests.stack import FreshDatabases

pytestmark = pytest.mark.slow

DIGEST = REPOSITORY / "deploy" / "demo" / "digest.txt"
CUT_OFFS = [
    (number, end_of_day(last), closing_stop(last))
    for number, (_, last) in enumerate(weeks(), 1)
]


@pytest.fixture(scope="module")
def planned() -> Plan:
    """The demonstration's plan."""
    return plan(SEED, "310199000000", ISSUER)


@pytest.fixture(scope="module")
def campaign(stack_folder: Path, postgres: str, kafka: str) -> Iterator[Whole]:
    """A system of its own with the whole campaign, its load killed on the way."""
    with a_whole(stack_folder / "campaign", postgres, kafka) as found:
        asyncio.run(_loaded(found))
        yield found


async def _loaded(whole: Whole) -> None:
    await _killed_midway(whole)
    for words in (("demo",), ("demo", "continue")):
        said = await whole.cli(*words)
        assert said.code == 0, said.err


async def _killed_midway(whole: Whole) -> None:
    """Begin a load and kill it once three weeks of the campaign are in."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", "demo"),
        env=dict(os.environ) | {"QINGXIN_STATE": str(whole.state)},
        cwd=REPOSITORY,
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def is_under_way() -> bool:
        async with reporting(whole) as connection:
            return int(await connection.fetchval("SELECT COUNT(*) FROM clue")) > 30

    try:
        assert await eventually(is_under_way, 300)
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def test_every_figure_is_as_the_plan_foretells(
    campaign: Whole, planned: Plan
) -> None:
    async with reporting(campaign) as connection:
        found = await compared(connection, planned, END)
    assert len(found) == 184
    assert [one for one in found if not one.equal] == []


async def test_a_second_start_loads_nothing(campaign: Whole) -> None:
    said = await campaign.cli("demo")
    assert (said.code, said.out) == (0, "demonstration: it is loaded already\n")


async def test_all_streams_are_those_of_every_load_of_this_seed(
    campaign: Whole,
) -> None:
    dsns = {service: campaign.settings.owner_dsn(service) for service in SERVICES}
    said = lines(await rows_of(dsns))
    assert digest(said) == DIGEST.read_text("utf-8").strip()


async def test_numbers_have_no_gaps(campaign: Whole) -> None:
    async with campaign.database("intake") as pool:
        rows = await pool.fetch(
            "SELECT serial FROM journal.event WHERE serial IS NOT NULL ORDER BY seq"
        )
    ends: dict[str, list[int]] = {}
    for (serial,) in rows:
        area, day, kind, number = serial.split("-")
        ends.setdefault(f"{area} {day[:4]} {kind}", []).append(int(number))
    assert sum(len(numbers) for numbers in ends.values()) == 300
    for numbers in ends.values():
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(("number", "cut_off", "closed"), CUT_OFFS)
async def test_the_identities_hold_at_each_cut_off_now_and_as_known_then(
    campaign: Whole, number: int, cut_off: datetime, closed: datetime
) -> None:
    async with reporting(campaign) as connection:
        for known_at in (END + timedelta(hours=1), closed):
            await identities(connection, cut_off, known_at)
    assert 1 <= number <= len(CUT_OFFS)


async def test_each_claim_keeps_its_balance(campaign: Whole) -> None:
    async with reporting(campaign) as connection:
        wrong = await connection.fetchval(BALANCES)
        rows = await connection.fetchrow(
            "SELECT COUNT(*) AS rows, COUNT(*) FILTER (WHERE withdrawn) AS withdrawn"
            " FROM claim"
        )
    assert wrong == 0
    assert rows["rows"] > rows["withdrawn"] > 0


async def test_the_late_payment_is_noted_beside_the_signed_week_six(
    campaign: Whole,
) -> None:
    async with reporting(campaign) as connection:
        noted = await connection.fetch(
            "SELECT indicator, old, new, noted_in_week FROM correction"
            " WHERE week = 6 AND unit IS NULL AND indicator LIKE 'S18%'"
        )
    changed = {row["indicator"]: row["new"] - row["old"] for row in noted}
    assert changed == {"S18-amount": 3_500_000, "S18-workers": 5}
    assert {row["noted_in_week"] for row in noted} == {8}


async def test_each_rung_of_the_ladder_was_told_once_while_its_date_stood(
    campaign: Whole,
) -> None:
    """F-2.4.1b; domain §5.9, 5: sixty-six working days of clocks that climb."""
    async with campaign.database("routing") as pool:
        rungs = await pool.fetch(RUNGS)
        early = await pool.fetchval(EARLY)
    told = [(row["deadline"], row["due_at"], row["point"]) for row in rungs]
    assert len(told) == len(set(told))
    assert {row["rung"] for row in rungs} >= {"warn", "urge", "supervise"}
    assert early == 0


SAID = "type = 'DeadlineRungReached'"
RUNGS = f"""
SELECT data::json->>'deadline_id' AS deadline, data::json->>'due_at' AS due_at,
       data::json->>'point' AS point, data::json->>'rung' AS rung
FROM journal.event WHERE {SAID}"""
# Urged before it was found missed, or told after it had stopped for good.
EARLY = f"""
SELECT count(*) FROM journal.event r WHERE r.{SAID}
AND (r.data::json->>'rung' <> 'warn' AND NOT EXISTS (
  SELECT FROM journal.event m WHERE m.type = 'DeadlineMissed' AND m.seq < r.seq
  AND m.stream = 'deadline-' || (r.data::json->>'deadline_id'))
OR (SELECT d.type FROM journal.event d WHERE d.seq < r.seq
  AND d.stream = 'deadline-' || (r.data::json->>'deadline_id')
  ORDER BY d.seq DESC LIMIT 1) IN ('DeadlineStopped', 'DeadlinePaused'))"""


async def test_nothing_is_parked_and_every_log_is_whole(campaign: Whole) -> None:
    said = await campaign.cli("verify")
    assert said.code == 0, said.out
    for service in SERVICES:
        async with campaign.database(service) as pool:
            assert await pool.fetchval("SELECT COUNT(*) FROM parked") == 0


async def test_what_was_known_then_is_the_same_from_who_had_read_until_then(
    campaign: Whole, fresh_database: FreshDatabases
) -> None:
    """Each address that takes a time, each week's end: no later fact, no later day."""
    told = [row async for row in _told(campaign)]
    late_by, closings = END + timedelta(days=3), [closed for *_, closed in CUT_OFFS]
    async with reader_of(fresh_database, told, late_by) as late:
        asked, wrong = await addresses(late), dict[object, list[str]]()
        for at in closings[3::4]:
            known = [row for row in told if row.recorded_at <= at]
            async with reader_of(fresh_database, known, at) as early:
                first = await answers(early, asked, at)
            now = await answers(late, asked, at)
            assert sum(status == 200 for status, _ in first.values()) > len(asked)
            wrong |= {
                (at, *address): parts
                for address, said in now.items()
                if (parts := different(first[address], said))
            }
    assert wrong == {}


async def _told(whole: Whole) -> AsyncIterator[Recorded]:
    for service in SERVICES:
        async with whole.database(service) as pool:
            journal, after = Journal(pool, service), 0
            while page := await journal.read_stored(after):
                for row in page:
                    yield row
                after = page[-1].seq
