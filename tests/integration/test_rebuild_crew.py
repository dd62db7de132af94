"""A rebuild by several processes: the same bytes, heard, stopped, and gone on with."""

import asyncio
import multiprocessing
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from libs.events.event import Recorded
from libs.events.stream.envelope import to_record
from libs.events.stream.topics import PARTITIONS, Topics, partition_of
from libs.events.views.build import Progress, RebuildCancelled, Say, cancel
from libs.events.views.crew import Crew, LoaderLost
from libs.events.views.loading import TopicIncomplete
from libs.events.views.rebuild import Order, Rebuilt, rebuild
from libs.events.views.source import TopicSource
from libs.events.views.testing import recorded
from libs.events.views.view import Declared
from tests.stack import FreshDatabases, FreshTopics
from tests.views_filed import FILINGS, REASONS, claims
from tests.views_stand import APP, migrated, prepared

BOTH: tuple[Declared, ...] = (FILINGS, REASONS)
TOPIC = "qingxin.enforcement.v1"
CLAIMS = 240
COUNTS = """
SELECT (SELECT count(*) FROM filings_history), (SELECT count(*) FROM reasons)"""
LEAVES_ONE_BEHIND = """
from libs.workers import workers
import os
executor = workers(1)
print(executor.submit(os.getpid).result(), flush=True)
input()
"""


class DiskFull(Exception):
    """Stands for whatever ends a rebuild between its loads and its switch."""


@dataclass
class Stand:
    """A topic, a database with the views' tables, and both kinds of rebuild."""

    kafka: str
    topics: FreshTopics
    dsn: str
    pool: asyncpg.Pool

    async def told(self, lacking: int | None = None) -> None:
        """Put a campaign on the topic; without the n-th record of a partition."""
        indexes = dict.fromkeys(range(PARTITIONS), -1)
        async with AIOKafkaProducer(bootstrap_servers=self.kafka) as producer:
            for event in recorded(*claims(CLAIMS), service="enforcement"):
                number = partition_of(event.partition_key)
                indexes[number] += 1
                if indexes[number] != lacking:
                    await self._send(producer, event, number, indexes[number])

    async def _send(
        self, producer: AIOKafkaProducer, event: Recorded, number: int, index: int
    ) -> None:
        key, value, headers = to_record(event, index)
        await producer.send(
            self.topics.prefix + TOPIC,
            value,
            key=key,
            headers=headers,
            partition=number,
        )

    async def rebuilt(
        self, crew: Crew | None, say: Say = lambda _: None
    ) -> list[Rebuilt]:
        """Rebuild both, by one process or by a crew."""
        source = TopicSource(self.kafka, Topics(self.topics.prefix))
        return await rebuild(self.pool, source, Order(BOTH, APP, crew=crew), say)

    @property
    def crew(self) -> Crew:
        """Return two processes, however little there is to load."""
        return Crew(self.dsn, processes=2, few=0)


@pytest.fixture
async def stand(
    kafka: str, topics: FreshTopics, fresh_database: FreshDatabases
) -> AsyncIterator[Stand]:
    await topics.make(TOPIC, partitions=PARTITIONS)
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=8) as pool:
        await prepared(pool, *BOTH)
        yield Stand(kafka, topics, dsn, pool)


async def test_a_crew_makes_the_same_bytes_and_counts_every_record(
    stand: Stand,
) -> None:
    await stand.told()
    alone = await stand.rebuilt(None)
    said = list[Progress]()
    together = await stand.rebuilt(stand.crew, said.append)
    sums = [one.compared.rebuilt for one in alone]
    assert [one.compared.rebuilt for one in together] == sums
    assert all(one.compared.live == one.compared.rebuilt for one in together)
    assert said[-1].done == said[-1].total == 3 * CLAIMS
    assert await stand.pool.fetchrow(COUNTS) == (2 * CLAIMS, 2 * CLAIMS)


async def test_a_crew_that_finds_all_loaded_goes_on_to_the_switch(stand: Stand) -> None:
    await stand.told()

    def full(said: Progress) -> None:
        if said.done == said.total:
            raise DiskFull

    with pytest.raises(DiskFull):
        await stand.rebuilt(stand.crew, full)
    assert await stand.pool.fetchval(COUNTS) == 0
    await stand.rebuilt(stand.crew)
    assert await stand.pool.fetchrow(COUNTS) == (2 * CLAIMS, 2 * CLAIMS)


async def test_a_crew_hears_that_it_is_to_stop_and_goes_on_later(stand: Stand) -> None:
    await stand.told()
    before = [one.compared.rebuilt for one in await stand.rebuilt(None)]
    asked = set[asyncio.Task[Any]]()

    def stop(_: Progress) -> None:
        asked.add(asyncio.create_task(cancel(stand.pool, FILINGS.name)))

    with pytest.raises(RebuildCancelled):
        await stand.rebuilt(stand.crew, stop)
    await asyncio.gather(*asked)
    states = await stand.pool.fetch("SELECT state FROM view_build ORDER BY id")
    assert [row["state"] for row in states] == ["switched"] * 2 + ["cancelled"] * 2
    after = await stand.rebuilt(stand.crew)
    assert [one.compared.rebuilt for one in after] == before


async def test_a_killed_process_is_named_and_what_was_loaded_is_kept(
    stand: Stand,
) -> None:
    await stand.told()
    before = [one.compared.rebuilt for one in await stand.rebuilt(None)]

    def kill(_: Progress) -> None:
        for child in multiprocessing.active_children():
            child.kill()

    with pytest.raises(LoaderLost, match="was ended"):
        await stand.rebuilt(stand.crew, kill)
    assert not multiprocessing.active_children()
    after = await stand.rebuilt(stand.crew)
    assert [one.compared.rebuilt for one in after] == before
    assert all(one.compared.same for one in after)


async def test_a_crew_says_which_record_a_topic_lacks(stand: Stand) -> None:
    await stand.told(lacking=3)
    with pytest.raises(TopicIncomplete, match="no record 3"):
        await stand.rebuilt(stand.crew)


def test_workers_end_with_the_process_that_started_them() -> None:
    with subprocess.Popen(  # noqa: S603 -- our own lines.
        [sys.executable, "-c", LEAVES_ONE_BEHIND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
    ended, _, _ = select.select([worker], [], [], 30)
    assert ended == [worker]
    os.close(worker)
