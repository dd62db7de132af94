"""A relay sends nothing to a topic that is not the one it wrote; it says what to do."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import httpx
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from libs.events.audit.verify import verify
from libs.events.perform import Log
from libs.events.stream.envelope import Copy
from libs.events.stream.leadership import from_the_start
from libs.events.stream.relay import Relay
from libs.events.stream.sender import Numbered, Sender
from libs.events.stream.tail import records_from
from libs.events.stream.topics import PARTITIONS
from libs.events.stream.watermark import Watermarks
from libs.service.checks import CHECKS
from libs.web.app import DoorSettings, make_app
from libs.web.health import Probes
from tests.eventually import eventually
from tests.stack import FreshDatabases, FreshTopics
from tests.stream_scene import SERVICE, Scene, Seen, a_scene, a_stream

PATIENCE = 60


async def deleted(scene: Scene) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=scene.bootstrap)
    await admin.start()
    await admin.delete_topics([scene.topic])

    async def is_gone() -> bool:
        return scene.topic not in await admin.list_topics()

    await eventually(is_gone)
    await admin.close()


async def refusal_of(relay: Relay) -> str:
    """Return the code of what keeps a relay from its work."""

    async def told() -> str:
        return next((issue.code for issue in relay.issues()), "")

    return await eventually(told, PATIENCE)


async def is_quiet(relay: Relay) -> bool:
    return not relay.issues()


async def readiness(scene: Scene, relay: Relay) -> httpx.Response:
    """Ask /readyz of a service with this relay, by the checks that services have."""
    running: Any = SimpleNamespace(
        relay=relay,
        desk=SimpleNamespace(log=Log(scene.journal, scene.writer)),
        subscriptions={},
        officers=SimpleNamespace(organisation=object()),
    )
    checks = {name: partial(check, running) for name, check in CHECKS.items()}
    app = make_app(DoorSettings(SERVICE, Probes(SERVICE, "0", checks), b"k" * 32))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        return await client.get("/readyz")


async def test_a_deleted_topic_and_one_of_other_partitions_are_refused(
    scene: Scene,
) -> None:
    settings = replace(scene.relay_settings(), partitions=PARTITIONS - 1)
    other = Relay(settings, scene.journal)
    scene.running.append(other)
    await other.start()
    assert await refusal_of(other) == "relay-topic-partitions"
    assert "use another prefix" in other.issues()[0].message
    good = await scene.relay()
    await good.force_tick()
    assert (await readiness(scene, good)).status_code == 200
    # Another one leads now: what kept this one from its work is no longer told.
    await eventually(lambda: is_quiet(other))
    await other.stop()
    await good.stop()
    await deleted(scene)
    relay = await scene.relay()
    assert await refusal_of(relay) == "relay-topic-missing"
    assert not relay.leads
    answer = await readiness(scene, relay)
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert [name for name, found in checks.items() if not found["ok"]] == ["relay"]
    assert f"There is no topic {scene.topic}" in checks["relay"]["detail"]


async def test_a_lost_topic_is_refused_until_it_is_filled_again(
    scene: Scene, topics: FreshTopics
) -> None:
    first, streams = await scene.relay(), [a_stream() for _ in range(10)]
    subscription = await scene.subscription(Seen())
    await scene.append_many(streams, rounds=2)
    assert await subscription.drained(await first.force_tick())
    await first.stop()
    await deleted(scene)
    await topics.make(f"qingxin.{SERVICE}.v1", partitions=PARTITIONS)
    relay = await scene.relay()
    await scene.append_many(streams)
    assert await refusal_of(relay) == "relay-topic-lost"
    assert await on_topic(scene) == []
    await from_the_start(scene.pool, scene.topic)
    progress = await relay.force_tick()
    # The group finds a topic that was made again when it next asks for metadata.
    assert await subscription.drained(progress, seconds=PATIENCE)
    assert await on_topic(scene) == list(range(1, 31))
    assert len(await scene.seen()) == 30
    assert not relay.issues()


async def test_a_relay_at_rest_tells_of_a_topic_that_is_gone(scene: Scene) -> None:
    relay = Relay(replace(scene.relay_settings(), idle_tick=0.3), scene.journal)
    scene.running.append(relay)
    await relay.start()
    await scene.append(a_stream())
    await relay.force_tick()
    await deleted(scene)
    assert await refusal_of(relay) == "relay-topic-missing"
    assert "have it refilled" in relay.issues()[0].message


async def test_a_relay_at_rest_fills_a_lost_topic_once_it_is_asked(
    scene: Scene, topics: FreshTopics
) -> None:
    relay = await scene.relay()
    await scene.append(a_stream(), 3)
    await relay.force_tick()
    await deleted(scene)
    await topics.make(f"qingxin.{SERVICE}.v1", partitions=PARTITIONS)
    await from_the_start(scene.pool, scene.topic)

    async def is_filled() -> bool:
        return await on_topic(scene) == [1, 2, 3]

    # Nothing more is recorded: no page of its own would tell the leader.
    await eventually(is_filled)


async def test_a_group_finds_what_a_refilled_topic_has_before_its_stored_place(
    scene: Scene, topics: FreshTopics
) -> None:
    # The old topic held records twice, so the place stored there is further on than the
    # new topic's end, until just so much more is recorded: then it is its very end.
    marks = Watermarks(scene.bootstrap, scene.topics)
    await marks.start()
    first, stream = await scene.relay(), a_stream()
    await scene.append(stream, 5)
    await first.force_tick()
    again = [Numbered(c.recorded, c.partition, c.index) for c in await copies(scene)]
    sender = Sender(scene.bootstrap, scene.topic, idempotent=True)
    await sender.open()
    await sender.send(again[:2])
    await sender.discard()
    subscription = await scene.subscription(Seen(), marks=marks)
    await scene.append(stream)
    assert await subscription.drained(await first.force_tick())
    await subscription.stop()
    await first.stop()
    await deleted(scene)
    await topics.make(f"qingxin.{SERVICE}.v1", partitions=PARTITIONS)
    await from_the_start(scene.pool, scene.topic)
    relay = await scene.relay()
    await scene.append(stream, 2)
    progress = await relay.force_tick()
    later = await scene.subscription(Seen(), marks=marks)
    assert await later.drained(progress, seconds=PATIENCE)
    assert [version for _, version in await scene.seen()] == list(range(1, 9))
    assert not later.issues()
    await marks.stop()


async def test_what_was_under_way_when_a_topic_was_made_again_comes_in_its_turn(
    scene: Scene, topics: FreshTopics
) -> None:
    first = await scene.relay()
    await scene.append_many([a_stream() for _ in range(40)])
    await first.force_tick()
    await first.stop()
    late = [Numbered(c.recorded, c.partition, c.index) for c in await copies(scene)]
    await deleted(scene)
    await topics.make(f"qingxin.{SERVICE}.v1", partitions=PARTITIONS)
    sender = Sender(scene.bootstrap, scene.topic, idempotent=True)
    await sender.open()
    await sender.send([each for each in late if each.index > 0])
    await sender.discard()
    await from_the_start(scene.pool, scene.topic)
    relay = await scene.relay()
    await relay.force_tick()
    # Before index 0: a record is there twice, and the first time before its turn.
    stands = [copy.index for copy in await copies(scene)]
    assert len(stands) > 40
    subscription = await scene.subscription(Seen())
    assert await subscription.drained(await relay.force_tick())
    assert len(await scene.seen()) == 40
    assert (await verify(scene.journal, scene.bootstrap, scene.topic)).agrees


async def test_a_producer_that_fails_as_it_is_thrown_away_is_gone_all_the_same(
    scene: Scene,
) -> None:
    sender = Sender(scene.bootstrap, scene.topic, idempotent=True)
    await sender.open()
    producer = sender._producer  # noqa: SLF001 -- the library's own, which fails

    async def failing() -> None:
        raise KeyError

    stop, producer.stop = producer.stop, failing
    await sender.discard()
    connections = producer.client._conns.values()  # noqa: SLF001 -- the library's own
    assert not any(one.connected() for one in connections)
    await stop()


async def test_two_deployments_with_one_prefix_are_found_out(
    scene: Scene, fresh_database: FreshDatabases, topics: FreshTopics, kafka: str
) -> None:
    async with a_scene(fresh_database, topics, kafka) as other:
        first, second = await scene.relay(), await other.relay()
        await first.may_write()
        await second.may_write()
        # So many that both write into one partition at least.
        await scene.append_many([a_stream() for _ in range(40)])
        await first.force_tick()
        await other.append_many([a_stream() for _ in range(40)])
        assert await refusal_of(second) == "relay-diverged"
        assert "its own prefix" in second.issues()[0].message


async def on_topic(scene: Scene) -> list[int]:
    return sorted(copy.recorded.seq for copy in await copies(scene))


async def copies(scene: Scene) -> list[Copy]:
    starts = {TopicPartition(scene.topic, p): 0 for p in range(PARTITIONS)}
    return [copy async for copy in records_from(scene.bootstrap, starts)]
