"""The last door of a span: what no rule allows does not leave the service."""

from collections.abc import Callable, Mapping

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Event, ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import Link
from opentelemetry.trace.status import Status

from libs.telemetry.plain import Scalar, allowed, plain_name

Withheld = Callable[[int], None]


class OnlyAllowed(SpanProcessor):
    """Passes a span on with its allowed attributes, links and names only.

    An unknown attribute is dropped whatever its type, so a new one that nobody
    thought about fails closed. Status texts are dropped: they quote exceptions.
    """

    def __init__(self, onward: SpanProcessor, withheld: Withheld) -> None:
        self._onward = onward
        self._withheld = withheld

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Pass the start on."""
        self._onward.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        """Pass a cleaned copy on."""
        if span.context is None or not span.context.trace_flags.sampled:
            return
        kept = _kept(span.attributes or {}, self._withheld)
        self._onward.on_end(self._cleaned(span, kept))

    def _cleaned(self, span: ReadableSpan, kept: Mapping[str, Scalar]) -> ReadableSpan:
        return ReadableSpan(
            name=plain_name(span.name),
            context=span.context,
            parent=span.parent,
            resource=span.resource,
            attributes=kept,
            events=[_cleaned_event(event, self._withheld) for event in span.events],
            links=[_cleaned_link(link, self._withheld) for link in span.links],
            kind=span.kind,
            status=Status(span.status.status_code),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )

    def shutdown(self) -> None:
        """Shut the onward processor down."""
        self._onward.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flush the onward processor."""
        return self._onward.force_flush(timeout_millis)


def _kept(attributes: Mapping[str, object], withheld: Withheld) -> dict[str, Scalar]:
    kept = allowed(attributes)
    if len(kept) < len(attributes):
        withheld(len(attributes) - len(kept))
    return kept


def _cleaned_event(event: Event, withheld: Withheld) -> Event:
    kept = _kept(event.attributes or {}, withheld)
    return Event(plain_name(event.name), kept, event.timestamp)


def _cleaned_link(link: Link, withheld: Withheld) -> Link:
    return Link(link.context, _kept(link.attributes or {}, withheld))
