"""Events have their effect once and in order, whatever Kafka repeats or loses."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import pytest
from aiokafka import AIOKafkaProducer

from deploy.local.ports import LOOPBACK, free_port
from libs.events.event import Recorded
from libs.events.stream.envelope import to_record
from tests.eventually import eventually
from tests.stream_scene import Noting, Scene, Seen, a_stream


@pytest.fixture
async def by_hand(scene: Scene) -> AsyncIterator["ByHand"]:
    """A sender that sends what a test wants, right or wrong."""
    producer = AIOKafkaProducer(bootstrap_servers=scene.bootstrap)
    await producer.start()
    yield ByHand(producer, scene.topic)
    await producer.stop()


@dataclass
class ByHand:
    """Sends records to one partition."""

    producer: AIOKafkaProducer
    topic: str
    partition: int = 3

    async def send(self, row: Recorded, index: int) -> None:
        key, value, headers = to_record(row, index)
        await self.raw(key, value, headers)

    async def raw(
        self,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes | None]],
    ) -> None:
        await self.producer.send_and_wait(
            self.topic, value, key=key, headers=headers, partition=self.partition
        )


async def test_what_was_appended_has_its_effect_once_and_in_order(
    scene: Scene,
) -> None:
    streams = [a_stream() for _ in range(20)]
    relay = await scene.relay()
    subscription = await scene.subscription(Seen(), Seen("other"))
    await scene.append_many(streams, rounds=5)
    assert await subscription.drained(await relay.force_tick())
    for consumer in ("seen", "other"):
        seen = await scene.seen(consumer)
        assert len(seen) == 100
        for stream in streams:
            assert [v for s, v in seen if s == stream] == [1, 2, 3, 4, 5]


async def test_any_one_of_several_brokers_that_answers_is_enough(scene: Scene) -> None:
    scene.bootstrap = f"{LOOPBACK}:{free_port()},{scene.bootstrap}"
    relay = await scene.relay()
    subscription = await scene.subscription(Seen())
    await scene.append(a_stream())
    assert await subscription.drained(await relay.force_tick())
    assert len(await scene.seen()) == 1


async def test_a_reaction_keeps_one_outcome_an_event_with_its_position(
    scene: Scene,
) -> None:
    relay = await scene.relay()
    subscription = await scene.subscription(Noting(scene.journal))
    await scene.append_many([a_stream() for _ in range(10)], rounds=2)
    assert await subscription.drained(await relay.force_tick())
    count = "SELECT count(*) FROM journal.reaction_outcome"
    assert await scene.pool.fetchval(count) == 20


async def test_a_lost_batch_is_refilled_behind_newer_records(
    scene: Scene, by_hand: ByHand
) -> None:
    stream = a_stream()
    rows = await scene.append(stream, 6)
    subscription = await scene.subscription(Seen(), hole_seconds=0.5)
    for index in (0, 1, 4):
        await by_hand.send(rows[index], index)

    async def has_a_hole() -> bool:
        return [issue.code for issue in subscription.issues()] == ["hole"]

    await eventually(has_a_hole)
    assert await scene.seen() == [(stream, 1), (stream, 2)]
    for index in (2, 3, 4, 5):
        await by_hand.send(rows[index], index)
    await eventually(lambda: scene.all_seen(6))
    assert [version for _, version in await scene.seen()] == [1, 2, 3, 4, 5, 6]
    assert subscription.issues() == []


async def test_another_event_at_an_applied_index_stops_its_partition_alone(
    scene: Scene, by_hand: ByHand
) -> None:
    stream, other = a_stream(), a_stream()
    rows, more = await scene.append(stream, 3), await scene.append(other)
    subscription = await scene.subscription(Seen())
    await by_hand.send(rows[0], 0)
    await eventually(lambda: scene.all_seen(1))
    await by_hand.send(rows[1], 0)
    await by_hand.send(rows[2], 1)

    async def has_stopped() -> bool:
        return [issue.code for issue in subscription.issues()] == ["diverged"]

    await eventually(has_stopped)
    by_hand.partition = 4
    await by_hand.send(more[0], 0)
    await eventually(lambda: scene.all_seen(2))
    assert await scene.seen() == [(stream, 1), (other, 1)]


async def test_foreign_records_are_stepped_over(scene: Scene, by_hand: ByHand) -> None:
    stream = a_stream()
    rows = await scene.append(stream, 2)
    await by_hand.send(rows[0], 0)
    await by_hand.raw(b"k", None, [])
    await by_hand.raw(None, b"\xff\x00", [("x", b"\xff")])
    await by_hand.raw(b"k", b"{}", [("ce_id", None), ("reply_to", b"t")])
    await by_hand.raw(rows[1].partition_key.encode(), None, to_record(rows[1], 1)[2])
    await by_hand.send(rows[1], 1)
    subscription = await scene.subscription(Seen())
    await eventually(lambda: scene.all_seen(2))
    assert subscription.issues() == []


async def test_an_unknown_type_is_stepped_over_and_an_unknown_version_parked(
    scene: Scene, by_hand: ByHand
) -> None:
    stream, other = a_stream(), a_stream()
    rows, more = await scene.append(stream, 2), await scene.append(other, 2)
    await by_hand.send(replace(rows[0], type="NobodyKnows"), 0)
    await by_hand.send(rows[1], 1)
    await by_hand.send(replace(more[0], schema_version=99), 2)
    await by_hand.send(more[1], 3)
    await scene.subscription(Seen())

    async def parked() -> bool:
        found = await scene.pool.fetch("SELECT reason FROM parked ORDER BY seq")
        return [row["reason"] for row in found] == ["unknown-version", "behind"]

    await eventually(parked)
    assert await scene.seen() == [(stream, 2)]


async def test_a_group_offset_that_ran_ahead_of_a_restored_database_is_not_believed(
    scene: Scene,
) -> None:
    relay = await scene.relay()
    await scene.append_many([a_stream() for _ in range(10)])
    progress = await relay.force_tick()
    first = await scene.subscription(Seen())
    assert await first.drained(progress)
    await first.stop()
    await scene.pool.execute("DELETE FROM seen; DELETE FROM position")
    second = await scene.subscription(Seen())
    assert await second.drained(progress)
    assert len(await scene.seen()) == 10
