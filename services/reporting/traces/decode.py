"""What an OTLP batch says, as spans and links: checked, and cleaned once more."""

from collections.abc import Iterable
from uuid import UUID

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from libs.telemetry.plain import Scalar, allowed, plain_name
from services.reporting.traces.span import Kind, Link, StoredSpan

_TRACE_BYTES = 16
_SPAN_BYTES = 8
_LAST_NS = 2**63 - 1


def decode(
    request: ExportTraceServiceRequest,
) -> tuple[list[StoredSpan], list[Link]]:
    """Return the well-formed spans of a batch and their links.

    The sender's allow-list is applied again, for a sender need not be ours. A span
    without valid ids is left out, as OTLP allows.
    """
    spans: list[StoredSpan] = []
    links: list[Link] = []
    for resource in request.resource_spans:
        told = _read(resource.resource.attributes)
        service = plain_name(str(told.get("service.name", "unknown")))
        for scope in resource.scope_spans:
            for span in scope.spans:
                if _is_whole(span):
                    spans.append(_span(span, service))
                    links.extend(_links(span))
    return spans, links


def _is_whole(span: Span) -> bool:
    return (
        _is_id(span.trace_id, _TRACE_BYTES)
        and _is_id(span.span_id, _SPAN_BYTES)
        and span.start_time_unix_nano <= span.end_time_unix_nano <= _LAST_NS
    )


def _is_id(given: bytes, size: int) -> bool:
    return len(given) == size and any(given)


def _span(span: Span, service: str) -> StoredSpan:
    told = allowed(_read(span.attributes))
    kinds = {kind.value: kind for kind in Kind}
    return StoredSpan(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex()
        if _is_id(span.parent_span_id, _SPAN_BYTES)
        else None,
        service=service,
        operation=plain_name(span.name),
        kind=kinds.get(span.kind, Kind.UNSPECIFIED),
        started_ns=span.start_time_unix_nano,
        ended_ns=span.end_time_unix_nano,
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        correlation_id=_uuid(told, "qingxin.correlation_id"),
        case_id=_uuid(told, "qingxin.case_id"),
        attributes=told,
    )


def _links(span: Span) -> Iterable[Link]:
    owner = (span.trace_id.hex(), span.span_id.hex())
    for ordinal, link in enumerate(span.links):
        if not _is_id(link.trace_id, _TRACE_BYTES):
            continue
        if not _is_id(link.span_id, _SPAN_BYTES):
            continue
        told = allowed(_read(link.attributes))
        event_type = told.get("cloudevents.event_type")
        yield Link(
            owner=owner,
            ordinal=ordinal,
            target=(link.trace_id.hex(), link.span_id.hex()),
            message_id=_uuid(told, "messaging.message.id"),
            event_type=str(event_type) if event_type is not None else None,
            correlation_id=_uuid(told, "qingxin.correlation_id"),
            case_id=_uuid(told, "qingxin.case_id"),
        )


def _read(attributes: Iterable[KeyValue]) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for pair in attributes:
        match pair.value.WhichOneof("value"):
            case "string_value":
                found[pair.key] = pair.value.string_value
            case "bool_value":
                found[pair.key] = pair.value.bool_value
            case "int_value":
                found[pair.key] = pair.value.int_value
            case "double_value":
                found[pair.key] = pair.value.double_value
            case _:
                # Lists and bytes are allowed in no attribute.
                continue
    return found


def _uuid(told: dict[str, Scalar], key: str) -> UUID | None:
    value = told.get(key)
    return UUID(value) if isinstance(value, str) else None
