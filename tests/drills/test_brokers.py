"""A broker of three is away: nothing stands still, so an alarm has to say it."""

import asyncio
from collections.abc import Iterator

import pytest

from libs.events.stream.topics import PARTITIONS, SERVICES, Topics, provision
from libs.service.alarms import Watch, alarms
from libs.service.replication import MEASURE, Replication
from tests.chaos.brokers import Brokers, cluster
from tests.eventually import eventually
from tests.stack import temporary_folder

TOPICS = Topics()
WRITTEN = [TOPICS.events(SERVICES[0]), TOPICS.audit, TOPICS.progress]
ALL = float(PARTITIONS + 2)
PATIENCE = 120


@pytest.fixture
def brokers() -> Iterator[Brokers]:
    """Three brokers that serve."""
    with temporary_folder() as folder:
        three = cluster(folder, 3)
        try:
            for broker in three.all:
                three.begin(broker)
            three.await_ready()
            yield three
        finally:
            for broker in three.all:
                if broker.child is not None:
                    broker.child.kill()


async def test_a_broker_that_is_away_is_told_until_it_is_back(brokers: Brokers) -> None:
    await provision(brokers.bootstrap, TOPICS, replication=len(brokers.all))
    replication = Replication(brokers.bootstrap, WRITTEN, every=0.5)
    watch = Watch(alarms())

    async def lacks(partitions: float) -> bool:
        return dict(await replication.gauge()) == {MEASURE: partitions}

    async def raised(now: float) -> list[str]:
        found = watch.look(await replication.gauge(), now)
        return [one.alarm.code for one in found]

    assert await replication.gauge() == {}
    going = asyncio.create_task(replication.run())
    try:
        await eventually(lambda: lacks(0.0), PATIENCE)
        assert await raised(0) == []
        away = brokers.all[-1]
        assert away.child is not None
        away.child.kill()
        await eventually(lambda: lacks(ALL), PATIENCE)
        assert await raised(100) == []
        assert await raised(160) == ["replicas-missing"]
        brokers.begin(away)
        await eventually(lambda: lacks(0.0), PATIENCE)
        assert await raised(200) == []
    finally:
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
