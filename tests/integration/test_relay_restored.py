"""A journal restored from an older copy takes its lost rows back, or does not open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from aiokafka import TopicPartition

from libs.events.journal.words import Diverged
from libs.events.journal.writer import Writer
from libs.events.stream.tail import records_from
from libs.events.stream.topics import PARTITIONS
from tests.stack import FreshDatabases, FreshTopics, with_database
from tests.stream_scene import Scene, Seen, a_scene, a_stream, opened


@asynccontextmanager
async def a_copy(owner_dsn: str, admin_dsn: str) -> AsyncIterator[str]:
    """Copy a database as it is now; everybody is disconnected from it."""
    source = owner_dsn.rpartition("/")[2]
    name = f"{source}_copy"
    admin = await asyncpg.connect(admin_dsn)
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
        source,
    )
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    try:
        yield with_database(admin_dsn, name)
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


@pytest.fixture
async def older(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str, postgres: str
) -> AsyncIterator[tuple[Scene, str]]:
    """Yield a scene with 17 events, all on Kafka, and a copy made at the tenth."""
    async with a_scene(fresh_database, topics, kafka) as first:
        await first.append_many([a_stream() for _ in range(10)])
        await relayed(first)
        await first.writer.stop()
        async with (
            a_copy(first.owner_dsn, postgres) as copy,
            opened(first.owner_dsn, kafka, first.topics) as scene,
        ):
            await scene.append_many([a_stream() for _ in range(7)])
            await relayed(scene)
            yield scene, copy


async def relayed(scene: Scene) -> None:
    relay = await scene.relay()
    await relay.force_tick()
    await relay.stop()


async def test_lost_rows_come_back_verbatim_before_anybody_writes(
    older: tuple[Scene, str],
) -> None:
    scene, copy = older
    async with opened(copy, scene.bootstrap, scene.topics) as restored:
        assert (await restored.journal.head()).seq == 10
        relay = await restored.relay()
        await relay.may_write()
        assert await restored.journal.read(0) == await scene.journal.read(0)
        await restored.append(a_stream())
        subscription = await restored.subscription(Seen())
        assert await subscription.drained(await relay.force_tick())
        assert len(await restored.seen()) == 18


async def test_a_restored_journal_that_was_written_to_does_not_open(
    older: tuple[Scene, str],
) -> None:
    scene, copy = older
    async with opened(copy, scene.bootstrap, scene.topics) as restored:
        await restored.append_many([a_stream() for _ in range(7)])
        relay = await restored.relay()
        with pytest.raises(Diverged, match="Restore"):
            await Writer(restored.dsn, gate=relay.may_write).start()
        assert [issue.code for issue in relay.issues()] == ["relay-diverged"]
        starts = {TopicPartition(scene.topic, p): 0 for p in range(PARTITIONS)}
        found = [c async for c in records_from(scene.bootstrap, starts)]
        assert len(found) == 17
