"""A page that reads while a view is changed over reads what it began with."""

import asyncio

import asyncpg
import pytest

from libs.events.views.holding import hold
from libs.events.views.rebuild import Order, rebuild
from tests.integration.test_rebuild import BOTH, pool, story
from tests.views_stand import APP, apply_live

__all__ = ["pool"]

POSITIONS = "SELECT coalesce(sum(idx + 1), 0) FROM position WHERE consumer = 'boxes_v1'"
ROWS = {
    "rows": "SELECT count(*) FROM boxes",
    "versions": "SELECT count(*) FROM boxes_history",
    "as known": "SELECT count(*) FROM boxes_as_known('2100-01-01Z')",
    "register": "SELECT count(*) FROM coins",
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
async def test_what_is_read_after_a_rebuild_came_is_what_was_complete_before(
    pool: asyncpg.Pool, rows: str
) -> None:
    source = story(5)
    await apply_live(pool, source, BOTH)
    wanted = await pool.fetchval(rows)
    assert wanted > 0
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await hold(connection, BOTH)
        # The snapshot, and by it what the answer says of itself.
        assert await connection.fetchval(POSITIONS) > 0
        rebuilding = asyncio.create_task(rebuild(pool, source, Order(BOTH, APP)))
        await asyncio.wait({rebuilding}, timeout=2.0)
        found = await connection.fetchval(rows)
    await rebuilding
    assert found == wanted == await pool.fetchval(rows)
