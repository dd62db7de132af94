"""A reader knows until when it has everything, and waits for a fact it was told of."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from libs.events.stream import parked
from libs.events.stream.topics import partition_of
from libs.events.stream.watermark import Fact, Watermarks
from tests.eventually import eventually
from tests.stream_scene import SERVICE, Scene, Seen, a_stream


@pytest.fixture
async def marks(scene: Scene) -> AsyncIterator[Watermarks]:
    made = Watermarks(scene.bootstrap, scene.topics)
    await made.start()
    yield made
    await made.stop()


async def complete(scene: Scene, marks: Watermarks) -> datetime | None:
    return await marks.completeness(scene.pool, {"seen": [SERVICE]})


async def test_what_a_tick_covers_is_complete_once_it_is_applied(
    scene: Scene, marks: Watermarks
) -> None:
    relay = await scene.relay()
    assert await complete(scene, marks) is None
    await scene.append_many([a_stream() for _ in range(20)])
    progress = await relay.force_tick()
    subscription = await scene.subscription(Seen())
    assert await subscription.drained(progress)

    async def reaches_the_tick() -> bool:
        at = await complete(scene, marks)
        return at is not None and at >= progress.at

    await eventually(reaches_the_tick)
    # Of two readers the one that is behind says how far both are: it has read nothing.
    both = {"seen": [SERVICE], "behind": [SERVICE]}
    assert await marks.completeness(scene.pool, both) is None


async def test_a_parked_event_holds_the_time_until_it_is_applied(
    scene: Scene, marks: Watermarks
) -> None:
    hated = a_stream()
    seen = Seen(hates={hated})
    relay = await scene.relay()
    subscription = await scene.subscription(seen)
    (event,) = await scene.append(hated)
    await scene.append(a_stream())
    progress = await relay.force_tick()
    assert await subscription.drained(progress)
    just_before = event.recorded_at - timedelta(microseconds=1)
    await eventually(lambda: is_at(scene, marks, just_before))
    seen.hates.clear()
    await parked.retry(scene.pool)

    async def goes_on() -> bool:
        at = await complete(scene, marks)
        return at is not None and at >= progress.at

    await eventually(goes_on)


async def is_at(scene: Scene, marks: Watermarks, at: datetime) -> bool:
    return await complete(scene, marks) == at


async def test_who_wrote_waits_until_it_can_be_read(
    scene: Scene, marks: Watermarks
) -> None:
    await scene.relay()
    await scene.subscription(Seen())
    stream = a_stream()
    (event,) = await scene.append(stream)
    fact = Fact(SERVICE, event.seq, partition_of(event.partition_key))
    assert await marks.wait_for(scene.pool, ["seen"], fact, seconds=20)
    assert await scene.seen() == [(stream, 1)]
    later = Fact(SERVICE, event.seq + 1, fact.partition)
    assert not await marks.wait_for(scene.pool, ["seen"], later, seconds=0.1)
