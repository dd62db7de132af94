"""A changed row of a view, and a changed stored bulletin, are named by rebuilding."""

from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest

from libs.events.contracts.reporting import (
    StatPeriodClosed,
    WeeklyStatisticsPublished,
)
from libs.events.views.rebuild import Order, compare
from libs.events.views.testing import recorded, told
from services.reporting.views import period
from tests.stack import FreshDatabases
from tests.views_stand import APP, Memory, apply_live, migrated, prepared

PERIOD = f"period-{UUID(int=5)}"
EDITS = {
    "a row": "UPDATE period_v2 SET ends_on = ends_on + 7",
    "a stored bulletin": "UPDATE period_v2 SET document = replace(document, '1', '7')",
}
SAID = f'{{"week":1,"total":{10**6}}}'


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
async def test_a_changed_view_row_and_a_changed_bulletin_are_named(
    fresh_database: FreshDatabases, edit: str
) -> None:
    week = StatPeriodClosed(
        period_id=UUID(int=5),
        campaign_id=UUID(int=1),
        week=1,
        starts_on=date(2023, 11, 6),
        ends_on=date(2023, 11, 12),
        known_at=datetime(2023, 11, 13, tzinfo=UTC),
    )
    published = WeeklyStatisticsPublished(
        period_id=week.period_id,
        campaign_id=week.campaign_id,
        week=1,
        document_sha256=sha256(SAID.encode()).hexdigest(),
        document=SAID,
    )
    source = Memory()
    source.say(recorded(told(PERIOD, week, published), service="reporting"))
    declared = (period.VIEW, period.SNAPSHOTS)
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=8) as pool:
        await prepared(pool, *declared)
        await apply_live(pool, source, declared)
        order = Order(declared, APP)
        assert all(one.compared.same for one in await compare(pool, source, order))
        await pool.execute(edit)
        changed, untouched = await compare(pool, source, order)
        assert changed.compared.different == (PERIOD,)
        assert untouched.compared.same
        # Nothing was switched: what was changed is still there to be looked at.
        row = await pool.fetchrow("SELECT ends_on, document FROM period")
        assert tuple(row) != (week.ends_on, SAID)
