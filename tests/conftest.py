"""Fixtures every test may ask for: real servers, fresh databases, fresh topics."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests import stack
from tests.end_to_end.whole import Whole, a_whole

# No test has a time limit that a busy machine could miss.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ON_ONE_SYSTEM = ("tests/end_to_end/", "tests/browser/", "tests/drills/")
"""Folders whose tests ask the one running system, `whole`."""
CAMPAIGN = "tests/end_to_end/test_demo"
"""Files that start a system of their own, and take longest of all others."""
WHOLE = "whole"


def side(nodeid: str) -> str:
    """Return what of a run one process takes: all on the one system, else a file."""
    file = nodeid.partition("::")[0]
    is_apart = file.startswith(CAMPAIGN)
    return WHOLE if file.startswith(ON_ONE_SYSTEM) and not is_apart else file


class Sides(LoadScopeScheduling):  # type: ignore[misc]
    """Two processes: the one running system's tests, and meanwhile file by file.

    xdist's own groups are marked on a test's id, which pytest 9.2 no longer lets it.
    """

    def _split_scope(self, nodeid: str) -> str:
        return side(nodeid)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sides:
    """Deal the tests out by sides, whatever --dist says."""
    return Sides(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest sides first; raise for a test on a side that is not its own."""
    for item in items:
        if WHOLE in getattr(item, "fixturenames", ()) and side(item.nodeid) != WHOLE:
            message = f"{item.nodeid} asks the one system: {ON_ONE_SYSTEM} are for that"
            raise pytest.UsageError(message)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    its = side(item.nodeid)
    return 0 if its == WHOLE else 1 if its.startswith(CAMPAIGN) else 2


@pytest.fixture(scope="session")
def stack_folder() -> Iterator[Path]:
    """A folder of this run; the servers' data live and die in it."""
    with stack.temporary_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres(stack_folder: Path) -> Iterator[str]:
    """The superuser's DSN of a real PostgreSQL."""
    with stack.running_postgres(stack_folder) as dsn:
        yield dsn


@pytest.fixture(scope="session")
def kafka(stack_folder: Path) -> Iterator[str]:
    """The bootstrap address of a real Kafka."""
    with stack.running_kafka(stack_folder) as bootstrap:
        yield bootstrap


@pytest.fixture(scope="session")
def database_templates(postgres: str) -> Iterator[dict[str, str]]:
    """The databases that fresh ones are cloned from, made once a run."""
    templates: dict[str, str] = {}
    yield templates
    asyncio.run(stack.drop_databases(postgres, list(templates.values())))


@pytest.fixture
async def fresh_database(
    postgres: str, database_templates: dict[str, str]
) -> AsyncIterator[stack.FreshDatabases]:
    """A maker of databases of this test's own, called with a set-up."""
    databases = stack.FreshDatabases(postgres, database_templates)
    yield databases
    await databases.drop_all()


@pytest.fixture
async def topics(kafka: str) -> AsyncIterator[stack.FreshTopics]:
    """A topic prefix of this test's own, and `await topics.make(name, …)`."""
    fresh = stack.FreshTopics(kafka)
    yield fresh
    await fresh.delete_all()


@pytest.fixture(scope="session")
def whole(
    stack_folder: Path,
    postgres: str,
    kafka: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Whole]:
    """The four services, the issuer and a simulated clock, ready: one for a run."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        # A second one, on the other process, would double a run's time unseen.
        (tmp_path_factory.getbasetemp().parent / WHOLE).touch(exist_ok=False)
    with a_whole(stack_folder / "whole", postgres, kafka) as found:
        yield found
