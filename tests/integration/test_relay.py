"""The relay copies the journal to Kafka whole and in order, whoever leads or dies."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import TopicPartition

from deploy.local.children import Child, Program, start
from libs.events.stream import resending
from libs.events.stream.envelope import Copy
from libs.events.stream.leadership import Checkpoint, Deposed, Lead
from libs.events.stream.progress import Progress
from libs.events.stream.pump import Pump, Requests
from libs.events.stream.resending import Resend, Wanted
from libs.events.stream.sender import Sender
from libs.events.stream.tail import records_from
from libs.events.stream.topics import PARTITIONS, partition_of
from libs.events.stream.trouble import Lag
from libs.events.stream.watermark import Watermarks
from tests.eventually import eventually
from tests.stream_child import MIDST
from tests.stream_scene import Scene, Seen, a_stream
from tests.topic_copy import read_raw

STANDS_STILL = """
ALTER TABLE journal.deployment DISABLE TRIGGER deployment_stays;
UPDATE journal.deployment SET mode = 'simulated', simulated_now = '2023-11-10Z'
"""


def a_child(what: str, scene: Scene, folder: Path) -> Child:
    argv = [sys.executable, "-m", "tests.stream_child", what]
    argv += [scene.dsn, scene.bootstrap, scene.topics.prefix]
    return start(Program(what, argv, folder / "child.log", dict(os.environ)))


async def on_topic(scene: Scene) -> list[Copy]:
    starts = {TopicPartition(scene.topic, p): 0 for p in range(PARTITIONS)}
    return [copy async for copy in records_from(scene.bootstrap, starts)]


async def checkpoint(scene: Scene) -> asyncpg.Record:
    return await scene.pool.fetchrow("SELECT * FROM relay_checkpoint")


async def test_the_topic_holds_every_row_under_a_dense_index(scene: Scene) -> None:
    relay = await scene.relay(page=7)
    await scene.append_many([a_stream() for _ in range(30)], rounds=2)
    progress = await relay.force_tick()
    assert await relay.lag() == Lag(0, 0.0)
    copies = await on_topic(scene)
    journal = await scene.journal.read(0)
    assert progress.seq == 60
    by_seq = sorted((copy.recorded for copy in copies), key=lambda row: row.seq)
    assert by_seq == journal
    for partition in range(PARTITIONS):
        mine = [copy for copy in copies if copy.partition == partition]
        assert [copy.index for copy in mine] == list(range(len(mine)))
        assert progress.indexes[partition] == len(mine) - 1
        assert {partition_of(c.recorded.partition_key) for c in mine} <= {partition}


async def test_one_relay_leads_and_the_next_goes_on_from_its_checkpoint(
    scene: Scene,
) -> None:
    first = await scene.relay()
    await first.may_write()
    second = await scene.relay()
    await scene.append(a_stream(), 5)
    await first.force_tick()
    assert not second.leads
    await first.stop()
    await scene.append(a_stream(), 5)
    assert (await second.force_tick()).seq == 10
    assert len(await on_topic(scene)) == 10


async def test_a_relay_that_lost_its_lock_stops_and_another_goes_on(
    scene: Scene,
) -> None:
    relay = await scene.relay()
    await scene.append(a_stream(), 5)
    await relay.force_tick()
    before = await checkpoint(scene)
    await terminate(scene, before["leader_pid"])
    await scene.append(a_stream(), 5)
    assert (await relay.force_tick()).seq == 10
    assert (await checkpoint(scene))["epoch"] == before["epoch"] + 1
    assert len(await on_topic(scene)) == 10


async def terminate(scene: Scene, pid: int) -> None:
    owner = await asyncpg.connect(scene.owner_dsn)
    await owner.execute("SELECT pg_terminate_backend($1)", pid)
    await owner.close()


async def test_a_zombie_relay_changes_nothing(scene: Scene, tmp_path: Path) -> None:
    zombie = a_child("relay", scene, tmp_path)
    subscription = await scene.subscription(Seen())
    streams = [a_stream() for _ in range(10)]
    await scene.append_many(streams)
    await eventually(lambda: scene.all_seen(10))
    zombie.process.send_signal(signal.SIGSTOP)
    relay = await scene.relay()
    await scene.append_many(streams)
    # Nobody ends the stopped leader's session but the database.
    await relay.force_tick()
    epoch = (await checkpoint(scene))["epoch"]
    zombie.process.send_signal(signal.SIGCONT)
    await send_late(scene)
    await scene.append_many(streams)
    progress = await relay.force_tick()
    assert await subscription.drained(progress)
    assert len(await scene.seen()) == 30
    assert (await checkpoint(scene))["epoch"] == epoch
    zombie.kill()


async def send_late(scene: Scene) -> None:
    """Send once more, out of time, what a deposed relay had on its way."""
    settings = scene.relay_settings()
    pump = Pump(settings, scene.journal, None, Requests())  # type: ignore[arg-type]
    sender = Sender(scene.bootstrap, scene.topic, idempotent=True)
    await sender.open()
    rows = await scene.journal.read(0)
    await sender.send(pump.numbered(rows, Checkpoint(0, 0))[:15])
    await sender.discard()


async def test_a_deposed_leader_moves_no_checkpoint(scene: Scene) -> None:
    await scene.append(a_stream())
    connection = await asyncpg.connect(scene.dsn)
    lead = Lead(connection, scene.topic, asyncio.Event())
    deposed = await lead.begin()
    await lead.begin()
    with pytest.raises(Deposed):
        await lead.advance(deposed, 1, {})
    assert (await checkpoint(scene))["seq"] == 0
    await connection.close()


async def test_a_relay_killed_between_send_and_checkpoint_loses_nothing(
    scene: Scene, tmp_path: Path
) -> None:
    await scene.append_many([a_stream() for _ in range(20)])
    child = a_child("stuck-relay", scene, tmp_path)

    async def is_in_the_midst() -> bool:
        return MIDST in (tmp_path / "child.log").read_text()

    await eventually(is_in_the_midst)
    child.kill()
    assert (await checkpoint(scene))["seq"] == 0
    relay = await scene.relay()
    subscription = await scene.subscription(Seen())
    assert await subscription.drained(await relay.force_tick())
    assert len(await scene.seen()) == 20
    assert len(await on_topic(scene)) == 40


async def test_a_partition_is_sent_again_from_an_index(scene: Scene) -> None:
    relay = await scene.relay()
    stream = a_stream()
    await scene.append(stream, 6)
    await relay.force_tick()
    partition = partition_of(stream)
    assert await resending.count(scene.pool, scene.topic, partition, 4) == 2
    again = Resend(uuid4(), Wanted(partition, 4, 1000))
    for _ in range(2):  # A retry of the order orders nothing twice.
        await resending.order(scene.pool, scene.topic, again, 2)
    await relay.force_tick()

    async def is_done() -> bool:
        (row,) = await resending.listed(scene.pool)
        return row["finished_at"] is not None and row["done"] == 2

    await eventually(is_done)
    copies = await on_topic(scene)
    assert [copy.index for copy in copies] == [0, 1, 2, 3, 4, 5, 4, 5]


async def test_the_progress_topic_tells_what_is_complete(scene: Scene) -> None:
    relay = await scene.relay()
    stream = a_stream()
    (event,) = await scene.append(stream)
    told = await relay.force_tick()
    assert told.at >= event.recorded_at
    assert told.indexes[partition_of(stream)] == 0
    assert told == Progress.from_json(told.to_json())


@pytest.mark.parametrize(("alive", "told"), [(1e9, 1), (0.0, 4)])
async def test_while_time_stands_still_a_progress_is_a_sign_of_life_only(
    scene: Scene, alive: float, told: int
) -> None:
    owner = await asyncpg.connect(scene.owner_dsn)
    await owner.execute(STANDS_STILL)
    await owner.close()
    relay = await scene.relay(alive=alive)
    for _ in range(4):
        await relay.force_tick()
    heard = len(await read_raw(scene.bootstrap, scene.topics.progress, partitions=1))
    assert heard >= told
    assert alive == 0.0 or heard == told


async def test_without_being_asked_a_relay_ticks_after_an_append(scene: Scene) -> None:
    await scene.relay(busy_tick=0.1)
    marks = Watermarks(scene.bootstrap, scene.topics)
    await marks.start()
    await scene.append(a_stream(), 3)

    async def has_heard() -> bool:
        heard = marks.latest("reporting")
        return heard is not None and heard.seq == 3

    await eventually(has_heard)
    await marks.stop()
