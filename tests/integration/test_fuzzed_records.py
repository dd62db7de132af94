"""Ten thousand records of nobody on our topics: counted, stepped over, all goes on."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from aiokafka import AIOKafkaProducer
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.trace import NoOpTracer

from libs.events.audit import seal_store as store
from libs.events.stream.envelope import NAMES
from libs.events.stream.progress import Progress
from libs.events.stream.topics import PARTITIONS
from libs.events.stream.watermark import Watermarks
from libs.telemetry.instruments import Sight, instruments_of
from tests.eventually import eventually
from tests.seal_scene import Sealed, a_sealed_scene, as_superuser
from tests.stack import FreshDatabases, FreshTopics
from tests.stream_scene import SERVICE, Scene, Seen, a_stream
from tests.topic_copy import Raw, read_raw, write_raw

SEED = 20261128
ON_EVENTS, ON_PROGRESS, ON_AUDIT = 8_500, 1_000, 600
OVERSIZED, LARGE = 5, 900_000
STREAMS = 24
PATIENCE = 90

Fuzz = Callable[[Random, Raw], Raw]


def foreign(chance: Random, raw: Raw) -> Raw:
    """Somebody else's record: their key, their headers, their bytes."""
    headers = (("b3", chance.randbytes(9)), ("id", chance.randbytes(4)))
    return Raw(raw.partition, chance.randbytes(8), chance.randbytes(40), headers)


def headerless(_: Random, raw: Raw) -> Raw:
    return replace(raw, headers=())


def truncated(chance: Random, raw: Raw) -> Raw:
    """Cut off somewhere before its last header that must be there."""
    needed = [name for name, _ in raw.headers].index("ce_chain")
    return replace(raw, headers=raw.headers[: chance.randint(0, needed)])


def not_text(chance: Random, raw: Raw) -> Raw:
    """One header that we read is no UTF-8."""
    ours = [n for n, (name, _) in enumerate(raw.headers) if name in NAMES]
    spoiled = chance.choice(ours)
    return replace(
        raw,
        headers=tuple(
            (name, b"\xff" + value[1:] if n == spoiled else value)
            for n, (name, value) in enumerate(raw.headers)
        ),
    )


def no_text_inside(chance: Random, raw: Raw) -> Raw:
    value = raw.value or b""
    at = chance.randrange(len(value))
    return replace(raw, value=value[:at] + b"\xfe" + value[at:])


def tombstone(_: Random, raw: Raw) -> Raw:
    return replace(raw, value=None)


def doubled(chance: Random, raw: Raw) -> Raw:
    ours = [each for each in raw.headers if each[0] in NAMES]
    return replace(raw, headers=(*raw.headers, chance.choice(ours)))


def another_key(chance: Random, raw: Raw) -> Raw:
    return replace(raw, key=chance.randbytes(12))


def garbled(chance: Random, raw: Raw) -> Raw:
    """A number or a time that is none."""
    typed = ("ce_partitionindex", "ce_sequence", "ce_recordedtime", "ce_id", "ce_type")
    return raw.with_header(chance.choice(typed), f"~{chance.random()}")


FUZZ: tuple[Fuzz, ...] = (
    *(foreign, headerless, truncated, not_text, no_text_inside),
    *(tombstone, doubled, another_key, garbled),
)


def fuzzed(seeds: Sequence[Raw], count: int) -> list[Raw]:
    """Return so many records of every kind, made from true ones; each on its place."""
    chance = Random(SEED)
    return [FUZZ[n % len(FUZZ)](chance, chance.choice(seeds)) for n in range(count)]


def huge(count: int) -> list[Raw]:
    """Return records as large as the broker takes."""
    return [Raw(n % PARTITIONS, b"huge", b"x" * LARGE, ()) for n in range(count)]


NO_PROGRESS = (
    *(b"", b"{}", b"[1]", b"[" * 2_000, b'{"service": 7}'),
    # Before the year 1 in UTC.
    b'{"service":"x","seq":1,"at":"0001-01-01T00:00:00+14:00","topic":"","indexes":[]}',
)


async def fuzz_progress(scene: Scene) -> None:
    """Put what is no progress on the progress topic; it takes no record without key."""
    chance = Random(SEED)
    topic = scene.topics.progress
    async with AIOKafkaProducer(bootstrap_servers=scene.bootstrap) as producer:
        for number in range(ON_PROGRESS):
            value = chance.choice([chance.randbytes(30), *NO_PROGRESS, None])
            key = chance.choice([b"\xff", b"nobody", b"reporting"])
            await producer.send(topic, value, key=key + bytes([number % 250]))


async def fuzz_audit(sealed: Sealed) -> None:
    """Put what is neither seal nor key on the audit topic."""
    chance, service = Random(SEED), SERVICE.encode()
    topic = sealed.settings.topic
    true = await read_raw(sealed.settings.bootstrap, topic, partitions=1)
    seal = next(raw.value for raw in true if raw.value and b"hash_alg" in raw.value)
    deep, listed = b"[" * 2_000, seal.replace(b'"sha256"', b"[]")
    bad: list[Raw] = []
    for number in range(ON_AUDIT):
        raw = chance.choice(true)
        value = raw.value or b""
        at = chance.randrange(len(value))
        spoiled = (value[:at], value[:at] + b"\n" + value[at:], value + b" ", b"[1]")
        bad += [
            replace(raw, value=chance.choice([*spoiled, deep, listed, b"\xff"])),
            replace(raw, key=chance.choice([None, b"\xff", b"nobody", service + b"x"])),
            replace(raw, value=None),
        ][number % 3 :][:1]
    await write_raw(sealed.settings.bootstrap, topic, bad)


async def hold_seals(sealed: Sealed) -> None:
    """Seal among foreign records; hold that table, topic and folder agree."""
    sealer = sealed.sealer()
    made = await sealer.step()
    assert made
    # A table that lost a seal has the topic read once more.
    last = f"DELETE FROM journal.seal WHERE number = {made[-1].number}"
    await as_superuser(sealed.scene.owner_dsn, last)
    await sealer.seal_now()
    kept = await store.kept(sealed.scene.pool)
    where = sealed.settings
    told = await store.told(where.bootstrap, where.topic, where.service)
    assert kept == told.seals() == sealed.folder.seals()


def counted(reader: InMemoryMetricReader) -> dict[str, int]:
    """Return how many foreign records the service has counted, by topic."""
    found: Counter[str] = Counter()
    data = reader.get_metrics_data()
    for resource in data.resource_metrics if data else ():
        for metric in (m for scope in resource.scope_metrics for m in scope.metrics):
            if metric.name == "qingxin.foreign.records":
                for point in metric.data.data_points:
                    topic = (point.attributes or {})["messaging.destination.name"]
                    found[str(topic)] += int(getattr(point, "value", 0))
    return found


@pytest.fixture
async def sealed(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str, tmp_path: Path
) -> AsyncIterator[Sealed]:
    async with a_sealed_scene(fresh_database, topics, kafka, tmp_path) as made:
        yield made


async def test_ten_thousand_records_of_nobody_hold_up_nothing(sealed: Sealed) -> None:
    scene = sealed.scene
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader]).get_meter("test")
    with Sight("reporting", NoOpTracer(), instruments_of(meter)).active():
        watermarks = Watermarks(scene.bootstrap, scene.topics)
        await watermarks.start()
        try:
            await _fuzzed(sealed, watermarks, reader)
        finally:
            await watermarks.stop()


async def _fuzzed(
    sealed: Sealed, watermarks: Watermarks, reader: InMemoryMetricReader
) -> None:
    scene = sealed.scene
    streams = [a_stream() for _ in range(STREAMS)]
    relay = await scene.relay()
    subscription = await scene.subscription(Seen())
    await scene.append_many(streams, rounds=2)
    await relay.force_tick()
    assert await sealed.sealer().step()
    true = await read_raw(scene.bootstrap, scene.topic)
    bad = iter(fuzzed(true, ON_EVENTS - OVERSIZED))
    for _ in range(3):
        part = list(islice(bad, ON_EVENTS // 3))
        await write_raw(scene.bootstrap, scene.topic, part)
        await scene.append_many(streams)
    await write_raw(scene.bootstrap, scene.topic, huge(OVERSIZED))
    await fuzz_progress(scene)
    await fuzz_audit(sealed)
    await scene.append_many(streams)
    progress: Progress = await relay.force_tick()
    assert await subscription.drained(progress, PATIENCE)
    assert await watermarks.heard(progress, PATIENCE)
    await hold_seals(sealed)
    topics = scene.topic, scene.topics.progress, scene.topics.audit
    counts = dict(zip(topics, (ON_EVENTS, ON_PROGRESS, ON_AUDIT), strict=True))

    async def all_counted() -> bool:
        return counted(reader) == counts

    await eventually(all_counted, PATIENCE)
    assert await scene.all_seen(STREAMS * 6)
    assert len(await scene.seen()) == STREAMS * 6
    assert subscription.issues() == []
