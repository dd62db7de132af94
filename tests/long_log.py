"""A long log for measuring: rows put into journal and topic without the writer."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from libs.events.event import Actor, Precision, Recorded, Source
from libs.events.journal import rows as stored_rows
from libs.events.journal.chain import leaf_of, next_link
from libs.events.journal.words import GENESIS
from libs.events.stream.envelope import to_record
from libs.events.stream.topics import PARTITIONS, partition_of
from tests.seal_scene import as_superuser
from tests.stream_scene import SERVICE, Scene

PAGE = 5000
STREAMS = 10_000
SITE = "310199000000"
START = datetime(2023, 11, 10, tzinfo=UTC)
FETCH_BYTES = 16 * 1024 * 1024
ROWS = "SELECT * FROM journal.event WHERE seq > $1 AND seq <= $2 ORDER BY seq"


def rows(events: int) -> Iterator[Recorded]:
    """Yield rows of ten thousand streams at random, hashes in order."""
    random, chain = Random(7), GENESIS
    versions: dict[int, int] = {}
    for seq in range(1, events + 1):
        stream = random.randrange(STREAMS)
        versions[stream] = versions.get(stream, 0) + 1
        row = _row(seq, stream, versions[stream], random)
        row = replace(row, leaf=leaf_of(row))
        chain = next_link(chain, row.leaf)
        yield replace(row, chain=chain)


def _row(seq: int, stream: int, version: int, random: Random) -> Recorded:
    name = f"zero-{UUID(int=stream)}"
    report = UUID(int=random.getrandbits(128))
    return Recorded(
        seq=seq,
        id=UUID(int=random.getrandbits(128)),
        site=SITE,
        stream=name,
        version=version,
        type="ZeroReportFiled",
        schema_version=1,
        data=f'{{"campaign_id":"{UUID(int=1)}","report_id":"{report}",'
        f'"unit":"310199001000","week":{version}}}',
        occurred_at=START,
        occurred_precision=Precision.INSTANT,
        recorded_at=START + timedelta(milliseconds=seq),
        actor=Actor(UUID(int=7), "auditor", "310199001000"),
        source=Source.DOOR,
        serial=None,
        command_id=UUID(int=random.getrandbits(128)),
        request_hmac=b"\x01" * 32,
        hash_alg="sha256",
        correlation_id=UUID(int=random.getrandbits(128)),
        causation_id=None,
        partition_key=name,
        traceparent=None,
        service=SERVICE,
    )


async def fill(scene: Scene, events: int) -> None:
    """Put so many events into a scene's journal and onto its topic."""
    counts = dict.fromkeys(range(PARTITIONS), 0)
    made, last = rows(events), None
    connection = await asyncpg.connect(scene.owner_dsn)
    async with AIOKafkaProducer(
        bootstrap_servers=scene.bootstrap, linger_ms=20, max_batch_size=262_144
    ) as producer:
        while page := list(islice(made, PAGE)):
            await connection.copy_records_to_table(
                "event", schema_name="journal", records=map(stored_rows.row_of, page)
            )
            for row in page:
                at = partition_of(row.partition_key)
                key, value, headers = to_record(row, counts[at])
                counts[at] += 1
                await producer.send(
                    scene.topic, value, key=key, headers=headers, partition=at
                )
            last = page[-1]
        await producer.flush()
    await connection.execute("VACUUM ANALYZE journal.event")
    await connection.close()
    if last is not None:
        head = "UPDATE journal.head SET seq = $1, chain = $2, recorded_at = $3"
        told = (last.seq, last.chain, last.recorded_at)
        await as_superuser(scene.owner_dsn, head, *told)


async def read_both(scene: Scene, events: int, executor: Executor) -> float:
    """Read journal and topic as the quick verify does, hashing nothing; seconds."""
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    span = 65_536
    reads = [
        loop.run_in_executor(executor, read_rows, scene.dsn, at, min(at + span, events))
        for at in range(0, events, span)
    ]
    reads += [
        loop.run_in_executor(
            executor, read_records, scene.bootstrap, scene.topic, range(at, at + 3)
        )
        for at in range(0, PARTITIONS, 3)
    ]
    found = await asyncio.gather(*reads)
    if sum(found) != 2 * events:
        raise ValueError(found)
    return time.perf_counter() - began


def read_rows(dsn: str, after: int, until: int) -> int:
    """Fetch every column of a range of rows; return how many there are."""
    return asyncio.run(_rows(dsn, after, until))


async def _rows(dsn: str, after: int, until: int) -> int:
    connection = await asyncpg.connect(dsn)
    count = 0
    for start in range(after, until, 8192):
        page = await connection.fetch(ROWS, start, min(start + 8192, until))
        count += len(page)
    await connection.close()
    return count


def read_records(bootstrap: str, topic: str, numbers: range) -> int:
    """Fetch every record of some partitions; return how many there are."""
    return asyncio.run(_records(bootstrap, topic, numbers))


async def _records(bootstrap: str, topic: str, numbers: range) -> int:
    places = [TopicPartition(topic, number) for number in numbers]
    count = 0
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_bytes=FETCH_BYTES,
    ) as consumer:
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        left = set(places)
        while left:
            pages = await consumer.getmany(*left, timeout_ms=1000, max_records=8192)
            count += sum(map(len, pages.values()))
            left = {at for at in left if await consumer.position(at) < ends[at]}
    return count
