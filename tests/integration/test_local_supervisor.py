"""The local stack: what it starts it ends, and what was recorded stays."""

import os
import signal
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local import detached, running
from deploy.local.cannot import Cannot
from deploy.local.kept import SERVICES
from deploy.local.plan import Plan
from deploy.local.settings import Settings
from deploy.local.status import status
from tests import stack
from tests.eventually import eventually
from tests.integration.supervised import (
    Supervised,
    are_gone,
    launch,
    supervised,
    survivors,
)

VALUE = b"kept"
END_SECONDS = 30


async def _record(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.owner_dsn("intake"))
    await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    await connection.close()
    producer = AIOKafkaProducer(bootstrap_servers=settings.servers.kafka, acks="all")
    async with producer:
        await producer.send_and_wait("qingxin.intake.v1", VALUE, partition=0)


async def _read(settings: Settings) -> tuple[int, bytes]:
    connection = await asyncpg.connect(settings.owner_dsn("intake"))
    number = await connection.fetchval("SELECT number FROM kept")
    await connection.close()
    async with AIOKafkaConsumer(
        "qingxin.intake.v1",
        bootstrap_servers=settings.servers.kafka,
        auto_offset_reset="earliest",
    ) as consumer:
        return number, (await consumer.getone()).value


@pytest.fixture
def own_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about servers of the stack's own, never external ones."""
    monkeypatch.delenv("QINGXIN_POSTGRES_DSN", raising=False)
    monkeypatch.delenv("QINGXIN_KAFKA", raising=False)


@pytest.mark.usefixtures("own_servers")
@pytest.mark.slow
async def test_a_killed_supervisor_leaves_no_child_and_the_next_keeps_all_records() -> (
    None
):
    with stack.temporary_folder() as folder:
        state = folder / "state"
        async with supervised(state) as first:
            pids = first.pids()
            assert {"postgres", "kafka", "issuer", *SERVICES} == set(pids)
            await _record(running.settings(state))
            first.end(signal.SIGKILL)
            await eventually(lambda: are_gone(pids), END_SECONDS)
        async with supervised(state) as second:
            assert await _read(running.settings(state)) == (7, VALUE)
            pids = second.pids()
            assert second.end() == 0
            assert survivors(pids) == []


@pytest.fixture
async def prefix(postgres: str) -> AsyncIterator[str]:
    """A prefix for databases, roles and topics on servers shared with others."""
    chosen = f"t{uuid.uuid4().hex[:8]}_"
    yield chosen
    names = [chosen + service for service in SERVICES]
    await stack.drop_databases(postgres, names)
    connection = await asyncpg.connect(postgres)
    for name in names:
        await connection.execute(f"DROP ROLE {name}_owner, {name}_app")
    await connection.close()


@pytest.fixture
def shared_servers(postgres: str, kafka: str, prefix: str) -> dict[str, str]:
    """Settings that use the servers of the tests instead of starting some."""
    return {
        "QINGXIN_POSTGRES_DSN": postgres,
        "QINGXIN_KAFKA": kafka,
        "QINGXIN_TOPIC_PREFIX": prefix,
        "QINGXIN_DATABASE_PREFIX": prefix,
    }


async def test_external_servers_are_used_and_an_ended_service_starts_again(
    shared_servers: dict[str, str], tmp_path: Path
) -> None:
    async with supervised(tmp_path / "state", **shared_servers) as running_stack:
        pids = running_stack.pids()
        assert set(pids) == {"issuer", *SERVICES}
        told = await _told(running_stack, "routing")
        for name in ("QINGXIN_KAFKA", "QINGXIN_TOPIC_PREFIX"):
            assert told[name] == shared_servers[name]
        os.kill(pids["routing"], signal.SIGKILL)
        await eventually(lambda: _is_new(running_stack, pids["routing"]), END_SECONDS)


async def test_a_service_is_told_only_the_secrets_it_needs(
    shared_servers: dict[str, str], tmp_path: Path
) -> None:
    async with supervised(tmp_path / "state", **shared_servers) as running_stack:
        intake = await _told(running_stack, "intake")
        routing = await _told(running_stack, "routing")
    assert {"QINGXIN_MASTER_KEY", "QINGXIN_CODE_KEY"} <= set(intake)
    assert not {"QINGXIN_MASTER_KEY", "QINGXIN_CODE_KEY", "QINGXIN_WORKER_KEY"} & set(
        routing
    )
    assert "QINGXIN_POSTGRES_DSN" not in intake
    assert intake["QINGXIN_DOOR_KEY"] != routing["QINGXIN_DOOR_KEY"]


async def test_a_second_supervisor_on_the_same_folder_is_refused_in_one_line(
    shared_servers: dict[str, str], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    async with supervised(state, **shared_servers) as first:
        second = launch(state, **shared_servers)
        words, _ = second.communicate(timeout=END_SECONDS)
        assert second.returncode == 1
        assert words.startswith(
            f"qingxin: Already running (process {first.process.pid})"
        )
        assert words.count("\n") == 1


async def _told(supervisor: Supervised, service: str) -> dict[str, str]:
    address = running.parts(supervisor.state)[service]["address"]
    async with httpx.AsyncClient() as client:
        answer: dict[str, str] = (await client.get(f"{address}/settings")).json()
        return answer


async def _is_new(supervisor: Supervised, old: int) -> bool:
    return supervisor.pids()["routing"] != old


async def test_up_detached_returns_when_ready_and_down_ends_it(
    shared_servers: dict[str, str], tmp_path: Path
) -> None:
    plan = Plan(dict(os.environ) | shared_servers, tmp_path / "state")
    detached.up(plan, ("-m", "tests.integration.fake_services"))
    found = status(plan.state)
    pids = {part.name: part.pid for part in found.parts}
    assert found.is_ready
    assert all(part.memory_bytes > 0 for part in found.parts)
    assert detached.down(plan.state)
    assert survivors(pids) == []
    assert not detached.down(plan.state)


def test_up_detached_gives_the_reason_when_it_cannot_start(tmp_path: Path) -> None:
    wrong = {"QINGXIN_PORT_INTAKE": "many"}
    plan = Plan(dict(os.environ) | wrong, tmp_path / "state")
    with pytest.raises(Cannot, match=r"^QINGXIN_PORT_INTAKE=many is no port number\.$"):
        detached.up(plan, ("-m", "tests.integration.fake_services"))
