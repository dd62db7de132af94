"""A request is seen by its route alone, with its duration and its outcome."""

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from libs.telemetry.http import SeenRequests, calling
from libs.telemetry.instruments import Sight, instruments_of
from libs.telemetry.metrics import TextReader
from libs.telemetry.privacy import OnlyAllowed
from libs.telemetry.steps import decide
from libs.telemetry.traceparent import current_trace_id

ID_NUMBER = "310101189001010013"


class Door:
    """A small application, and what is seen of it."""

    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), TextReader()
        instruments = instruments_of(MeterProvider([self.reader]).get_meter("test"))
        provider = TracerProvider()
        provider.add_span_processor(
            OnlyAllowed(SimpleSpanProcessor(self.exporter), instruments.withheld.add)
        )
        self.sight = Sight("intake", provider.get_tracer("test"), instruments)
        self.app = _app()

    async def ask(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        door = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=door, base_url="http://door") as client:
            return await client.request(method, path, headers=headers)

    def only(self, kind: SpanKind = SpanKind.SERVER) -> ReadableSpan:
        spans = self.exporter.get_finished_spans()
        (found,) = [span for span in spans if span.kind is kind]
        return found


def _app() -> FastAPI:
    app, inner, outer = FastAPI(), APIRouter(prefix="/a"), APIRouter(prefix="/outer")
    app.add_middleware(SeenRequests)

    @app.get("/v1/cases/{case_id}")
    async def case(case_id: UUID) -> str:
        with decide("LookAt", about=case_id):
            return current_trace_id() or ""

    @inner.get("/people/{person}")
    async def person(person: str) -> str:
        return person[:0]

    @inner.get("/files/{path:path}")
    async def file(path: str) -> str:
        return path[:0]

    @app.get("/broken")
    async def broken() -> None:
        raise ValueError(ID_NUMBER)

    @app.get("/livez")
    async def livez() -> str:
        return "ok"

    async def plain(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.method)

    app.add_route("/raw/{number:int}", plain)
    outer.include_router(inner)
    app.include_router(outer)
    return app


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    with door.sight.active():
        yield door


async def test_a_request_is_named_by_its_method_and_route(door: Door) -> None:
    case_id = "0198c0de-1890-7000-8000-123456789012"
    answer = await door.ask(f"/v1/cases/{case_id}?phone=13800138000")
    span = door.only()
    assert span.name == "GET /v1/cases/{case_id}"
    assert span.attributes == {
        "http.request.method": "GET",
        "http.route": "/v1/cases/{case_id}",
        "http.response.status_code": 200,
        "url.path": "/v1/cases/{case_id}",
        "url.scheme": "http",
    }
    assert span.context is not None
    assert answer.json() == f"{span.context.trace_id:032x}"


@pytest.mark.parametrize(
    ("path", "route"),
    [
        (f"/outer/a/people/{ID_NUMBER}", "/outer/a/people/{person}"),
        (f"/outer/a/files/{ID_NUMBER}/x.pdf", "/outer/a/files/{path}"),
        (f"/raw/{ID_NUMBER}", "/raw/{number}"),
        (f"/raw/000{ID_NUMBER}", "/raw/{}"),
    ],
)
async def test_a_path_never_shows_what_its_parameters_hold(
    door: Door, path: str, route: str
) -> None:
    await door.ask(path)
    span = door.only()
    assert (span.attributes or {})["http.route"] == route
    assert ID_NUMBER not in span.to_json()
    assert ID_NUMBER not in door.reader.text()


async def test_a_path_that_no_route_takes_is_not_told(door: Door) -> None:
    answer = await door.ask(f"/nowhere/{ID_NUMBER}")
    span = door.only()
    assert answer.status_code == 404
    assert span.name == "GET"
    assert ID_NUMBER not in span.to_json()


async def test_an_odd_method_does_not_become_a_name(door: Door) -> None:
    await door.ask("/broken", method="X13800138000")
    assert door.only().name == "HTTP /broken"
    assert "13800138000" not in door.only().to_json()


async def test_a_fault_is_an_error_by_type_without_its_text(door: Door) -> None:
    await door.ask("/broken")
    span = door.only()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] in {"ValueError", "500"}
    assert ID_NUMBER not in span.to_json()


async def test_a_refusal_of_the_caller_is_not_our_error(door: Door) -> None:
    await door.ask("/v1/cases/none")
    assert door.only().status.status_code is StatusCode.UNSET


async def test_work_inside_stands_under_the_request(door: Door) -> None:
    await door.ask("/v1/cases/0198c0de-1890-7000-8000-123456789012")
    inside = door.only(SpanKind.INTERNAL)
    context = door.only().context
    assert inside.parent is not None
    assert context is not None
    assert inside.parent.span_id == context.span_id


async def test_a_callers_context_is_continued(door: Door) -> None:
    with calling("GET", "http://door:8080", "/v1/cases/{case_id}") as headers:
        await door.ask("/v1/cases/none", headers=headers)
    caller, server = door.only(SpanKind.CLIENT), door.only()
    assert server.parent is not None
    assert caller.context is not None
    assert server.parent.span_id == caller.context.span_id
    assert caller.name == "GET /v1/cases/{case_id}"


async def test_a_callers_garbled_context_is_ignored(door: Door) -> None:
    await door.ask("/broken", headers={"traceparent": "00-abc-def-01"})
    assert door.only().parent is None


async def test_a_caller_may_ask_not_to_be_traced(door: Door) -> None:
    unsampled = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-00"}
    await door.ask("/v1/cases/none", headers=unsampled)
    assert door.exporter.get_finished_spans() == ()


async def test_health_and_seeing_itself_are_not_seen(door: Door) -> None:
    await door.ask("/livez")
    await door.ask("/v1/traces", method="POST")
    assert door.exporter.get_finished_spans() == ()


async def test_the_duration_is_measured_by_route_in_seconds(door: Door) -> None:
    await door.ask("/v1/cases/none")
    text = door.reader.text()
    assert "# TYPE http_server_request_duration_seconds histogram" in text
    assert 'http_route="/v1/cases/{case_id}"' in text
    assert 'le="+Inf"' in text
