"""Trace context: the W3C traceparent of the command that made an event."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

_SHAPE = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


def span_from(traceparent: str | None) -> SpanContext | None:
    """Return the span a traceparent names; None for a missing or garbled one.

    W3C Trace Context level 1, §3.2: version ff and all-zero ids are invalid, version
    00 has nothing after the flags, a later version may have.
    """
    found = _SHAPE.fullmatch(traceparent) if traceparent else None
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    if version == "ff" or (version == "00" and rest):
        return None
    span = SpanContext(
        int(trace_id, 16),
        int(span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(int(flags, 16) & 1),
    )
    return span if span.is_valid else None


def traceparent_of(span: SpanContext) -> str | None:
    """Return the traceparent that names a span; None when there is no span."""
    if not span.is_valid:
        return None
    sampled = "01" if span.trace_flags.sampled else "00"
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{sampled}"


def current_traceparent() -> str | None:
    """Return the traceparent of the span we are in; None outside of any."""
    return traceparent_of(trace.get_current_span().get_span_context())


def current_trace_id() -> str | None:
    """Return the trace id (32 hex digits) we are in, for an answer or a log line."""
    span = trace.get_current_span().get_span_context()
    return f"{span.trace_id:032x}" if span.is_valid else None


@contextmanager
def quiet() -> Iterator[None]:
    """Trace nothing inside: bulk work, such as the rows of an import.

    Its events carry an unsampled traceparent, so relays and consumers hang no link
    on them either.
    """
    unsampled = SpanContext(
        _SOME_TRACE, _SOME_SPAN, is_remote=True, trace_flags=TraceFlags(0)
    )
    token = context.attach(trace.set_span_in_context(NonRecordingSpan(unsampled)))
    try:
        yield
    finally:
        context.detach(token)


# Any valid pair will do: an unsampled span is exported by nobody.
_SOME_TRACE = 0x51_4947_5849_4E51_4945_5400
_SOME_SPAN = 0x5149_4554
