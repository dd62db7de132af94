"""The demonstration campaign: loaded through a kill, foretold to the fen, identical."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
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
from libs.calendar.local_days import EARLIEST
from services.reporting.figures.counting import Span, count
from services.reporting.figures.indicators import BY_ID
from tests.end_to_end.whole import Whole, running_whole
from tests.eventually import eventually

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
    mark = uuid4().hex[:6]
    with running_whole(
        stack_folder / "campaign",
        QINGXIN_POSTGRES_DSN=postgres,
        QINGXIN_KAFKA=kafka,
        QINGXIN_TOPIC_PREFIX=f"d{mark}.",
        QINGXIN_DATABASE_PREFIX=f"d{mark}_",
    ) as found:
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


@asynccontextmanager
async def reporting(whole: Whole):  # type: ignore[no-untyped-def]  # a connection
    """Open reporting's read models."""
    connection = await asyncpg.connect(whole.settings.app_dsn("reporting"))
    try:
        yield connection
    finally:
        await connection.close()


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
            await _identities(connection, cut_off, known_at)
    assert 1 <= number <= len(CUT_OFFS)


async def _identities(
    connection: asyncpg.Connection, cut_off: datetime, known_at: datetime
) -> None:
    ever = Span(known_at, EARLIEST, cut_off)
    values = {
        name: await count(connection, indicator, ever)
        for name, indicator in BY_ID.items()
    }
    whole = {name: value.get(None, 0) for name, value in values.items()}
    counted = await connection.fetchrow(COUNTED, known_at, cut_off)
    assert whole["S06"] == counted["opened"] == counted["channels"]
    assert whole["S07"] == whole["S06"] - counted["linked"]
    assert whole["S40-open"] == counted["opened"] - counted["closed"]
    chain = [whole[name] for name in ("S06", "S07", "S08", "S09", "S10")]
    assert chain == sorted(chain, reverse=True)
    for name in ("S06", "S12", "S18-amount", "S19-amount", "S40-open", "S41a-amount"):
        units = sum(v for unit, v in values[name].items() if unit is not None)
        assert units == whole[name], name
    assert whole["S18-amount"] == counted["paid"] == counted["by_payer"]
    assert whole["S18-amount"] >= whole["S19-amount"]


COUNTED = """
SELECT
  (SELECT COUNT(*) FROM case_fact_as_known($1) WHERE kind = 'opened' AND NOT history
     AND COALESCE(happened_at, recorded_at) < $2) AS opened,
  (SELECT COUNT(*) FILTER (WHERE kind = 'closed')
        - COUNT(*) FILTER (WHERE kind = 'reopened') FROM case_fact_as_known($1)
     WHERE NOT history AND COALESCE(happened_at, recorded_at) < $2) AS closed,
  (SELECT COUNT(*) FILTER (WHERE kind = 'linked')
        - COUNT(*) FILTER (WHERE kind = 'unlinked') FROM case_fact_as_known($1)
     WHERE COALESCE(happened_at, recorded_at) < $2) AS linked,
  (SELECT COALESCE(SUM(n), 0)::bigint FROM (
     SELECT channel, COUNT(*) AS n FROM case_fact_as_known($1)
     WHERE kind = 'registered' AND COALESCE(happened_at, recorded_at) < $2
     GROUP BY channel) c) AS channels,
  (SELECT COALESCE(SUM(minor), 0)::bigint FROM money_fact_as_known($1)
     WHERE kind = 'paid' AND NOT history
     AND COALESCE(happened_at, recorded_at) < $2) AS paid,
  (SELECT COALESCE(SUM(minor), 0)::bigint FROM (
     SELECT p.payer, f.minor FROM money_fact_as_known($1) f
     JOIN money_fact p ON p.payment_id = f.payment_id AND p.payer IS NOT NULL
     WHERE f.kind = 'paid' AND NOT f.history
       AND COALESCE(f.happened_at, f.recorded_at) < $2
     ) m) AS by_payer"""


async def test_each_claim_keeps_its_balance(campaign: Whole) -> None:
    async with reporting(campaign) as connection:
        wrong = await connection.fetchval(BALANCES)
        rows = await connection.fetchrow(
            "SELECT COUNT(*) AS rows, COUNT(*) FILTER (WHERE withdrawn) AS withdrawn"
            " FROM claim"
        )
    assert wrong == 0
    assert rows["rows"] > rows["withdrawn"] > 0


BALANCES = """
SELECT COUNT(*) FROM claim c LEFT JOIN (
    SELECT claim_id, SUM(minor) FILTER (WHERE kind = 'paid') AS paid,
           SUM(minor) FILTER (WHERE kind = 'confirmed') AS confirmed
    FROM money_fact GROUP BY claim_id) m USING (claim_id)
WHERE c.paid <> COALESCE(m.paid, 0) OR c.confirmed <> COALESCE(m.confirmed, 0)
   OR c.paid < c.confirmed
   OR c.payable IS NOT NULL AND c.payable - c.paid <> c.unpaid - c.overpaid"""


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
