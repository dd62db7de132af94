"""Lines of the ledger: the same however rows happen to lie, each on one page."""

from datetime import datetime

import asyncpg
import pytest

from libs import ids
from libs.events.event import Actor
from services.reporting.reading.asking import Asking
from services.reporting.reading.ledger import (
    Filters,
    Ledger,
    Place,
    chosen_by,
    page_of,
)
from services.reporting.reading.ledger_statements import PAGE
from tests.figures_story import Matter
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

# Sees all, no filter, live and history, the first page.
ALL = (None, True, "LC", *(None,) * 8, False, False, None, "all", None, False, None)
EVERYTHING = (*ALL, None, None)
ACTOR = Actor(ids.named("anybody"), "auditor", "AU")
# No door takes a row of history without a date; a sheet's may have none.
UNDATE = """
WITH ended AS (
    UPDATE case_file_v2_history SET opened_at = NULL WHERE case_id = $1)
UPDATE case_file_v2 SET opened_at = NULL WHERE case_id = $1"""


@pytest.mark.parametrize("clocks", [("CLK-02", "CLK-05"), ("CLK-05", "CLK-02")])
async def test_of_two_dates_that_fall_together_the_line_shows_the_same_one(
    fresh_database: FreshDatabases, clocks: tuple[str, str]
) -> None:
    story = Story()
    matter = Matter(story, 1)
    matter.registered(on(11, 13))
    for clock in clocks:
        matter.clock(clock, on(11, 13), on(11, 20))
    async with story.read(fresh_database) as pool:
        (line,) = await pool.fetch(PAGE.at(None), *EVERYTHING, 51)
    assert line["clock"] == "CLK-02"


async def _turned(pool: asyncpg.Pool, as_of: datetime | None) -> list[Ledger]:
    """Turn the pages of two lines, as a reader does."""
    asking, pages = Asking(ACTOR, as_of), []
    place = Place(limit=2)
    async with pool.acquire() as connection:
        chosen = await chosen_by(connection, asking, Filters(source="all"), on(12, 1))
        while True:
            pages.append(await page_of(connection, asking, chosen, place))
            if pages[-1].after is None:
                return pages
            place = Place(pages[-1].after, 2)


async def _plan(pool: asyncpg.Pool) -> str:
    async with pool.acquire() as connection, connection.transaction():
        # Of four rows an index is no gain: what it could do is asked.
        await connection.execute("SET LOCAL enable_seqscan = off")
        await connection.execute("SET LOCAL enable_bitmapscan = off")
        rows = await connection.fetch(f"EXPLAIN {PAGE.at(None)}", *EVERYTHING, 51)
    return "\n".join(row[0] for row in rows)


async def test_every_page_has_its_own_lines_by_an_index_and_the_first_the_totals(
    fresh_database: FreshDatabases,
) -> None:
    story = Story()
    matters = [Matter(story, number) for number in range(5)]
    for day, matter in enumerate(matters, start=13):
        matter.registered(on(11, day), history=day % 2 == 0)
        matter.verified(on(11, day), {1: 100})
    # Two of a moment are told apart, and history of no date stands behind all.
    matters.append(Matter(story, 9))
    matters[-1].registered(on(11, 17))
    undated = matters[0].case_id
    async with story.read(fresh_database) as pool:
        await pool.execute(UNDATE, undated)
        for as_of in (None, on(12, 1)):
            pages = await _turned(pool, as_of)
            shown = [line.case_id for page in pages for line in page.lines]
            assert [len(page.lines) for page in pages] == [2, 2, 2]
            same = sorted((matters[4].case_id, matters[5].case_id), reverse=True)
            falling = [one.case_id for one in matters[3:0:-1]]
            assert shown == [*same, *falling, undated]
            assert [page.is_first for page in pages] == [True, False, False]
            assert [len(page.totals) for page in pages] == [2, 0, 0]
            assert pages[0].cases == len(matters)
        plan = await _plan(pool)
    assert "Index Scan Backward using case_file_v2_by_opened_at_case_id" in plan
    # A line's next clock is looked up by its case, not among all clocks that run.
    assert "deadline_v2_by_running_due_at" not in plan
