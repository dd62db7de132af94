"""Clients that nobody here wrote read our topics: each gets every record, in order."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event

from deploy.local import clients, jars, java
from libs.events.catalogue.asyncapi import document
from libs.events.stream.relay import Relay
from tests.contract.published import ASYNCAPI
from tests.stack import FreshDatabases, FreshTopics
from tests.stream_scene import Scene, a_scene, a_stream
from tests.topic_copy import Raw, read_raw

BASE = "https://events.example"
SECONDS = 240
OURS = clients.WANTED


@dataclass(frozen=True)
class Read:
    """A record as a client told it."""

    partition: int
    index: int
    key: str
    id: str
    type: str
    data: str

    @classmethod
    def of(cls, raw: Raw) -> "Read":
        """Return what a client should tell of a record."""
        assert raw.key is not None
        assert raw.value is not None
        index = int(raw.header("ce_partitionindex"))
        id_, type_ = raw.header("ce_id"), raw.header("ce_type")
        data = canonical(raw.value)
        return cls(raw.partition, index, raw.key.decode(), id_, type_, data)


def canonical(text: str | bytes) -> str:
    """Return JSON without a client's own spacing."""
    return json.dumps(json.loads(text), sort_keys=True)


def sorted_out(read: Sequence[Read]) -> list[Read]:
    """Return records by partition, each partition's in the order they came."""
    return sorted(read, key=lambda each: each.partition)


@dataclass(frozen=True)
class Told:
    """A topic that a relay filled, and its records as bytes."""

    bootstrap: str
    topic: str
    records: Sequence[Raw]

    @property
    def read(self) -> list[Read]:
        """What every client should tell."""
        return sorted_out([Read.of(raw) for raw in self.records])

    @property
    def where(self) -> list[str]:
        """What our programs for clients are given."""
        return [self.bootstrap, self.topic, str(len(self.records))]


@pytest.fixture(scope="module")
def told(
    postgres: str, kafka: str, database_templates: dict[str, str]
) -> Iterator[Told]:
    """A topic with the events of forty streams, brought there by a relay."""
    databases, topics = FreshDatabases(postgres, database_templates), FreshTopics(kafka)

    async def filled() -> Told:
        async with a_scene(databases, topics, kafka) as scene, relaying(scene) as relay:
            await scene.append_many([a_stream() for _ in range(40)], rounds=3)
            await relay.force_tick()
            return Told(kafka, scene.topic, await read_raw(kafka, scene.topic))

    async def gone() -> None:
        await topics.delete_all()
        await databases.drop_all()

    yield asyncio.run(filled())
    asyncio.run(gone())


@asynccontextmanager
async def relaying(scene: Scene):  # type: ignore[no-untyped-def]  # a relay
    """Run a relay that names the schemas' address."""
    relay = Relay(replace(scene.relay_settings(), schemas=BASE), scene.journal)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()


@pytest.fixture(scope="module")
def node_packages() -> Path:
    """Where Node finds its packages."""
    return clients.ensure()


def output(argv: Sequence[str | Path], **environment: str) -> str:
    """Run a client to its end; return what it printed."""
    done = subprocess.run(  # noqa: S603 -- a client of this test.
        argv,
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=dict(os.environ) | environment,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_all_of_it_is_there(told: Told) -> None:
    assert len(told.records) == 120


def test_kcat_reads_every_record(told: Told, node_packages: Path) -> None:
    assert node_packages.exists()
    said = output(
        ["kcat", "-b", told.bootstrap, "-t", told.topic, "-C", "-e", "-q", "-J"]
    )
    read = []
    for line in said.splitlines():
        record = json.loads(line)
        pairs = record["headers"]
        headers = dict(zip(pairs[::2], pairs[1::2], strict=True))
        index = int(headers["ce_partitionindex"])
        id_, type_ = headers["ce_id"], headers["ce_type"]
        data = canonical(record["payload"])
        read.append(Read(record["partition"], index, record["key"], id_, type_, data))
    assert sorted_out(read) == told.read


def test_kafkas_own_console_consumer_reads_every_record(told: Told) -> None:
    shown = {
        "print.partition": "true",
        "print.headers": "true",
        "headers.separator": "|",
        "print.key": "true",
    }
    argv: list[str | Path] = [java.java(), "-cp", f"{jars.ensure()}/*"]
    argv += ["org.apache.kafka.tools.consumer.ConsoleConsumer", "--from-beginning"]
    argv += ["--bootstrap-server", told.bootstrap, "--topic", told.topic]
    argv += ["--max-messages", str(len(told.records))]
    for name, value in shown.items():
        argv += ["--formatter-property", f"{name}={value}"]
    read = []
    for line in output(argv).splitlines():
        partition, said, key, value = line.split("\t")
        headers = dict(each.split(":", 1) for each in said.split("|"))
        index = int(headers["ce_partitionindex"])
        number = int(partition.removeprefix("Partition:"))
        id_, type_ = headers["ce_id"], headers["ce_type"]
        read.append(Read(number, index, key, id_, type_, canonical(value)))
    assert sorted_out(read) == told.read


def test_the_cloudevents_sdk_reads_every_record(told: Told) -> None:
    for raw in told.records:
        assert raw.value is not None
        message = KafkaMessage(dict(raw.headers), raw.key, raw.value)
        event = from_binary_event(message)
        assert event.get_id() == raw.header("ce_id")
        assert event.get_type() == "qingxin.reporting.ZeroReportFiled.v1"
        assert event.get_dataschema() == f"{BASE}/schemas/ZeroReportFiled.v1.json"
        assert event.get_data() == orjson.loads(raw.value)


def test_a_node_client_reads_every_record(told: Told, node_packages: Path) -> None:
    argv: list[str | Path] = ["node", OURS / "read.cjs", *told.where]
    said = output(argv, NODE_PATH=str(node_packages))
    lines = [json.loads(line) for line in said.splitlines()]
    read = [
        Read(**{**line, "data": canonical(json.dumps(line["data"]))}) for line in lines
    ]
    assert sorted_out(read) == told.read


def test_a_java_client_reads_every_record(told: Told, node_packages: Path) -> None:
    assert node_packages.exists()
    argv: list[str | Path] = [clients.compiling_java(), "-cp", f"{jars.ensure()}/*"]
    read = []
    said = output([*argv, OURS / "Read.java", *told.where])
    for line in said.splitlines():
        partition, key, id_, type_, index, value = line.split("\t")
        read.append(Read(int(partition), int(index), key, id_, type_, canonical(value)))
    assert sorted_out(read) == told.read


def test_the_asyncapi_parser_accepts_the_document_and_refuses_a_broken_one(
    node_packages: Path, tmp_path: Path
) -> None:
    broken = document()
    del broken["channels"]["intake"]["messages"]["intake.ClueScreened.v1"]["$ref"]
    broken["operations"]["intake.send"]["action"] = "publish"
    wrong = tmp_path / "broken.json"
    wrong.write_bytes(orjson.dumps(broken))
    argv: list[str | Path] = ["node", OURS / "asyncapi.cjs", ASYNCAPI, wrong]
    good, bad = json.loads(output(argv, NODE_PATH=str(node_packages)))
    assert good["errors"] == []
    assert good["messages"] == len(document()["components"]["messages"])
    assert any("operations/intake.send" in error for error in bad["errors"])
