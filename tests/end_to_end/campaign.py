"""The demonstration campaign's read models, and what must hold of them at any time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg

from libs.calendar.local_days import EARLIEST
from services.reporting.figures.counting import Span, count
from services.reporting.figures.indicators import BY_ID
from tests.end_to_end.whole import Whole


@asynccontextmanager
async def reporting(whole: Whole) -> AsyncIterator[asyncpg.Connection]:
    """Open reporting's read models."""
    connection = await asyncpg.connect(whole.settings.app_dsn("reporting"))
    try:
        yield connection
    finally:
        await connection.close()


async def identities(
    connection: asyncpg.Connection, cut_off: datetime, known_at: datetime
) -> None:
    """Hold that the figures agree with each other and with the facts behind them."""
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


BALANCES = """
SELECT COUNT(*) FROM claim c LEFT JOIN (
    SELECT claim_id, SUM(minor) FILTER (WHERE kind = 'paid') AS paid,
           SUM(minor) FILTER (WHERE kind = 'confirmed') AS confirmed
    FROM money_fact GROUP BY claim_id) m USING (claim_id)
WHERE c.paid <> COALESCE(m.paid, 0) OR c.confirmed <> COALESCE(m.confirmed, 0)
   OR c.paid < c.confirmed
   OR c.payable IS NOT NULL AND c.payable - c.paid <> c.unpaid - c.overpaid"""
