"""A fact's way between services: a page sent, a page processed.

A page of messages has many causes, so it has no parent: its span is the root of its own
trace and hangs one link on each message's creation context (the default correlation of
the messaging conventions). Links are not capped; a page is. A message whose command was
not sampled gets none, and `qingxin.links.unsampled` counts those.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from time import perf_counter

from opentelemetry.trace import Span, SpanKind

from libs.telemetry.instruments import sight
from libs.telemetry.linking import ROOT, Carried, links_to, open_span, working_on
from libs.telemetry.plain import Scalar


@contextmanager
def send(topic: str, page: Sequence[Carried]) -> Iterator[None]:
    """Open the producer span `send <topic>` of one relayed page.

    The relay sends each event's own `traceparent` header on unchanged: this span links
    to it and never takes its place.
    """
    told = _messaging("send", "send", topic, len(page))
    started, counted = perf_counter(), dict(told)
    counted.pop("messaging.batch.message_count")
    links = links_to(page, told)
    try:
        with open_span(f"send {topic}", SpanKind.PRODUCER, told, links, ROOT):
            yield
    except BaseException as error:
        counted["error.type"] = type(error).__qualname__
        raise
    finally:
        instruments = sight().instruments
        instruments.operation_duration.record(perf_counter() - started, counted)
        instruments.sent.add(len(page), counted)


@contextmanager
def process(group: str, page: Mapping[str, Sequence[Carried]]) -> Iterator[None]:
    """Open a consumer span `process <topic>` for each topic of one consumed page.

    `page` is the messages by topic. A page that spans several topics is one unit of
    work: its spans run side by side, the first is current, and `view`, `append` and
    `decide` inside relate to all of them (see `beside`).
    """
    started = perf_counter()
    failed: dict[str, Scalar] = {}
    full = {topic: messages for topic, messages in page.items() if messages}
    with ExitStack() as open_spans:
        spans = {
            topic: open_spans.enter_context(_processing(group, topic, messages))
            for topic, messages in reversed(full.items())
        }
        try:
            with working_on(spans, full):
                yield
        except BaseException as error:
            failed["error.type"] = type(error).__qualname__
            raise
        finally:
            for topic, messages in full.items():
                _count_processed(group, topic, len(messages), started, failed)


@contextmanager
def _processing(group: str, topic: str, page: Sequence[Carried]) -> Iterator[Span]:
    told = _messaging("process", "process", topic, len(page))
    told["messaging.consumer.group.name"] = group
    links = links_to(page, told)
    with open_span(f"process {topic}", SpanKind.CONSUMER, told, links, ROOT) as span:
        yield span


def _count_processed(
    group: str, topic: str, size: int, started: float, failed: Mapping[str, Scalar]
) -> None:
    labels = _messaging("process", "process", topic, size) | dict(failed)
    labels.pop("messaging.batch.message_count")
    labels["messaging.consumer.group.name"] = group
    instruments = sight().instruments
    instruments.process_duration.record(perf_counter() - started, labels)
    instruments.consumed.add(size, labels)


def _messaging(name: str, kind: str, topic: str, size: int) -> dict[str, Scalar]:
    return {
        "messaging.system": "kafka",
        "messaging.operation.name": name,
        "messaging.operation.type": kind,
        "messaging.destination.name": topic,
        "messaging.batch.message_count": size,
    }
