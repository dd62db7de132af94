"""A line of the ledger is the same however its rows happen to lie in the tables."""

import pytest

from services.reporting.reading.ledger import PAGE
from tests.figures_story import Matter
from tests.stack import FreshDatabases
from tests.told_story import Story
from tests.unit.offices import on

# Sees all, no filter, live and history, the first page.
ALL = (None, True, "LC", *(None,) * 8, False, False, None, "all", None, False, None)
EVERYTHING = (*ALL, None, None)


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
