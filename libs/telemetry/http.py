"""The door as a trace sees it: one server span a request, one client span a call."""

import re
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, SpanKind, StatusCode
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.telemetry.instruments import sight
from libs.telemetry.plain import Scalar
from libs.telemetry.traceparent import current_traceparent, span_from

# Seeing must not be seen, or every batch of spans would make another one.
UNSEEN = frozenset(
    {"/v1/traces", "/v1/metrics", "/v1/logs", "/livez", "/readyz", "/metrics"}
)

_OTHER = "_OTHER"
_METHODS = frozenset(
    {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
)
_LITERAL = re.compile(r"[a-zA-Z.][a-zA-Z._-]*\d{0,2}(?:\.[a-z]{1,5})?")
_FAULT = 500


class SeenRequests:
    """ASGI middleware: a span `{METHOD} {http.route}` and its duration.

    Only the route is told, never the path, the query, a header or an address of the
    caller: `url.path` holds the route. A request that no route takes has no path.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request inside a span."""
        if scope["type"] != "http" or scope["path"] in UNSEEN:
            await self._app(scope, receive, send)
            return
        answer: dict[str, int] = {}

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
            await send(message)

        with _server_span(scope, answer):
            await self._app(scope, receive, watched)


@contextmanager
def _server_span(scope: Scope, answer: dict[str, int]) -> Iterator[None]:
    seen, started = sight(), perf_counter()
    method = scope["method"] if scope["method"] in _METHODS else _OTHER
    parent = span_from(_header(scope, b"traceparent"))
    context = trace.set_span_in_context(NonRecordingSpan(parent)) if parent else None
    labels: dict[str, Scalar] = {"http.request.method": method, "url.scheme": "http"}
    if scope.get("scheme") == "https":
        labels["url.scheme"] = "https"
    with seen.tracer.start_as_current_span(
        _verb(method),
        context,
        SpanKind.SERVER,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except BaseException as error:
            labels["error.type"] = type(error).__qualname__
            raise
        finally:
            _tell(span, labels, route_of(scope), answer.get("status"))
            seen.instruments.http_duration.record(perf_counter() - started, labels)


def _tell(
    span: Span, labels: dict[str, Scalar], route: str | None, status: int | None
) -> None:
    if status is not None:
        labels["http.response.status_code"] = status
        if status >= _FAULT:
            labels.setdefault("error.type", str(status))
    if route is not None:
        labels["http.route"] = route
        span.update_name(f"{_verb(str(labels['http.request.method']))} {route}")
        span.set_attribute("url.path", route)
    for key, value in labels.items():
        span.set_attribute(key, value)
    if "error.type" in labels:
        span.set_status(StatusCode.ERROR)


def _verb(method: str) -> str:
    return "HTTP" if method == _OTHER else method


def route_of(scope: Scope) -> str | None:
    """Return the route that took a request, as `/v1/cases/{case_id}`; None if none.

    FastAPI's `route.path` lacks the prefixes of nested routers, so it is believed only
    where it fits the path; else each segment that is not a plain word is replaced by
    its parameter's name, or by `{}` when that is not known.
    """
    if scope.get("endpoint") is None:
        return None
    path: str = scope["path"]
    own = getattr(scope.get("route"), "path_format", None)
    if isinstance(own, str):
        template = f"{scope.get('root_path', '')}{own}"
        if _fits(template, path):
            return template
    return _told_by_parameters(path, scope.get("path_params") or {})


def _fits(template: str, path: str) -> bool:
    expected, given = template.split("/"), path.split("/")
    return len(expected) == len(given) and all(
        part.startswith("{") or part == segment
        for part, segment in zip(expected, given, strict=True)
    )


def _told_by_parameters(path: str, parameters: MutableMapping[str, Any]) -> str:
    for name, value in parameters.items():
        if "/" in str(value) and path.endswith(f"/{value}"):
            path = path[: -len(str(value))] + f"{{{name}}}"
    names = {str(value): f"{{{name}}}" for name, value in parameters.items()}
    known = set(names.values())
    return "/".join(
        segment
        if segment in known or not segment
        else names.get(segment, segment if _LITERAL.fullmatch(segment) else "{}")
        for segment in path.split("/")
    )


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return None


@contextmanager
def calling(method: str, base_url: str, route: str) -> Iterator[dict[str, str]]:
    """Open a client span for a call to another service; yields the headers to send.

    `route` is the template, not the path: `calling("POST", url, "/v1/complaints")`.
    """
    where = urlsplit(base_url)
    told: dict[str, Scalar] = {
        "http.request.method": method,
        "url.template": route,
        "server.address": where.hostname or "",
        "server.port": where.port or 80,
    }
    with sight().tracer.start_as_current_span(
        f"{method} {route}",
        kind=SpanKind.CLIENT,
        attributes=told,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        traceparent = current_traceparent()
        try:
            yield {"traceparent": traceparent} if traceparent else {}
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            raise
