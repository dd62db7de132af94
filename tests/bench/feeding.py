"""Events that go on arriving on a topic while it is read, in a process of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from aiokafka import AIOKafkaProducer

from libs.events.stream.envelope import to_record
from libs.events.stream.topics import PARTITIONS, partition_of
from tests.bench.measure import until
from tests.bench.payments import Payments

A_SECOND = 500
AT_ONCE = 25
LONGEST = 5400
"""For how many seconds they arrive at most: as long as the longest part may take."""


@contextmanager
def arriving(bootstrap: str, topic: str, events: int) -> Iterator[None]:
    """Let events arrive after the first `events` ones, until the end of the `with`."""
    command = [sys.executable, "-m", "tests.bench.feeding", bootstrap, topic]
    process = subprocess.Popen(  # noqa: S603 -- ourselves.
        [*command, str(events)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.communicate()


async def feed(bootstrap: str, topic: str, events: int) -> None:
    """Send the events that come after the first ones, at their rate."""
    told = Payments(events + A_SECOND * LONGEST).told()
    indexes = [-1] * PARTITIONS
    for event in islice(told, events):
        indexes[partition_of(event.partition_key)] += 1
    loop = asyncio.get_running_loop()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        os.write(1, b"ready\n")
        due = loop.time()
        for number, event in enumerate(told):
            if not number % AT_ONCE:
                due += AT_ONCE / A_SECOND
                await until(due)
            at = partition_of(event.partition_key)
            indexes[at] += 1
            key, value, headers = to_record(event, indexes[at])
            await producer.send(topic, value, key=key, headers=headers, partition=at)


if __name__ == "__main__":
    asyncio.run(feed(sys.argv[1], sys.argv[2], int(sys.argv[3])))
