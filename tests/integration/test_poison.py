"""One event in a thousand at fault: the others never wait, and nothing is lost."""

from libs.events.stream import parked
from tests.eventually import eventually
from tests.stream_scene import Scene, Seen, a_stream

STREAMS, ROUNDS = 400, 10
POISONED = 4


async def test_poison_in_a_thousand_parks_its_streams_alone_and_comes_after_all(
    scene: Scene,
) -> None:
    streams = [a_stream() for _ in range(STREAMS)]
    hated = set(streams[:: STREAMS // POISONED])
    seen = Seen(hates=set(hated))
    relay = await scene.relay()
    subscription = await scene.subscription(seen)
    await scene.append_many(streams, ROUNDS)
    assert await subscription.drained(await relay.force_tick())
    free = (STREAMS - POISONED) * ROUNDS
    assert len(await scene.seen()) == free
    waiting = await parked.listed(scene.pool, "seen")
    assert len(waiting) == POISONED * ROUNDS
    assert {each.stream for each in waiting} == hated
    # Nobody stands still because of them.
    assert subscription.issues() == []
    seen.hates.clear()
    assert await parked.retry(scene.pool) == POISONED * ROUNDS
    await eventually(lambda: scene.all_seen(STREAMS * ROUNDS))
    found = await scene.seen()
    for stream in hated:
        assert [v for s, v in found if s == stream] == list(range(1, ROUNDS + 1))
    assert await parked.listed(scene.pool, "seen") == []
