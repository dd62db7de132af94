"""What a consumer cannot apply waits with its stream; all else goes on."""

from collections.abc import Sequence

import asyncpg
import pytest

from libs.events.event import Recorded
from libs.events.stream import parked
from libs.events.stream.parked import NotParked
from tests.eventually import eventually
from tests.stream_scene import Scene, Seen, a_stream


async def reasons(scene: Scene) -> list[str]:
    found = await parked.listed(scene.pool, "seen")
    return [each.reason for each in sorted(found, key=lambda each: each.seq)]


async def test_an_event_at_fault_waits_with_its_stream_and_comes_after_all(
    scene: Scene,
) -> None:
    hated, others = a_stream(), [a_stream() for _ in range(12)]
    seen, calm = Seen(hates={hated}), Seen("calm")
    relay = await scene.relay()
    subscription = await scene.subscription(seen, calm)
    await scene.append_many([*others[:6], hated, *others[6:]])
    await scene.append_many([hated, *others])
    assert await subscription.drained(await relay.force_tick())
    assert len(await scene.seen()) == 24
    assert len(await scene.seen("calm")) == 26
    assert await reasons(scene) == ["failed", "behind"]
    seen.hates.clear()
    assert await parked.retry(scene.pool, "seen", hated) == 2
    await eventually(lambda: scene.all_seen(26))
    assert [v for s, v in await scene.seen() if s == hated] == [1, 2]
    assert await reasons(scene) == []
    await scene.append(hated)
    await eventually(lambda: scene.all_seen(27))


async def test_a_retry_that_fails_counts_and_waits_on(scene: Scene) -> None:
    hated = a_stream()
    relay = await scene.relay()
    subscription = await scene.subscription(Seen(hates={hated}))
    await scene.append(hated, 2)
    assert await subscription.drained(await relay.force_tick())
    await parked.retry(scene.pool)

    async def has_failed_again() -> bool:
        found = await parked.listed(scene.pool, "seen")
        return [each.attempts for each in found] == [2, 1]

    await eventually(has_failed_again)
    first, _ = await parked.listed(scene.pool)
    assert first.error_code == "ValueError"
    assert not first.retry_asked
    assert await scene.seen() == []


async def test_a_dropped_event_lets_the_rest_of_its_stream_go_on(
    scene: Scene,
) -> None:
    hated = a_stream()
    seen = Seen(hates={hated})
    relay = await scene.relay()
    subscription = await scene.subscription(seen)
    events = await scene.append(hated, 3)
    assert await subscription.drained(await relay.force_tick())
    seen.hates.clear()
    async with scene.pool.acquire() as connection, connection.transaction():
        dropped = await parked.drop(connection, "seen", events[0].id)
    assert dropped.seq == events[0].seq
    await eventually(lambda: scene.all_seen(2))
    assert await scene.seen() == [(hated, 2), (hated, 3)]
    with pytest.raises(NotParked):
        await parked.show(scene.pool, "seen", events[0].id)


class Overflowing(Seen):
    """A view with a column too small: the driver refuses the value, not the server."""

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        if any(event.stream in self.hates for event in events):
            await connection.execute("SELECT $1::int", 2**40)
        await super().apply(
            connection, [e for e in events if e.stream not in self.hates]
        )


async def test_a_value_that_fits_no_column_is_parked_and_not_tried_for_ever(
    scene: Scene,
) -> None:
    hated, liked = a_stream(), a_stream()
    relay = await scene.relay()
    subscription = await scene.subscription(Overflowing(hates={hated}))
    await scene.append_many([hated, liked])
    assert await subscription.drained(await relay.force_tick())
    assert await scene.seen() == [(liked, 1)]
    assert await reasons(scene) == ["failed"]


async def test_a_consumer_that_fails_on_everything_is_broken_and_parks_no_more(
    scene: Scene,
) -> None:
    streams = [a_stream() for _ in range(40)]
    seen, calm = Seen(hates=set(streams)), Seen("calm")
    await scene.relay()
    subscription = await scene.subscription(seen, calm)
    await scene.append_many(streams)

    async def is_told() -> bool:
        return [issue.code for issue in subscription.issues()] == ["failing"]

    await eventually(is_told)
    assert len(await scene.seen("calm")) == 40
    assert 0 < len(await reasons(scene)) <= 10
    seen.hates.clear()
    await parked.retry(scene.pool)
    await eventually(lambda: scene.all_seen(40))
    assert len(await scene.seen()) == 40
    assert subscription.issues() == []
