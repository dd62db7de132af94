"""Members come, go, fail and die: every event still has its effect once."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local.children import Program, start
from libs.events.event import Recorded
from libs.events.journal.words import PositionMoved
from libs.events.stream.effects import Effects
from libs.events.stream.envelope import Copy
from libs.events.stream.trouble import TryAgain
from tests.eventually import eventually
from tests.stream_child import MIDST
from tests.stream_scene import Scene, Seen, a_stream


async def test_members_come_and_go_and_every_event_has_its_effect_once(
    scene: Scene,
) -> None:
    relay, streams = await scene.relay(), [a_stream() for _ in range(30)]
    first = await scene.subscription(Seen())
    await scene.append_many(streams, rounds=2)
    second = await scene.subscription(Seen())
    await scene.append_many(streams, rounds=2)

    async def both_have_a_share() -> bool:
        return first.has_partitions and second.has_partitions

    await eventually(both_have_a_share)
    await scene.append_many(streams, rounds=2)
    await first.stop()
    await scene.append_many(streams, rounds=2)
    assert await second.drained(await relay.force_tick())
    seen = await scene.seen()
    assert len(seen) == 240
    for stream in streams:
        assert [v for s, v in seen if s == stream] == list(range(1, 9))


async def test_a_member_that_lost_its_partition_moves_no_position(scene: Scene) -> None:
    copies = [
        Copy(row, index, scene.topic, 3, index)
        for index, row in enumerate(await scene.append(a_stream(), 3))
    ]
    place, readers = TopicPartition(scene.topic, 3), {scene.topic: ["seen"]}
    ours, theirs = Effects(scene.pool, [Seen()]), Effects(scene.pool, [Seen()])
    await theirs.apply({place: copies[:1]}, readers)
    with pytest.raises(PositionMoved):
        await ours.apply({place: copies[:1]}, readers)
    await ours.load()
    await theirs.apply({place: copies[1:]}, readers)
    with pytest.raises(PositionMoved):
        await ours.apply({place: copies[1:2]}, readers)
    assert len(await scene.seen()) == 3


async def test_a_consumer_killed_within_its_page_leaves_no_trace(
    scene: Scene, tmp_path: Path
) -> None:
    relay, log = await scene.relay(), tmp_path / "child.log"
    await scene.append_many([a_stream() for _ in range(10)])
    progress = await relay.force_tick()
    argv = [sys.executable, "-m", "tests.stream_child", "stuck-consumer"]
    argv += [scene.dsn, scene.bootstrap, scene.topics.prefix]
    child = start(Program("consumer", argv, log, dict(os.environ)))

    async def is_in_the_midst() -> bool:
        return MIDST in log.read_text()

    await eventually(is_in_the_midst)
    child.kill()
    subscription = await scene.subscription(Seen())
    assert await subscription.drained(progress)
    assert len(await scene.seen()) == 10


@dataclass
class Moody(Seen):
    """A view whose table is out of reach a few times."""

    moods: list[Exception] = field(default_factory=list)

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        await super().apply(connection, events)
        if self.moods:
            raise self.moods.pop()


async def test_passing_trouble_parks_nothing_and_loses_nothing(scene: Scene) -> None:
    moods = [TryAgain("later"), ConnectionResetError(), asyncpg.DeadlockDetectedError()]
    relay = await scene.relay()
    subscription = await scene.subscription(Moody(moods=moods))
    await scene.append_many([a_stream() for _ in range(10)])
    assert await subscription.drained(await relay.force_tick())
    assert len(await scene.seen()) == 10
    assert not moods
    assert await scene.pool.fetchval("SELECT count(*) FROM parked") == 0


@dataclass
class LateToFail(Seen):
    """A view whose first page breaks a rule that is looked at when it commits."""

    fails: int = 1

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        await super().apply(connection, events)
        if self.fails:
            self.fails -= 1
            await connection.execute(
                "CREATE TEMP TABLE late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"
                " ON COMMIT DROP"
            )
            await connection.execute("INSERT INTO late VALUES (1), (1)")


async def test_an_effect_that_fails_as_it_commits_leaves_no_position_behind(
    scene: Scene,
) -> None:
    relay = await scene.relay()
    await scene.append_many([a_stream() for _ in range(10)])
    progress = await relay.force_tick()
    view = LateToFail()
    subscription = await scene.subscription(view)
    assert await subscription.drained(progress)
    assert not view.fails
    assert len(await scene.seen()) == 10


async def test_a_database_that_goes_away_is_waited_for(scene: Scene) -> None:
    relay = await scene.relay()
    subscription = await scene.subscription(Seen())
    streams = [a_stream() for _ in range(10)]
    await scene.append_many(streams)
    owner = await asyncpg.connect(scene.owner_dsn)
    await owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await owner.close()
    await scene.append_many(streams)
    assert await subscription.drained(await relay.force_tick())
    assert len(await scene.seen()) == 20


async def test_a_member_whose_positions_are_not_where_it_left_them_reads_them_again(
    scene: Scene,
) -> None:
    # A commit whose answer is lost leaves the like; nothing else may ever concern it.
    relay, stream = await scene.relay(), a_stream()
    subscription = await scene.subscription(Seen(passes={stream}))
    await scene.append(stream, 5)
    assert await subscription.drained(await relay.force_tick())
    owner = await asyncpg.connect(scene.owner_dsn)

    async def stored() -> int | None:
        found: int | None = await owner.fetchval("SELECT idx FROM position")
        return found

    async def is_at(index: int) -> bool:
        return await stored() == index

    await eventually(lambda: is_at(4))
    await owner.execute("DELETE FROM position")
    await scene.append(stream, 3)
    assert await subscription.drained(await relay.force_tick())
    await eventually(lambda: is_at(7))
    await owner.close()


async def hangs(consumer: AIOKafkaConsumer) -> None:
    """As was seen: it looks for its broker and never finds it; fetching goes on."""

    async def never() -> None:
        await asyncio.Event().wait()

    coordinator = consumer._coordinator  # noqa: SLF001 -- the library's own
    coordinator.ensure_coordinator_known = never
    coordinator.coordinator_dead()


async def ends(consumer: AIOKafkaConsumer) -> None:
    """Its own task is over: nobody hears of a rebalance any more."""
    consumer._coordinator._coordination_task.cancel()  # noqa: SLF001 -- the library's own


async def is_deaf(consumer: AIOKafkaConsumer) -> None:
    """As was seen: it has its share and answers the group, and fetches no more.

    And when it is closed while it waits to fetch again, it ends its closer with it.
    """

    async def cancelled() -> None:
        raise asyncio.CancelledError

    fetching: asyncio.Task[None] = consumer._fetcher._fetch_task  # noqa: SLF001 -- the library's own

    async def has_ended() -> bool:
        # Right after a rebalance it waits for what it has cancelled itself, and takes
        # a cancelling of its own for that one's.
        fetching.cancel()
        return fetching.done()

    await eventually(has_ended)
    consumer._fetcher.close = cancelled  # noqa: SLF001 -- the library's own


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(hangs, marks=pytest.mark.slow),
        ends,
        pytest.param(is_deaf, marks=pytest.mark.slow),
    ],
)
async def test_a_member_out_of_touch_with_its_group_joins_anew(
    scene: Scene, harm: Callable[[AIOKafkaConsumer], Awaitable[None]]
) -> None:
    relay, streams = await scene.relay(), [a_stream() for _ in range(30)]
    first = await scene.subscription(Seen())
    await scene.append_many(streams)
    second = await scene.subscription(Seen())

    async def both_have_a_share() -> bool:
        return first.has_partitions and second.has_partitions

    await eventually(both_have_a_share)
    lost = first.consumer()
    assert lost is not None
    await harm(lost)

    async def has_joined_anew() -> bool:
        await scene.append_many(streams)
        return first.consumer() is not lost and first.has_partitions

    await eventually(has_joined_anew, 60)
    assert await second.drained(await relay.force_tick())
    assert first.is_looked_after
    seen = await scene.seen()
    for stream in streams:
        versions = [v for s, v in seen if s == stream]
        assert versions == list(range(1, len(versions) + 1))
