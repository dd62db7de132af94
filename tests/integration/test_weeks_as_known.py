"""Which weeks are closed, as known at a time: what was closed later was open then."""

from services.reporting.reading.statistics import campaign
from tests.integration.test_figures_merged import THEN, published
from tests.integration.test_figures_merged import campaign as told
from tests.stack import FreshDatabases
from tests.unit.offices import on


async def test_a_week_that_was_closed_later_was_open_then(
    fresh_database: FreshDatabases,
) -> None:
    story, *_ = told()
    published(story, '{"figures": {}}')
    async with story.read(fresh_database) as pool, pool.acquire() as connection:
        found = [await campaign(connection, at) for at in (None, THEN, on(11, 20))]
    closed = [sorted(one.closed) for one in found if one]
    assert closed == [[3], [3], []]
