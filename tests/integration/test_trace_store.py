"""The trace store takes in what services send and joins it into one picture."""

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

from services.reporting.traces import query, timeline
from services.reporting.traces.otlp import PROTOBUF, Receiver, router
from services.reporting.traces.store import Keep, count, ensure, prune
from tests.integration.trace_sample import EVERY_EDGE, FourServices, complain
from tests.stack import FreshDatabases

TOKEN = "only-for-this-test"


@pytest.fixture
async def pool(fresh_database: FreshDatabases) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(
        await fresh_database(), min_size=1, max_size=3
    ) as pool:
        await ensure(pool)
        yield pool


async def post(
    receiver: Receiver, body: bytes, signal: str = "traces", **headers: str
) -> httpx.Response:
    app = FastAPI()
    app.include_router(router(receiver))
    told = {"content-type": PROTOBUF} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    door = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=door, base_url="http://store") as client:
        return await client.post(f"/v1/{signal}", content=body, headers=told)


async def take_in(pool: asyncpg.Pool, four: FourServices) -> None:
    receiver = Receiver(pool)
    for batch in four.batches():
        answer = await post(receiver, batch.SerializeToString())
        assert answer.status_code == 200


async def test_one_complaint_is_one_picture_with_every_edge(pool: asyncpg.Pool) -> None:
    correlation = uuid4()
    await take_in(pool, complain(correlation))
    assert await query.edges(pool, correlation) == EVERY_EDGE


async def test_a_lost_link_would_be_missed(pool: asyncpg.Pool) -> None:
    correlation = uuid4()
    await take_in(pool, complain(correlation))
    await pool.execute(
        "DELETE FROM trace_link USING trace_span AS s WHERE s.span_id ="
        " trace_link.span_id AND s.operation = 'process qingxin.routing.v1'"
    )
    assert EVERY_EDGE - await query.edges(pool, correlation) == {
        ("routing", "decide OpenCase", "reporting", "process qingxin.routing.v1"),
        ("reporting", "process qingxin.routing.v1", "reporting", "view ledger"),
    }


async def test_complaints_that_shared_their_pages_stay_apart(
    pool: asyncpg.Pool,
) -> None:
    ours, others = uuid4(), [uuid4() for _ in range(20)]
    await take_in(pool, complain(ours, *others))
    assert await query.edges(pool, ours) == EVERY_EDGE
    picture = await query.story(pool, [ours])
    assert picture is not None
    named = {s.correlation_id for s in picture.spans if s.correlation_id is not None}
    assert named == {ours}


async def test_a_case_is_found_by_its_id(pool: asyncpg.Pool) -> None:
    correlation = uuid4()
    await take_in(pool, complain(correlation))
    by_case = await query.story_of_case(pool, correlation)
    assert by_case is not None
    assert by_case.edge_set() == EVERY_EDGE
    assert await query.story_of_case(pool, uuid4()) is None


async def test_a_link_for_every_message_of_a_page_is_kept(pool: asyncpg.Pool) -> None:
    await take_in(pool, complain(*(uuid4() for _ in range(200))))
    per_page = await pool.fetch(
        "SELECT count(*) FROM trace_link JOIN trace_span USING (trace_id, span_id)"
        " WHERE operation = 'process qingxin.intake.v1' GROUP BY service"
    )
    assert [row[0] for row in per_page] == [200, 200, 200]


async def test_a_batch_that_comes_twice_is_kept_once(pool: asyncpg.Pool) -> None:
    four = complain(uuid4())
    await take_in(pool, four)
    before = await count(pool)
    await take_in(pool, four)
    assert await count(pool) == before


async def test_the_store_is_made_once_however_often_it_is_asked(
    pool: asyncpg.Pool,
) -> None:
    await ensure(pool)
    assert await count(pool) == (0, 0)


async def test_one_trace_is_a_picture_of_its_own(pool: asyncpg.Pool) -> None:
    await take_in(pool, complain(uuid4()))
    trace_id = await pool.fetchval(
        "SELECT trace_id FROM trace_span WHERE operation = 'POST /v1/complaints'"
    )
    picture = await query.trace_picture(pool, trace_id)
    assert picture is not None
    assert [span.operation for span in picture.spans] == [
        "POST /v1/complaints",
        "decide RegisterComplaint",
        "append intake",
    ]
    assert await query.trace_picture(pool, "0" * 32) is None


async def test_a_span_whose_parent_never_came_makes_the_picture_incomplete(
    pool: asyncpg.Pool,
) -> None:
    correlation = uuid4()
    await take_in(pool, complain(correlation))
    await pool.execute("DELETE FROM trace_span WHERE operation = 'POST /v1/complaints'")
    picture = await query.story(pool, [correlation])
    assert picture is not None
    assert len(picture.missing) == 1
    assert "Incomplete: 1" in timeline.title(picture, "en")


async def test_spans_are_searched_by_service_step_duration_and_error(
    pool: asyncpg.Pool,
) -> None:
    correlation = uuid4()
    await take_in(pool, complain(correlation))
    await pool.execute(
        "UPDATE trace_span SET failed = true, ended_ns = started_ns + 5000000000"
        " WHERE operation = 'send qingxin.routing.v1'"
    )

    async def operations(**wanted: object) -> list[str]:
        found = await query.search(pool, query.Search.model_validate(wanted))
        return [span.operation for _, span in found]

    assert await operations(failed_only=True) == ["send qingxin.routing.v1"]
    assert await operations(at_least_ms=4000) == ["send qingxin.routing.v1"]
    assert await operations(service="intake", operation="POST") == [
        "POST /v1/complaints"
    ]
    assert await operations(operation="%") == []
    assert await operations(about=correlation, roots_only=False, service="intake") == [
        "append intake",
        "decide RegisterComplaint",
    ]
    (newest, _), *_ = await query.search(pool, query.Search(limit=1))
    assert len(await operations(before=newest)) == len(await operations()) - 1


async def test_the_oldest_spans_go_with_their_links(pool: asyncpg.Pool) -> None:
    await take_in(pool, complain(uuid4()))
    spans, _ = await count(pool)
    assert await prune(pool, Keep(spans=3)) == spans - 3
    left = await pool.fetchval(
        "SELECT count(*) FROM trace_link LEFT JOIN trace_span"
        " USING (trace_id, span_id) WHERE seq IS NULL"
    )
    assert (await count(pool))[0] == 3
    assert left == 0
    assert await prune(pool, Keep(age=timedelta(0))) == 3


async def test_gzip_is_taken_and_metrics_and_logs_are_counted(
    pool: asyncpg.Pool,
) -> None:
    receiver = Receiver(pool)
    body = gzip.compress(complain(uuid4()).batches()[0].SerializeToString())
    answer = await post(receiver, body, content_encoding="gzip")
    assert answer.status_code == 200
    assert (await post(receiver, b"", "metrics")).status_code == 200
    assert (await post(receiver, b"", "logs")).status_code == 200
    got = receiver.received
    assert (got.spans, got.metric_batches, got.log_batches) == (4, 1, 1)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"\xff\xff\xff", {}, 400),
        (b"not gzip", {"content_encoding": "gzip"}, 400),
        (gzip.compress(b"x" * 99, mtime=0)[:-4], {"content_encoding": "gzip"}, 400),
        (gzip.compress(bytes(100_000), mtime=0), {"content_encoding": "gzip"}, 413),
        (bytes(5000), {}, 413),
        (b"", {"content_encoding": "br"}, 415),
        (b"{}", {"content_type": "application/json"}, 415),
        (b"", {"authorization": "Bearer other"}, 401),
        (b"", {"authorization": ""}, 401),
    ],
)
async def test_what_is_no_batch_is_refused_in_one_sentence(
    pool: asyncpg.Pool, body: bytes, headers: dict[str, str], status: int
) -> None:
    receiver = Receiver(pool, TOKEN, largest_sent=4000, largest_unpacked=50_000)
    told = {"authorization": f"Bearer {TOKEN}"} | headers
    answer = await post(receiver, body, **told)
    assert answer.status_code == status
    assert answer.text.endswith(".")
    assert receiver.received.refused == 1
    assert await count(pool) == (0, 0)


async def test_a_store_that_is_away_asks_to_send_again(
    fresh_database: FreshDatabases,
) -> None:
    pool = await asyncpg.create_pool(await fresh_database(), min_size=1)
    await pool.close()
    body = complain(uuid4()).batches()[0].SerializeToString()
    answer = await post(Receiver(pool), body)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


async def test_a_foreign_sender_can_store_no_person_and_no_broken_span(
    pool: asyncpg.Pool,
) -> None:
    batch = ExportTraceServiceRequest()
    resource = batch.resource_spans.add()
    told = resource.resource.attributes.add()
    told.key, told.value.string_value = "service.name", "赵测试"
    for span_id in (b"12345678", b"short", bytes(8)):
        span = resource.scope_spans.add().spans.add()
        span.trace_id, span.span_id, span.name = b"t" * 16, span_id, "of 赵测试"
        span.start_time_unix_nano, span.end_time_unix_nano = 1, 2
        for key in ("worker.name", "http.route", "qingxin.case_id"):
            pair = span.attributes.add()
            pair.key, pair.value.string_value = key, "310101189001010013"
    assert (await post(Receiver(pool), batch.SerializeToString())).status_code == 200
    row = await pool.fetchrow("SELECT * FROM trace_span")
    assert row is not None
    assert await count(pool) == (1, 0)
    assert (row["service"], row["operation"]) == ("[withheld]", "[withheld]")
    assert row["attributes"] == "{}"
    assert row["case_id"] is None
