"""One view read by one, two and three processes of a group."""

import asyncio
import subprocess
import sys
from contextlib import ExitStack
from uuid import uuid4

import asyncpg
import uvloop

from libs.collecting import collect_seldom
from libs.events.stream.subscription import Subscription, SubscriptionSettings
from libs.events.stream.topics import Topics
from libs.events.views.runner import ViewRunner
from tests.bench import project
from tests.bench.measure import Meter, Sample, until
from tests.bench.payments import PAID, Payments, check
from tests.bench.place import Place
from tests.stack import FreshDatabases
from tests.views_stand import migrated, prepared

CONSUMERS = (1, 2, 3)
LONGEST = 120
DONE = "SELECT coalesce(sum(idx + 1), 0) FROM position"
LOOK = 0.02


async def consumers(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure each number of consumers: from the first page until the last."""
    return [await _measured(place, databases, number) for number in CONSUMERS]


async def _measured(place: Place, databases: FreshDatabases, number: int) -> Sample:
    dsn = await databases(migrated)
    async with asyncpg.create_pool(dsn, min_size=2, max_size=2) as pool:
        await prepared(pool, PAID)
        told = [dsn, place.kafka, place.ready["prefix"], f"scale-{uuid4()}"]
        command = [sys.executable, "-m", "tests.bench.scale", *told]
        pids = []
        with ExitStack() as stack:
            for _ in range(number):
                process = subprocess.Popen(command)  # noqa: ASYNC220, S603 -- ours.
                stack.callback(process.wait)
                stack.callback(process.terminate)
                pids.append(process.pid)
            await _reached(pool, 1)
            meter = Meter(place.servers, pids)
            first = await pool.fetchval(DONE)
            with meter:
                await _reached(pool, project.EVENTS)
        await check(pool, Payments(project.EVENTS))
    held = "rows, versions in the history, the sum of the amounts"
    done = project.EVENTS - int(first)
    return meter.sample("consumers", str(number), done, held=held)


async def _reached(pool: asyncpg.Pool, events: int) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(LONGEST):
        while await pool.fetchval(DONE) < events:
            await until(loop.time() + LOOK)


async def consume(dsn: str, bootstrap: str, prefix: str, group: str) -> None:
    """Be one member of the group, until ended."""
    async with asyncpg.create_pool(dsn, min_size=2, max_size=4) as pool:
        settings = SubscriptionSettings(bootstrap, Topics(prefix))
        subscription = Subscription(group, [ViewRunner(PAID)], pool, settings)
        await subscription.start()
        await until(asyncio.get_running_loop().time() + LONGEST)


if __name__ == "__main__":
    collect_seldom()
    uvloop.run(consume(*sys.argv[1:5]))
