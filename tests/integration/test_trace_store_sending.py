"""A service sends what is seen of it; a receiver that fails never holds it up."""

import asyncio
import io
import json
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import uuid4

import asyncpg
import pytest
import structlog
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from libs.telemetry.instruments import BLIND, see_process_through
from libs.telemetry.setup import Seen, Telemetry, set_up
from libs.telemetry.steps import decide, view
from services.reporting.traces import query
from services.reporting.traces.otlp import Receiver, router
from services.reporting.traces.store import count, ensure
from tests.eventually import eventually
from tests.stack import FreshDatabases

CANARY = "310101189001010013"


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Put the process's logging and sight back after a test that set them up."""
    root, access = logging.getLogger(), logging.getLogger("uvicorn.access")
    before, level, disabled = root.handlers[:], root.level, access.disabled
    yield
    structlog.reset_defaults()
    see_process_through(BLIND)
    root.handlers[:], access.disabled = before, disabled
    root.setLevel(level)


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[str]:
    app = FastAPI()
    app.include_router(router(receiver))
    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    settings = uvicorn.Config(app, log_config=None, access_log=False)
    server = uvicorn.Server(settings)
    serving = asyncio.create_task(server.serve([place]))
    try:
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@contextmanager
def silent_receiver() -> Iterator[str]:
    """A port that takes connections and never answers."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        place.listen(8)
        yield f"http://127.0.0.1:{place.getsockname()[1]}"


def absent_receiver() -> str:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{place.getsockname()[1]}"


def work(telemetry: Telemetry, times: int) -> int:
    done = 0
    with telemetry.sight.active():
        for _ in range(times):
            with decide("RegisterComplaint"), view("ledger", 1):
                done += 1
    return done


def counted(telemetry: Telemetry, name: str, label: str) -> int:
    lines = telemetry.metrics_text().splitlines()
    return sum(
        int(line.rsplit(" ", 1)[1])
        for line in lines
        if line.startswith(f"{name}{{") and label in line
    )


async def test_what_a_service_does_arrives_in_the_store(
    fresh_database: FreshDatabases,
) -> None:
    out, correlation = io.StringIO(), uuid4()
    async with asyncpg.create_pool(
        await fresh_database(), min_size=1, max_size=3
    ) as pool:
        await ensure(pool)
        receiver = Receiver(pool, token="s3cret")
        async with listening(receiver) as address:
            seen = Seen(endpoint=address, token=SecretStr("s3cret"), queue=5000)
            telemetry = set_up("intake", seen, out=out)
            with decide("RegisterComplaint", about=correlation):
                structlog.get_logger().info("complaint_registered", who=CANARY)
            assert work(telemetry, 1000) == 1000
            assert await asyncio.to_thread(telemetry.shut_down, 20.0)
        picture = await query.story(pool, [correlation])
        assert await count(pool) == (2001, 0)
    assert picture is not None
    (span,) = picture.spans
    assert (span.service, span.operation) == ("intake", "decide RegisterComplaint")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    (line,) = [line for line in lines if line["event"] == "complaint_registered"]
    assert (line["trace_id"], line["span_id"]) == span.key
    assert line["who"] == "[withheld]"
    assert receiver.received.log_batches >= 1
    assert receiver.received.metric_batches >= 1
    assert receiver.received.refused == 0


async def test_a_receiver_that_never_answers_holds_nobody_up() -> None:
    with silent_receiver() as address:
        seen = Seen(endpoint=address, queue=100, export_every=0.01)
        telemetry = set_up("intake", seen, out=io.StringIO())
        # The receiver answers nothing while all this work is done.
        assert work(telemetry, 3000) == 3000
        assert not await asyncio.to_thread(telemetry.flush, 0.1)
        assert not await asyncio.to_thread(telemetry.shut_down, 0.2)
    full = counted(telemetry, "otel_sdk_processor_span_processed_total", "queue_full")
    assert 0 < full < 6000


async def test_a_receiver_that_is_away_is_counted_and_harms_nobody() -> None:
    seen = Seen(endpoint=absent_receiver(), export_timeout=0.2, export_every=0.01)
    telemetry = set_up("intake", seen, out=io.StringIO())
    assert work(telemetry, 10) == 10

    async def failures() -> int:
        lost = counted(telemetry, "qingxin_telemetry_lost_total", "traces")
        # They go in batches: the count passes through what lies between.
        assert lost >= 20
        return lost

    assert await eventually(failures) == 20
    await asyncio.to_thread(telemetry.shut_down, 1.0)
    assert work(telemetry, 10) == 10


async def test_without_a_receiver_numbers_and_log_lines_remain() -> None:
    out = io.StringIO()
    telemetry = set_up("intake", Seen(), out=out)
    work(telemetry, 1)
    structlog.get_logger().info("started")
    assert await asyncio.to_thread(telemetry.shut_down, 5.0)
    assert json.loads(out.getvalue())["service"] == "intake"
    assert telemetry.metrics_text().endswith("\n")


async def test_a_collector_named_by_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, fresh_database: FreshDatabases
) -> None:
    async with asyncpg.create_pool(
        await fresh_database(), min_size=1, max_size=3
    ) as pool:
        await ensure(pool)
        async with listening(Receiver(pool)) as address:
            monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
            seen = Seen(endpoint=absent_receiver())
            telemetry = set_up("intake", seen, out=io.StringIO())
            work(telemetry, 1)
            assert await asyncio.to_thread(telemetry.shut_down, 20.0)
        assert await count(pool) == (2, 0)
