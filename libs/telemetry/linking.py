"""Links: what a span says of the messages that caused it, and where a span hangs."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, StatusCode

from libs.telemetry.instruments import sight
from libs.telemetry.plain import Scalar
from libs.telemetry.traceparent import span_from

# Links a span may hold: larger than any page; the SDK's own default of 128 would
# silently lose the rest.
MOST_LINKS = 20_000
UNSAMPLED = "qingxin.links.unsampled"

ROOT = Context()
_CASE = "case-"


class Carried(Protocol):
    """What a trace tells of a message; `libs.events.event.Recorded` is one."""

    @property
    def id(self) -> UUID:
        """The event's id."""

    @property
    def type(self) -> str:
        """The event's stored name."""

    @property
    def stream(self) -> str:
        """Its stream, `<category>-<uuid>`."""

    @property
    def correlation_id(self) -> UUID:
        """What it belongs to."""

    @property
    def traceparent(self) -> str | None:
        """The context of the command that made it."""


def links_to(page: Sequence[Carried], told: dict[str, Scalar]) -> list[Link]:
    """Return a link a sampled message, and tell how many were not sampled."""
    links = []
    quiet = 0
    for message in page:
        span = span_from(message.traceparent)
        if span is None:
            continue
        if span.trace_flags.sampled:
            links.append(Link(span, _told_of(message)))
        else:
            quiet += 1
    if quiet:
        told[UNSAMPLED] = quiet
    return links


def _told_of(message: Carried) -> dict[str, Scalar]:
    told: dict[str, Scalar] = {
        "messaging.message.id": str(message.id),
        "cloudevents.event_type": message.type,
        "qingxin.correlation_id": str(message.correlation_id),
    }
    case_id = case_of(message)
    if case_id is not None:
        told["qingxin.case_id"] = case_id
    return told


def case_of(message: Carried) -> str | None:
    """Return the case a message is about, when it stands in a case's own stream."""
    if not message.stream.startswith(_CASE):
        return None
    return message.stream.removeprefix(_CASE)


def is_quiet(message: Carried) -> bool:
    """Tell whether the command that made a message was not to be traced."""
    span = span_from(message.traceparent)
    return span is not None and not span.trace_flags.sampled


@dataclass(frozen=True)
class _Page:
    """The process spans of the page in work, and which of them a message is under."""

    spans: tuple[Span, ...] = ()
    of_message: Mapping[UUID, Span] = field(default_factory=dict)


_page: ContextVar[_Page | None] = ContextVar("page", default=None)


@contextmanager
def working_on(
    spans: Mapping[str, Span], page: Mapping[str, Sequence[Carried]]
) -> Iterator[None]:
    """Say which process spans (by topic) the page in work has."""
    token = _page.set(_Page(tuple(spans.values()), _whose(spans, page)))
    try:
        yield
    finally:
        _page.reset(token)


def _whose(
    spans: Mapping[str, Span], page: Mapping[str, Sequence[Carried]]
) -> dict[UUID, Span]:
    """Map messages to spans; a page of one topic needs no map."""
    if len(spans) == 1:
        return {}
    return {m.id: spans[topic] for topic, ms in page.items() for m in ms}


def in_a_page() -> bool:
    """Tell whether a consumed page is in work here."""
    return _page.get() is not None


def place_of(cause: Carried | None) -> Context | None:
    """Return the context of the process span a message came in by; None: current."""
    page = _page.get()
    span = page.of_message.get(cause.id) if page and cause else None
    return trace.set_span_in_context(span) if span is not None else None


def beside() -> list[Link]:
    """Return links to the other process spans of a page over several topics."""
    page, current = _page.get(), trace.get_current_span()
    others = [span for span in page.spans if span != current] if page else []
    return [Link(span.get_span_context()) for span in others]


@contextmanager
def open_span(
    name: str,
    kind: SpanKind,
    told: Mapping[str, Scalar],
    links: Sequence[Link],
    context: Context | None = None,
) -> Iterator[Span]:
    """Open a span and make it current; its errors are told by type, never by text.

    `context` None means inside the current span, ROOT outside of any. A `Rejected` is
    an answer and no error: its code is told.
    """
    with sight().tracer.start_as_current_span(
        name,
        context,
        kind,
        dict(told),
        links,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except BaseException as error:
            _tell_error(span, error)
            raise


def _tell_error(span: Span, error: BaseException) -> None:
    # By shape, so that seeing does not depend on deciding.
    code = getattr(error, "code", None)
    if isinstance(code, str) and hasattr(error, "message"):
        span.set_attribute("qingxin.rejected", code)
        return
    span.set_attribute("error.type", type(error).__qualname__)
    span.set_status(StatusCode.ERROR)
