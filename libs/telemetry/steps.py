"""A fact's way inside a service: decided, appended, viewed; each a span of its own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from uuid import UUID

from opentelemetry import trace
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanKind

from libs.telemetry.instruments import sight
from libs.telemetry.linking import (
    Carried,
    beside,
    case_of,
    in_a_page,
    is_quiet,
    links_to,
    open_span,
    place_of,
)
from libs.telemetry.plain import Scalar
from libs.telemetry.traceparent import current_traceparent, span_from


@contextmanager
def decide(
    command: str, *, cause: Carried | None = None, about: UUID | None = None
) -> Iterator[str | None]:
    """Open the span `decide <command>`; yields the traceparent its events must carry.

    `cause` is the event a reaction answers: the span links to its creation context.
    `about` is the correlation id, where it is known already. A `Rejected` is an answer
    and no error: its code is told.
    """
    told: dict[str, Scalar] = {"qingxin.command": command}
    correlation = cause.correlation_id if cause is not None else about
    if correlation is not None:
        told["qingxin.correlation_id"] = str(correlation)
    case_id = case_of(cause) if cause is not None else None
    if case_id is not None:
        told["qingxin.case_id"] = case_id
    if cause is not None and is_quiet(cause):
        yield cause.traceparent
        return
    links = links_to([cause], told) if cause is not None else []
    with open_span(
        f"decide {command}", SpanKind.INTERNAL, told, links, place_of(cause)
    ):
        yield current_traceparent()


@contextmanager
def append(
    service: str, commands: Sequence[str | None], *, about: UUID | None = None
) -> Iterator[None]:
    """Open the span `append <service>` around an append to the journal.

    `commands` are the traceparents `decide` yielded. At the door the one command is the
    parent; in a page of reactions the page is, however many commands it made, and each
    command is linked.
    """
    told: dict[str, Scalar] = {
        "db.system.name": "postgresql",
        "db.operation.name": "append",
        "db.namespace": service,
        "db.operation.batch.size": len(commands),
    }
    if about is not None:
        told["qingxin.correlation_id"] = str(about)
    deciders = [span for span in map(span_from, commands) if span is not None]
    started = perf_counter()
    name = f"append {service}"
    try:
        if len(deciders) == 1 and not in_a_page():
            parent = trace.set_span_in_context(NonRecordingSpan(deciders[0]))
            with open_span(name, SpanKind.CLIENT, told, [], parent):
                yield
        else:
            linked = [Link(span) for span in deciders if span.trace_flags.sampled]
            with _inside(name, told, linked, SpanKind.CLIENT):
                yield
    finally:
        labels = {k: v for k, v in told.items() if k.startswith("db.")}
        labels.pop("db.operation.batch.size")
        sight().instruments.append_duration.record(perf_counter() - started, labels)


def group_committed(commands: int) -> None:
    """Count the commands that one group commit gathered."""
    sight().instruments.append_batch.record(commands)


@contextmanager
def view(name: str, rows: int) -> Iterator[None]:
    """Open the span `view <name>` around the fold and upsert of one page.

    `rows` is the number of events the view takes from the page.
    """
    with _inside(f"view {name}", {"qingxin.view": name, "qingxin.rows": rows}, []):
        yield


def tell_about(correlation_id: UUID, case_id: UUID | None = None) -> None:
    """Tell the current span which complaint, and which case, it is about."""
    span = trace.get_current_span()
    span.set_attribute("qingxin.correlation_id", str(correlation_id))
    if case_id is not None:
        span.set_attribute("qingxin.case_id", str(case_id))


@contextmanager
def _inside(
    name: str,
    told: Mapping[str, Scalar],
    links: Sequence[Link],
    kind: SpanKind = SpanKind.INTERNAL,
) -> Iterator[Span]:
    with open_span(name, kind, told, [*links, *beside()]) as span:
        yield span
