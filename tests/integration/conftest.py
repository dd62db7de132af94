"""One service's journal, topics and writer: what most tests of a stream begin with."""

from collections.abc import AsyncIterator

import pytest

from tests.stack import FreshDatabases, FreshTopics
from tests.stream_scene import Scene, a_scene


@pytest.fixture
async def scene(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str
) -> AsyncIterator[Scene]:
    """A scene of this test's own; a file with another kind of scene has its own."""
    async with a_scene(fresh_database, topics, kafka) as made:
        yield made
