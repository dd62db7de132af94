"""Ten thousand records of nobody on our topics: counted, stepped over, all goes on."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from random import Random

from aiokafka import AIOKafkaProducer
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.trace import NoOpTracer

from libs.events.stream.envelope import NAMES
from libs.events.stream.progress import Progress
from libs.events.stream.topics import PARTITIONS
from libs.events.stream.watermark import Watermarks
from libs.telemetry.instruments import Sight, instruments_of
from tests.eventually import eventually
from tests.stream_scene import Scene, Seen, a_stream
from tests.topic_copy import Raw, read_raw, write_raw

SEED = 20261128
ON_EVENTS, ON_PROGRESS = 9_000, 1_000
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


async def fuzz_progress(scene: Scene) -> None:
    """Put what is no progress on the progress topic; it takes no record without key."""
    chance = Random(SEED)
    topic = scene.topics.progress
    async with AIOKafkaProducer(bootstrap_servers=scene.bootstrap) as producer:
        for number in range(ON_PROGRESS):
            value = chance.choice(
                [chance.randbytes(30), b"", b"{}", b"[1]", b'{"service": 7}', None]
            )
            key = chance.choice([b"\xff", b"nobody", b"reporting"])
            await producer.send(topic, value, key=key + bytes([number % 250]))


def counted(reader: InMemoryMetricReader) -> int:
    """Return how many foreign records the service has counted."""
    data = reader.get_metrics_data()
    return sum(
        int(getattr(point, "value", 0))
        for resource in (data.resource_metrics if data else ())
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == "qingxin.foreign.records"
        for point in metric.data.data_points
    )


async def test_ten_thousand_records_of_nobody_hold_up_nothing(scene: Scene) -> None:
    reader = InMemoryMetricReader()
    meter = MeterProvider([reader]).get_meter("test")
    with Sight("reporting", NoOpTracer(), instruments_of(meter)).active():
        watermarks = Watermarks(scene.bootstrap, scene.topics)
        await watermarks.start()
        try:
            await _fuzzed(scene, watermarks, reader)
        finally:
            await watermarks.stop()


async def _fuzzed(
    scene: Scene, watermarks: Watermarks, reader: InMemoryMetricReader
) -> None:
    streams = [a_stream() for _ in range(STREAMS)]
    relay = await scene.relay()
    subscription = await scene.subscription(Seen())
    await scene.append_many(streams, rounds=2)
    await relay.force_tick()
    true = await read_raw(scene.bootstrap, scene.topic)
    bad = iter(fuzzed(true, ON_EVENTS - OVERSIZED))
    for _ in range(3):
        part = list(islice(bad, ON_EVENTS // 3))
        await write_raw(scene.bootstrap, scene.topic, part)
        await scene.append_many(streams)
    await write_raw(scene.bootstrap, scene.topic, huge(OVERSIZED))
    await fuzz_progress(scene)
    await scene.append_many(streams)
    progress: Progress = await relay.force_tick()
    assert await subscription.drained(progress, PATIENCE)
    assert await watermarks.heard(progress, PATIENCE)

    async def all_counted() -> bool:
        return counted(reader) == ON_EVENTS

    await eventually(all_counted, PATIENCE)
    assert await scene.all_seen(STREAMS * 6)
    assert len(await scene.seen()) == STREAMS * 6
    assert subscription.issues() == []
