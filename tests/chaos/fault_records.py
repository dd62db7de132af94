"""Faults on what servers keep: records, groups, disks, clocks, databases, topics."""

import asyncio
import errno
import random
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local import topics
from deploy.local.kept import SERVICES
from libs.events.stream.envelope import Record
from libs.events.stream.reading import reading, stopped
from libs.events.stream.topics import PARTITIONS, Topics
from tests.chaos.fault import Fault, Maker, Missed, revived
from tests.chaos.system import System
from tests.eventually import eventually

FOREIGN = (b"", b"\xff\xfe no event", b'{"type": "nothing of ours"}')
OPERATOR = "op-01"
REFILL_SECONDS = 60
LEAVE_SECONDS = 30
SPARE_BYTES = 64_000
MOST_AGAIN = 20
CLOCK = """
CREATE OR REPLACE FUNCTION journal.now() RETURNS timestamptz
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT clock_timestamp() + interval '{seconds} seconds'
$$
"""


async def _nothing() -> None:
    return


def rebalance(system: System, dice: random.Random, seconds: float) -> Fault:
    """Let another member join a group in the middle of its pages, and leave."""
    service = dice.choice(("routing", "enforcement", "reporting"))
    group = f"qingxin.{service}.{'views' if service == 'reporting' else 'reactions'}"
    joined: list[AIOKafkaConsumer] = []

    async def strike() -> None:
        consumer = AIOKafkaConsumer(
            *(Topics("").events(one) for one in SERVICES),
            bootstrap_servers=system.kafka,
            group_id=group,
            enable_auto_commit=False,
            session_timeout_ms=6000,
        )
        joined.append(consumer)
        # Where the broker ends meanwhile it would look for its group for ever.
        async with asyncio.timeout(LEAVE_SECONDS):
            await consumer.start()

    async def mend() -> None:
        for consumer in joined:
            # Without a broker nobody hears that it leaves: its session ends by itself.
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await stopped(consumer)

    return Fault("rebalance", group, seconds, strike, mend)


def twice(system: System, dice: random.Random, seconds: float) -> Fault:
    """Deliver a topic's records a second time, old ones behind new ones."""
    topic = Topics("").events(dice.choice(SERVICES))

    async def strike() -> None:
        await _sent_again(system, topic, dice.randrange(PARTITIONS))

    return Fault("twice", topic, min(seconds, 0.5), strike, _nothing)


async def _sent_again(system: System, topic: str, first: int) -> None:
    places = [TopicPartition(topic, p) for p in range(PARTITIONS)]
    async with reading(system.kafka) as consumer:
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        found = await consumer.getmany(timeout_ms=1000, max_records=200)
    if not any(found.values()):
        raise Missed(f"{topic} gave no record to send again")
    producer = AIOKafkaProducer(bootstrap_servers=system.kafka)
    await producer.start()
    try:
        for place in places[first:] + places[:first]:
            for record in _older(found.get(place, [])):
                await producer.send_and_wait(
                    topic,
                    record.value,
                    key=record.key,
                    partition=record.partition,
                    headers=list(record.headers or ()),
                )
    finally:
        await producer.stop()


def _older(records: Sequence[Record]) -> Sequence[Record]:
    # Of several never the newest: who took them for new would stand further back.
    return records[: min(MOST_AGAIN, (len(records) + 1) // 2)]


def foreign(system: System, dice: random.Random, seconds: float) -> Fault:
    """Write records that are not ours onto a topic."""
    topic = Topics("").events(dice.choice(SERVICES))

    async def strike() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=system.kafka)
        await producer.start()
        try:
            for value in FOREIGN:
                place = dice.randrange(PARTITIONS)
                await producer.send_and_wait(topic, value, partition=place)
        finally:
            await producer.stop()

    return Fault("foreign", topic, min(seconds, 0.5), strike, _nothing)


def clock(system: System, dice: random.Random, seconds: float) -> Fault:
    """Step one host's clock by ten minutes; the others follow at the end."""
    stepped = dice.choice(SERVICES)
    step = dice.choice((-600, 600))

    async def strike() -> None:
        await set_clock(system, stepped, system.clock_offset + step)

    async def mend() -> None:
        # A cause from the future is refused until it is past: so the time comes.
        system.clock_offset += max(step, 0)
        for service in SERVICES:
            await set_clock(system, service, system.clock_offset)

    return Fault("clock-step", stepped, seconds, strike, mend)


async def set_clock(system: System, service: str, seconds: int) -> None:
    """Let a journal's clock be so many seconds ahead of the wall's."""
    connection = await asyncpg.connect(system.settings.owner_dsn(service))
    try:
        await connection.execute(CLOCK.format(seconds=seconds))
    finally:
        await connection.close()


def disk(name: str) -> Maker:
    """Return a maker that fills the disk under a server, then frees it."""

    def make(system: System, dice: random.Random, seconds: float) -> Fault:
        del dice
        folder = system.state / ("postgres" if name == "postgres" else "kafka-1")
        filler = folder / "filler"

        async def strike() -> None:
            _fill(filler)

        async def mend() -> None:
            filler.unlink(missing_ok=True)
            if name == "postgres":
                system.begin_database()
                return
            revived(system, system.brokers.all[0])

        return Fault(f"disk-{name}", name, seconds, strike, mend)

    return make


def _fill(filler: Path) -> None:
    piece = b"\0" * SPARE_BYTES
    with filler.open("wb", buffering=0) as sink:
        try:
            while sink.write(piece):
                pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


def topic_lost(system: System, dice: random.Random, seconds: float) -> Fault:
    """Delete a topic; make it again and have its relay refill it from the journal."""
    service = dice.choice(SERVICES)
    topic = Topics("").events(service)

    async def strike() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=system.kafka)
        await admin.start()
        try:
            await admin.delete_topics([topic])
        finally:
            await admin.close()

    async def mend() -> None:
        declared = [one for one in topics.declared() if one.name == topic]
        await topics.provision(system.kafka, declared, min(system.shape.brokers, 3))
        await eventually(lambda: _refilled(system, service), REFILL_SECONDS)

    return Fault("topic-lost", topic, min(seconds, 3.0), strike, mend)


async def _refilled(system: System, service: str) -> bool:
    """Ask for what the relay's alarm says is to be done."""
    headers = {"Authorization": f"Bearer {system.token(OPERATOR)}"}
    async with httpx.AsyncClient(headers=headers, timeout=5) as http:
        for part in system.of(service):
            try:
                answer = await _refill_ordered(http, part.address)
            except httpx.HTTPError:
                continue
            if answer.is_success:
                return True
    return False


async def _refill_ordered(http: httpx.AsyncClient, address: str) -> httpx.Response:
    """Look, and order about as many as were shown."""
    path = f"{address}/operator/relay/refill"
    shown = await http.get(path)
    if shown.is_error:
        return shown
    act = {"Idempotency-Key": str(uuid4())}
    return await http.post(path, json=shown.json(), headers=act)


async def parts_ended(system: System, service: str) -> None:
    """End a service's processes and wait for it."""
    for part in system.of(service):
        part.signal(signal.SIGCONT)
        if part.child is not None:
            part.child.kill()
