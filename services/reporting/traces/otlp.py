"""The receiver of OTLP/HTTP: what the services send of their traces, metrics, logs.

Only traces are kept. Metrics are read at each service's own `/metrics` and logs at its
own output: they are taken in, counted and dropped here, so that one address does.
"""

import asyncio
import hmac
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg
from fastapi import APIRouter, Request, Response
from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from libs.events.journal.gone import GONE
from services.reporting.traces.decode import decode
from services.reporting.traces.store import Keep, insert, prune

PROTOBUF = "application/x-protobuf"
# How many batches are taken in between two looks at how much is kept.
PRUNE_EVERY = 100
# Batches worked on at once; more are told to come again (OTLP retries on 503).
AT_ONCE = 4


@dataclass
class Received:
    """What came in since the start, for `/metrics` and the health page."""

    spans: int = 0
    links: int = 0
    trace_batches: int = 0
    metric_batches: int = 0
    log_batches: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Receiver:
    """How the receiver behaves; sizes are bytes as sent and as unpacked.

    `token` None means that whoever reaches the port may send: for loopback only.
    """

    pool: asyncpg.Pool
    token: str | None = None
    largest_sent: int = 4 * 1024 * 1024
    largest_unpacked: int = 32 * 1024 * 1024
    keep: Keep = field(default_factory=Keep)
    received: Received = field(default_factory=Received)
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


class Refused(Exception):
    """A request the receiver does not take: the status, and why in one sentence."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


Take = Callable[[Receiver, bytes], Awaitable[Message]]


def router(receiver: Receiver) -> APIRouter:
    """Return the routes `/v1/traces`, `/v1/metrics` and `/v1/logs` of OTLP/HTTP."""
    routes = APIRouter(include_in_schema=False)
    for name, take in _TAKES.items():
        routes.add_api_route(
            f"/v1/{name}", _route(receiver, take), methods=["POST"], name=f"otlp-{name}"
        )
    return routes


def _route(receiver: Receiver, take: Take) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            taken = await _taken(receiver, request, take)
        except Refused as refused:
            receiver.received.refused += 1
            again = {"retry-after": "1"} if refused.status == _LATER else {}
            return Response(refused.why, refused.status, again, "text/plain")
        return Response(taken.SerializeToString(), 200, media_type=PROTOBUF)

    return answer


_LATER = 503


async def _taken(receiver: Receiver, request: Request, take: Take) -> Message:
    if receiver.room.locked():
        raise Refused(_LATER, "Too many batches at once; send it again.")
    async with receiver.room:
        return await take(receiver, await _body(receiver, request))


async def _body(receiver: Receiver, request: Request) -> bytes:
    """Read and unpack the body. Raises Refused 400, 401, 413 or 415."""
    if receiver.token is not None:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {receiver.token}".encode()):
            raise Refused(401, "Send the receiver's bearer token.")
    if request.headers.get("content-type", "").split(";")[0] != PROTOBUF:
        raise Refused(415, f"Send {PROTOBUF}.")
    sent = bytearray()
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > receiver.largest_sent:
            raise Refused(413, f"Send at most {receiver.largest_sent} bytes at once.")
    match request.headers.get("content-encoding", "identity"):
        case "identity":
            return bytes(sent)
        case "gzip":
            return _unpacked(bytes(sent), receiver.largest_unpacked)
        case _:
            raise Refused(415, "Send gzip or nothing as content-encoding.")


def _unpacked(sent: bytes, largest: int) -> bytes:
    packed = zlib.decompressobj(wbits=31)
    try:
        body = packed.decompress(sent, largest)
    except zlib.error as error:
        raise Refused(400, "The gzip body is broken.") from error
    if packed.unconsumed_tail:
        raise Refused(413, f"Unpacked, send at most {largest} bytes at once.")
    if not packed.eof:
        raise Refused(400, "The gzip body is cut off.")
    return body


async def _take_traces(receiver: Receiver, body: bytes) -> Message:
    request = ExportTraceServiceRequest()
    _parse(request, body)
    spans, links = decode(request)
    try:
        if spans:
            await insert(receiver.pool, spans, links)
        if receiver.received.trace_batches % PRUNE_EVERY == PRUNE_EVERY - 1:
            await prune(receiver.pool, receiver.keep)
    except GONE as error:
        raise Refused(_LATER, "The trace store is not there; send it again.") from error
    receiver.received.trace_batches += 1
    receiver.received.spans += len(spans)
    receiver.received.links += len(links)
    return ExportTraceServiceResponse()


async def _take_metrics(receiver: Receiver, body: bytes) -> Message:
    _parse(ExportMetricsServiceRequest(), body)
    receiver.received.metric_batches += 1
    return ExportMetricsServiceResponse()


async def _take_logs(receiver: Receiver, body: bytes) -> Message:
    _parse(ExportLogsServiceRequest(), body)
    receiver.received.log_batches += 1
    return ExportLogsServiceResponse()


def _parse(request: Message, body: bytes) -> None:
    try:
        request.ParseFromString(body)
    except DecodeError as error:
        raise Refused(400, "The body is not the protobuf message expected.") from error


_TAKES: dict[str, Take] = {
    "traces": _take_traces,
    "metrics": _take_metrics,
    "logs": _take_logs,
}
