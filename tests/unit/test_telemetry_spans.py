"""A fact's way shows as spans: decided, appended, sent, processed, viewed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from libs.events.decider import Rejected
from libs.telemetry.instruments import Sight, instruments_of
from libs.telemetry.linking import MOST_LINKS
from libs.telemetry.messaging import process, send
from libs.telemetry.metrics import TextReader
from libs.telemetry.privacy import OnlyAllowed
from libs.telemetry.sampling import sampler
from libs.telemetry.steps import append, decide, group_committed, tell_about, view
from libs.telemetry.traceparent import quiet, traceparent_of


@dataclass(frozen=True)
class Message:
    """What a trace needs of an event on a topic."""

    traceparent: str | None
    id: UUID = field(default_factory=uuid4)
    type: str = "ClueRegistered"
    stream: str = field(default_factory=lambda: f"clue-{uuid4()}")
    correlation_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Seen:
    """The spans and numbers of one test."""

    exporter: InMemorySpanExporter
    reader: TextReader

    def span(self, name: str) -> ReadableSpan:
        (found,) = [s for s in self.exporter.get_finished_spans() if s.name == name]
        return found

    def names(self) -> list[str]:
        return [span.name for span in self.exporter.get_finished_spans()]


@pytest.fixture
def seen() -> Iterator[Seen]:
    exporter, reader = InMemorySpanExporter(), TextReader()
    instruments = instruments_of(MeterProvider([reader]).get_meter("test"))
    provider = TracerProvider(
        sampler(1.0), span_limits=SpanLimits(max_links=MOST_LINKS)
    )
    only = OnlyAllowed(SimpleSpanProcessor(exporter), instruments.withheld.add)
    provider.add_span_processor(only)
    with Sight("intake", provider.get_tracer("test"), instruments).active():
        yield Seen(exporter, reader)


def name_of(span: ReadableSpan) -> str:
    assert span.context is not None
    told = traceparent_of(span.context)
    assert told is not None
    return told


def test_an_event_carries_the_context_of_the_decision_that_made_it(seen: Seen) -> None:
    correlation = uuid4()
    with decide("RegisterComplaint", about=correlation) as traceparent:
        pass
    span = seen.span("decide RegisterComplaint")
    assert traceparent == name_of(span)
    assert span.attributes == {
        "qingxin.command": "RegisterComplaint",
        "qingxin.correlation_id": str(correlation),
    }


def test_an_append_stands_under_its_decision(seen: Seen) -> None:
    with decide("RegisterComplaint") as traceparent:
        pass
    with append("intake", [traceparent]):
        pass
    child, parent = seen.span("append intake"), seen.span("decide RegisterComplaint")
    assert child.parent is not None
    assert parent.context is not None
    assert child.parent.span_id == parent.context.span_id
    assert child.kind is SpanKind.CLIENT


def test_a_sent_page_links_to_each_event_and_leaves_its_context_alone(
    seen: Seen,
) -> None:
    page = _decided(seen, 300)
    with send("qingxin.intake.v1", page):
        pass
    span = seen.span("send qingxin.intake.v1")
    assert span.kind is SpanKind.PRODUCER
    assert span.parent is None
    assert [traceparent_of(link.context) for link in span.links] == [
        message.traceparent for message in page
    ]


def test_a_link_survives_for_every_message_also_of_one_command(seen: Seen) -> None:
    (first,) = _decided(seen, 1)
    second = Message(first.traceparent, type="ReceiptIssued")
    with process("routing-reactions", {"qingxin.intake.v1": [first, second]}):
        pass
    span = seen.span("process qingxin.intake.v1")
    assert [(link.attributes or {})["messaging.message.id"] for link in span.links] == [
        str(first.id),
        str(second.id),
    ]
    assert span.kind is SpanKind.CONSUMER
    assert (span.attributes or {})["messaging.batch.message_count"] == 2


def test_a_foreign_or_garbled_context_makes_no_link_and_no_trouble(seen: Seen) -> None:
    (good,) = _decided(seen, 1)
    page = [Message(None), Message("nonsense"), good]
    with process("routing-views", {"qingxin.intake.v1": page}):
        pass
    assert len(seen.span("process qingxin.intake.v1").links) == 1


def test_a_reaction_links_to_its_cause_under_the_page_it_came_in_by(seen: Seen) -> None:
    (a,), (b,) = _decided(seen, 1), _decided(seen, 1)
    with process("g", {"intake": [a], "enforcement": [b]}):
        with decide("OpenCase", cause=a) as first:
            pass
        with decide("NoteConclusion", cause=b) as second:
            pass
        with append("routing", [first, second]), view("cases", 2):
            pass
    by_b = seen.span("decide NoteConclusion")
    assert by_b.parent is not None
    page_b = seen.span("process enforcement").context
    assert page_b is not None
    assert by_b.parent.span_id == page_b.span_id
    assert traceparent_of(by_b.links[0].context) == b.traceparent
    linked = {
        traceparent_of(link.context) for link in seen.span("append routing").links
    }
    assert {first, second} <= linked


def test_a_view_relates_to_every_topic_of_its_page(seen: Seen) -> None:
    (a,), (b,) = _decided(seen, 1), _decided(seen, 1)
    with process("g", {"intake": [a], "routing": [b]}), view("ledger", 2):
        pass
    span = seen.span("view ledger")
    assert span.parent is not None
    above = {span.parent.span_id} | {link.context.span_id for link in span.links}
    pages = [seen.span(f"process {t}").context for t in ("intake", "routing")]
    assert above == {page.span_id for page in pages if page is not None}


def test_quiet_work_is_seen_in_no_service(seen: Seen) -> None:
    with quiet(), decide("RecordHistory") as traceparent:
        pass
    message = Message(traceparent)
    with send("qingxin.intake.v1", [message]):
        pass
    with process("g", {"qingxin.intake.v1": [message]}):
        with decide("OpenCase", cause=message) as onward:
            pass
        with append("routing", [onward]):
            pass
    assert onward == traceparent
    assert seen.names() == []


def test_a_page_with_one_traced_message_is_traced_and_counts_the_quiet(
    seen: Seen,
) -> None:
    with quiet(), decide("RecordHistory") as untraced:
        pass
    (loud,) = _decided(seen, 1)
    with send("qingxin.intake.v1", [Message(untraced), loud]):
        pass
    span = seen.span("send qingxin.intake.v1")
    assert len(span.links) == 1
    assert (span.attributes or {})["qingxin.links.unsampled"] == 1


def test_a_refusal_is_told_by_its_code_and_is_no_error(seen: Seen) -> None:
    with pytest.raises(Rejected), decide("TransferCase"):
        raise Rejected("too-many-transfers", "Ask the leading group.")
    span = seen.span("decide TransferCase")
    assert (span.attributes or {})["qingxin.rejected"] == "too-many-transfers"
    assert span.status.status_code is StatusCode.UNSET


def test_an_error_is_told_by_its_type_and_never_by_its_text(seen: Seen) -> None:
    with pytest.raises(ValueError, match="1890"), decide("TransferCase"):
        raise ValueError("310101189001010013")
    span = seen.span("decide TransferCase")
    assert (span.attributes or {})["error.type"] == "ValueError"
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description is None
    assert span.events == ()
    assert "189001" not in span.to_json()


def test_what_no_rule_allows_leaves_in_no_span_and_is_counted(seen: Seen) -> None:
    with decide("TransferCase"):
        from opentelemetry import trace  # noqa: PLC0415  # as a careless caller would

        span = trace.get_current_span()
        span.set_attribute("worker.name", "Zhao Ceshi")
        span.set_attribute("http.route", "/v1/people/310101189001010013")
        span.add_event("saw 赵测试", {"who": "赵测试"})
        span.set_status(StatusCode.ERROR, "no wages for 赵测试")
    with view("赵测试", 1):
        pass
    told = "".join(span.to_json() for span in seen.exporter.get_finished_spans())
    for canary in ("Zhao", "310101", "赵", "\\u8d75"):
        assert canary not in told
    assert "qingxin_telemetry_withheld_total 4" in seen.reader.text()


def test_the_current_span_can_be_told_what_it_is_about(seen: Seen) -> None:
    correlation, case = uuid4(), uuid4()
    with decide("FileCase"):
        tell_about(correlation, case)
    assert (seen.span("decide FileCase").attributes or {}) == {
        "qingxin.command": "FileCase",
        "qingxin.correlation_id": str(correlation),
        "qingxin.case_id": str(case),
    }


def test_pages_are_counted_in_messages_by_topic_and_group(seen: Seen) -> None:
    page = _decided(seen, 3)
    with send("t", page):
        pass
    with process("g", {"t": page}):
        pass
    group_committed(5)
    text = seen.reader.text()
    assert 'messaging_client_sent_messages_total{messaging_destination_name="t"' in text
    assert "messaging_process_duration_seconds_count{" in text
    assert 'qingxin_append_batch_size_bucket{le="5"} 1' in text
    assert 'qingxin_append_batch_size_bucket{le="2"} 0' in text


def test_without_set_up_nothing_is_seen_and_all_works() -> None:
    with decide("RegisterComplaint") as traceparent, view("ledger", 1):
        assert traceparent is None
    with process("g", {"t": [Message(None)]}), append("intake", [None]):
        pass


def _decided(seen: Seen, messages: int) -> list[Message]:
    page = []
    for _ in range(messages):
        with decide("RegisterComplaint") as traceparent:
            page.append(Message(traceparent))
    assert all(message.traceparent for message in page)
    assert seen.names()
    return page
