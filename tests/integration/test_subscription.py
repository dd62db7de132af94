"""Events have their effect once and in order, whatever Kafka repeats or loses."""

from collections.abc import AsyncIterator

import pytest

from tests.eventually import eventually
from tests.stack import FreshDatabases, FreshTopics
from tests.stream_scene import Scene, Seen, a_scene, a_stream


@pytest.fixture
async def scene(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str
) -> AsyncIterator[Scene]:
    async with a_scene(fresh_database, topics, kafka) as made:
        yield made


async def test_what_was_appended_has_its_effect_once_and_in_order(
    scene: Scene,
) -> None:
    streams = [a_stream() for _ in range(20)]
    relay, subscription = scene.relay(), scene.subscription(Seen())
    await relay.start()
    await subscription.start()
    await scene.append_many(streams, rounds=5)
    await eventually(lambda: scene.all_seen(100))
    seen = await scene.seen()
    for stream in streams:
        assert [v for s, v in seen if s == stream] == [1, 2, 3, 4, 5]
    assert len(seen) == 100
    await subscription.stop()
    await relay.stop()
