"""What the local stack can't do, it says in one line and leaves things as they are."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.local import jars, kept, places, ports
from deploy.local import kafka as broker
from deploy.local import postgres as server
from deploy.local import topics as topic_list
from deploy.local.cannot import Cannot
from tests import stack
from tests.integration.supervised import launch
from tests.stack import FreshTopics

END_SECONDS = 30
PRIVATE = 0o700
STARTS = 4


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port somebody listens on."""
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_taken_port_is_named_in_one_line(taken_port: int, tmp_path: Path) -> None:
    process = launch(tmp_path / "state", QINGXIN_PORT_INTAKE=str(taken_port))
    words, _ = process.communicate(timeout=END_SECONDS)
    assert process.returncode == 1
    assert words == (
        f"qingxin: Port {taken_port} is taken: free it,"
        " or set QINGXIN_PORT_INTAKE to another.\n"
    )


def test_a_kept_port_that_is_taken_is_replaced_and_said(
    taken_port: int, tmp_path: Path
) -> None:
    kept.write_private(tmp_path / "ports.json", {"intake": taken_port})
    said: list[str] = []
    chosen = kept.choose_ports(tmp_path, {}, said.append)
    assert chosen["intake"] != taken_port
    assert str(taken_port) in said[0]
    assert kept.choose_ports(tmp_path, {}, said.append) == chosen


def test_a_folder_of_a_newer_qingxin_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "format").write_text(f"{kept.FORMAT + 1}\n")
    with pytest.raises(Cannot, match="newer Qingxin"):
        kept.open_folder(tmp_path)
    assert (tmp_path / "format").read_text() == f"{kept.FORMAT + 1}\n"


def test_a_folder_of_another_postgres_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(stack.MAY_PASS)
    folder = places.reachable_folder(tmp_path / "postgres", places.database_account())
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("19\n")
    with pytest.raises(Cannot, match="made by PostgreSQL 19, this build has 18"):
        server.prepare(tmp_path, "unused")
    shutil.rmtree(folder)


def test_two_that_start_at_once_in_a_private_folder_share_one_place(
    tmp_path: Path,
) -> None:
    account = places.database_account()
    private = tmp_path / "private"
    private.mkdir(mode=PRIVATE)
    together = Barrier(STARTS)

    def start(turn: int) -> Path:
        together.wait()
        return places.reachable_folder(private / f"turn-{turn}", account)

    for turn in range(20):
        with ThreadPoolExecutor(STARTS) as starts:
            found = set(starts.map(start, [turn] * STARTS))
        [folder] = found
        shutil.rmtree(folder.resolve())


def test_a_folder_made_anew_where_one_was_deleted_has_a_place_of_its_own(
    tmp_path: Path,
) -> None:
    account = places.database_account()
    private = tmp_path / "private"
    private.mkdir(mode=PRIVATE)
    before = places.reachable_folder(private / "postgres", account)
    (before / "data").mkdir()
    shutil.rmtree(private)
    private.mkdir(mode=PRIVATE)
    anew = places.reachable_folder(private / "postgres", account)
    assert not list(anew.iterdir())
    assert anew == places.reachable_folder(private / "postgres", account)
    for folder in {before, anew}:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_folder_of_a_newer_kafka_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "version").write_text("4.10.0\n")
    with pytest.raises(Cannot, match=r"written by Kafka 4\.10\.0"):
        broker.begin(tmp_path, broker.Listeners(ports.free_port(), ports.free_port()))


def test_a_disk_nearly_full_is_refused_before_anything_starts(tmp_path: Path) -> None:
    kept.check_space(tmp_path, kept.LEAST_FREE_BYTES)
    with pytest.raises(Cannot, match="Only 499 MB are free"):
        kept.check_space(tmp_path, kept.LEAST_FREE_BYTES - 1)


def test_a_deployment_stays_what_it_was_made(tmp_path: Path) -> None:
    made = kept.deployment(tmp_path, {"QINGXIN_MODE": "real"})
    assert kept.deployment(tmp_path, {}) == made
    with pytest.raises(Cannot, match="made with mode real for ever"):
        kept.deployment(tmp_path, {"QINGXIN_MODE": "simulated"})


def test_jars_other_than_the_pinned_ones_are_refused(tmp_path: Path) -> None:
    shutil.copytree(jars.ensure(), tmp_path / "libs")
    jars.verify(tmp_path / "libs")
    (tmp_path / "libs" / "kafka_2.13-4.3.1.jar").write_bytes(b"another")
    with pytest.raises(Cannot, match=r"kafka_2\.13-4\.3\.1\.jar"):
        jars.verify(tmp_path / "libs")


async def test_a_private_folder_and_a_foreign_postgres_on_path_are_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs, private = tmp_path / "bin", tmp_path / "private"
    programs.mkdir()
    for name in ("postgres", "initdb", "pg_ctl"):
        (programs / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/used\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    private.mkdir()
    (private / "logs").mkdir()
    private.chmod(PRIVATE)
    place = server.prepare(private, "secret")
    running = server.launch(place, ports.free_port(), "secret")
    try:
        connection = await asyncpg.connect(running.dsn())
        assert connection.get_server_version().major == server.MAJOR
        await connection.close()
    finally:
        running.stop()
        shutil.rmtree(place.folder.parent)
    assert not (tmp_path / "used").exists()
    # An ordinary user's server may live in a private folder; root's may not.
    assert place.folder.is_relative_to(private) == (place.account is None)


def test_a_port_that_another_server_took_meanwhile_is_not_ours(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = int(urlsplit(postgres).port or 0)
    (tmp_path / "logs").mkdir()
    place = server.prepare(tmp_path, "secret")
    monkeypatch.setattr(ports, "is_free", lambda _: True)
    try:
        with pytest.raises(Cannot, match="PostgreSQL"):
            server.launch(place, taken, "secret")
    finally:
        shutil.rmtree(place.folder.parent)


def test_a_chosen_port_is_none_that_an_outgoing_connection_may_get() -> None:
    low, high = map(int, ports.EPHEMERAL.read_text().split())
    assert not any(low <= ports.free_port() <= high for _ in range(50))


def test_no_port_is_chosen_twice_here_or_by_two_processes() -> None:
    """Between the choice and a server's start lie seconds."""
    asked = (
        "from deploy.local.ports import free_port\n"
        "print(*(free_port() for _ in range(300)), flush=True)\n"
        "input()"
    )
    argv = [sys.executable, "-c", asked]
    pipe = subprocess.PIPE
    others = [
        subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True)  # noqa: S603 -- our own words
        for _ in range(4)
    ]
    chosen = [ports.free_port() for _ in range(300)]
    for other in others:
        assert other.stdout is not None
        chosen += map(int, other.stdout.readline().split())
    for other in others:
        other.communicate("\n")
    assert len(chosen) == len(set(chosen)) == 1500


def test_a_lock_of_a_process_that_is_gone_does_not_stop_the_next_start(
    tmp_path: Path,
) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text("1\n")  # Alive, but no PostgreSQL of this folder.
    server.await_previous(tmp_path, seconds=0)
    assert not lock.exists()


async def test_topics_are_made_as_declared_and_never_with_another_count(
    kafka: str, topics: FreshTopics
) -> None:
    declared = topic_list.declared(topics.prefix)
    await topic_list.provision(kafka, declared)
    await topic_list.provision(kafka, declared)
    assert await _found(kafka, declared) == declared
    fewer = [topic_list.Topic(declared[0].name, 3, {})]
    with pytest.raises(Cannot, match="has 12 partitions instead of 3"):
        await topic_list.provision(kafka, fewer)


async def _found(
    bootstrap: str, declared: list[topic_list.Topic]
) -> list[topic_list.Topic]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        counts = await topic_list.partition_counts(admin, [t.name for t in declared])
        return [
            topic_list.Topic(t.name, counts[t.name], await _settings(admin, t))
            for t in declared
        ]
    finally:
        await admin.close()


async def _settings(
    admin: AIOKafkaAdminClient, topic: topic_list.Topic
) -> dict[str, str]:
    wanted = dict.fromkeys(topic.settings)
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=wanted)
    (answer,) = await admin.describe_configs([resource])
    entries = answer.resources[0][4]
    return {name: value for name, value, *_ in entries if name in topic.settings}
