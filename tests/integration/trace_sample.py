"""One complaint as four services would trace it, for the trace store's tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from libs.telemetry.instruments import Sight, instruments_of
from libs.telemetry.linking import MOST_LINKS
from libs.telemetry.messaging import process, send
from libs.telemetry.privacy import OnlyAllowed
from libs.telemetry.steps import append, decide, view


@dataclass(frozen=True)
class Message:
    """What a trace needs of an event on a topic."""

    type: str
    stream: str
    correlation_id: UUID
    traceparent: str | None
    id: UUID = field(default_factory=uuid4)


class FourServices:
    """Four services that trace into memory; `batches` is what they would send."""

    def __init__(self) -> None:
        self._exporters: dict[str, InMemorySpanExporter] = {}
        self._sights: dict[str, Sight] = {}
        for service in ("intake", "routing", "enforcement", "reporting"):
            exporter = InMemorySpanExporter()
            provider = TracerProvider(
                resource=Resource({"service.name": service}),
                span_limits=SpanLimits(max_links=MOST_LINKS),
            )
            instruments = instruments_of(MeterProvider().get_meter("test"))
            provider.add_span_processor(
                OnlyAllowed(SimpleSpanProcessor(exporter), instruments.withheld.add)
            )
            self._exporters[service] = exporter
            self._sights[service] = Sight(
                service, provider.get_tracer("test"), instruments
            )

    def batches(self) -> list[ExportTraceServiceRequest]:
        """Return one OTLP batch a service."""
        return [
            encode_spans(exporter.get_finished_spans())
            for exporter in self._exporters.values()
        ]

    @contextmanager
    def at(self, service: str) -> Iterator[None]:
        """Be that service."""
        with self._sights[service].active():
            yield

    def ask(self, correlation: UUID) -> Message:
        """A worker complains at intake's door."""
        with (
            self.at("intake"),
            self._sights["intake"].tracer.start_as_current_span(
                "POST /v1/complaints", kind=SpanKind.SERVER
            ),
        ):
            with decide("RegisterComplaint", about=correlation) as traceparent:
                pass
            with append("intake", [traceparent], about=correlation):
                pass
        return Message(
            "ClueRegistered", f"clue-{correlation}", correlation, traceparent
        )

    def relay(self, service: str, page: list[Message]) -> None:
        """The service's relay sends a page."""
        with self.at(service), send(f"qingxin.{service}.v1", page):
            pass

    def react(
        self, service: str, source: str, command: str, page: list[Message]
    ) -> list[Message]:
        """The service answers each message of a page with a command of its own."""
        said = []
        with (
            self.at(service),
            process(f"{service}-reactions", {f"qingxin.{source}.v1": page}),
        ):
            for message in page:
                with decide(command, cause=message) as traceparent:
                    said.append(
                        Message(
                            "CaseOpened",
                            f"case-{message.correlation_id}",
                            message.correlation_id,
                            traceparent,
                        )
                    )
            with append(service, [message.traceparent for message in said]):
                pass
        return said

    def show(self, source: str, name: str, page: list[Message]) -> None:
        """Reporting folds a page into a view."""
        with (
            self.at("reporting"),
            process("reporting-views", {f"qingxin.{source}.v1": page}),
            view(name, len(page)),
        ):
            pass


def complain(*correlations: UUID) -> FourServices:
    """Let the complaints go through all services, side by side in the same pages."""
    four = FourServices()
    clues = [four.ask(correlation) for correlation in correlations]
    four.relay("intake", clues)
    cases = four.react("routing", "intake", "OpenCase", clues)
    four.relay("routing", cases)
    claims = four.react("enforcement", "intake", "OpenClaims", clues)
    four.relay("enforcement", claims)
    four.show("intake", "ledger", clues)
    four.show("routing", "ledger", cases)
    four.show("enforcement", "claims", claims)
    return four


def _way(source: str, maker: str) -> set[tuple[str, str, str, str]]:
    """The edges of a reaction's event from its maker to its view."""
    topic = f"qingxin.{source}.v1"
    return {
        (source, f"process {'qingxin.intake.v1'}", source, f"decide {maker}"),
        ("intake", "decide RegisterComplaint", source, "process qingxin.intake.v1"),
        ("intake", "decide RegisterComplaint", source, f"decide {maker}"),
        (source, "process qingxin.intake.v1", source, f"append {source}"),
        (source, f"decide {maker}", source, f"append {source}"),
        (source, f"decide {maker}", source, f"send {topic}"),
        (source, f"decide {maker}", "reporting", f"process {topic}"),
    }


EVERY_EDGE = {
    ("intake", "POST /v1/complaints", "intake", "decide RegisterComplaint"),
    ("intake", "decide RegisterComplaint", "intake", "append intake"),
    ("intake", "decide RegisterComplaint", "intake", "send qingxin.intake.v1"),
    ("intake", "decide RegisterComplaint", "reporting", "process qingxin.intake.v1"),
    *_way("routing", "OpenCase"),
    *_way("enforcement", "OpenClaims"),
    ("reporting", "process qingxin.intake.v1", "reporting", "view ledger"),
    ("reporting", "process qingxin.routing.v1", "reporting", "view ledger"),
    ("reporting", "process qingxin.enforcement.v1", "reporting", "view claims"),
}
