"""The demonstration's first weeks alone: what is loaded is as far foretold."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.check import compared
from deploy.demo.office import after_close, closing_stop, weeks
from deploy.demo.plan import SEED, plan
from deploy.local.kept import SERVICES
from deploy.local.settings import ISSUER
from libs.calendar import end_of_day
from tests.end_to_end.campaign import BALANCES, identities, reporting
from tests.end_to_end.whole import Whole, a_whole

pytestmark = pytest.mark.slow

WEEKS = 2
WORDS = ("demo", "--weeks", str(WEEKS))
THEN = after_close(WEEKS)


@pytest.fixture(scope="module")
def begun(stack_folder: Path, postgres: str, kafka: str) -> Iterator[Whole]:
    """A system of its own, to be loaded."""
    with a_whole(stack_folder / "begun", postgres, kafka) as found:
        yield found


async def test_the_first_weeks_are_as_the_plan_foretells(begun: Whole) -> None:
    said = await begun.cli(*WORDS)
    assert said.code == 0, said.err
    planned = plan(SEED, "310199000000", ISSUER)
    async with reporting(begun) as connection:
        found = await compared(connection, planned, THEN)
        assert [one for one in found if not one.equal] == []
        assert sum(one.expected > 0 for one in found) > 10
        for _, last in weeks()[:WEEKS]:
            for known_at in (THEN, closing_stop(last)):
                await identities(connection, end_of_day(last), known_at)
        assert await connection.fetchval(BALANCES) == 0


async def test_what_is_loaded_is_not_loaded_again(begun: Whole) -> None:
    said = await begun.cli(*WORDS)
    assert (said.code, said.out) == (0, "demonstration: it is loaded already\n")


async def test_nothing_is_parked(begun: Whole) -> None:
    for service in SERVICES:
        async with begun.database(service) as pool:
            assert await pool.fetchval("SELECT COUNT(*) FROM parked") == 0
