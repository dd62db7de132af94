"""Fixtures every test may ask for: real servers, fresh databases, fresh topics."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings

from tests import stack
from tests.end_to_end.whole import Whole, running_whole

# No test has a time limit that a busy machine could miss.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

LONG = {"end_to_end", "chaos"}
"""Folders whose files start systems of their own."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what asks the one running system first, and on one of two processes.

    The other process takes the rest meanwhile, file by file, the longest files first.
    """
    for item in items:
        group = "whole" if _asks_whole(item) else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if _asks_whole(item):
        return 0
    return 1 if LONG.intersection(item.path.parts) else 2


def _asks_whole(item: pytest.Item) -> bool:
    return "whole" in getattr(item, "fixturenames", ())


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
def whole(stack_folder: Path, postgres: str, kafka: str) -> Iterator[Whole]:
    """The four services, the issuer and a simulated clock, ready."""
    mark = uuid4().hex[:6]
    with running_whole(
        stack_folder / "whole",
        QINGXIN_POSTGRES_DSN=postgres,
        QINGXIN_KAFKA=kafka,
        QINGXIN_TOPIC_PREFIX=f"e{mark}.",
        QINGXIN_DATABASE_PREFIX=f"e{mark}_",
    ) as found:
        yield found
