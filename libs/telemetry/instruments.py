"""Instruments: what a service counts and times (semantic conventions 1.44)."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType

from opentelemetry.metrics import Counter, Histogram, Meter, NoOpMeter
from opentelemetry.metrics import _Gauge as Gauge
from opentelemetry.trace import NoOpTracer, Tracer

from libs.telemetry.plain import Scalar

Labels = Mapping[str, Scalar]

# Seconds; the boundaries the conventions advise for HTTP, with 30 s added because a
# page of a rebuild or an import may take that long.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 30)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


@dataclass(frozen=True)
class Instruments:
    """The instruments of one service; durations are seconds."""

    http_duration: Histogram
    operation_duration: Histogram
    process_duration: Histogram
    append_duration: Histogram
    append_batch: Histogram
    sent: Counter
    consumed: Counter
    lag_events: Gauge
    lag_seconds: Gauge
    withheld: Counter
    lost: Counter


def instruments_of(meter: Meter) -> Instruments:
    """Declare every instrument on a meter."""
    seconds = list(_SECONDS)
    return Instruments(
        http_duration=meter.create_histogram(
            "http.server.request.duration",
            unit="s",
            description="Duration of HTTP server requests.",
            explicit_bucket_boundaries_advisory=seconds,
        ),
        operation_duration=meter.create_histogram(
            "messaging.client.operation.duration",
            unit="s",
            description="Duration of sending one page to the broker.",
            explicit_bucket_boundaries_advisory=seconds,
        ),
        process_duration=meter.create_histogram(
            "messaging.process.duration",
            unit="s",
            description="Duration of processing one page of messages.",
            explicit_bucket_boundaries_advisory=seconds,
        ),
        append_duration=meter.create_histogram(
            "db.client.operation.duration",
            unit="s",
            description="Duration of one append to the journal.",
            explicit_bucket_boundaries_advisory=seconds,
        ),
        append_batch=meter.create_histogram(
            "qingxin.append.batch.size",
            unit="{command}",
            description="Commands gathered in one group commit.",
            explicit_bucket_boundaries_advisory=list(_SIZES),
        ),
        sent=meter.create_counter(
            "messaging.client.sent.messages",
            unit="{message}",
            description="Messages sent to the broker.",
        ),
        consumed=meter.create_counter(
            "messaging.client.consumed.messages",
            unit="{message}",
            description="Messages delivered to the service.",
        ),
        lag_events=meter.create_gauge(
            "qingxin.lag.events",
            unit="{event}",
            description="Events a relay or consumer is behind.",
        ),
        lag_seconds=meter.create_gauge(
            "qingxin.lag.time",
            unit="s",
            description="Seconds a relay or consumer is behind.",
        ),
        withheld=meter.create_counter(
            "qingxin.telemetry.withheld",
            unit="{attribute}",
            description="Attributes dropped since no rule allows them.",
        ),
        lost=meter.create_counter(
            "qingxin.telemetry.lost",
            unit="{item}",
            description="Spans and log lines that no receiver took.",
        ),
    )


@dataclass(frozen=True)
class Sight:
    """Through what a service is seen: its name, its tracer, its instruments."""

    service: str
    tracer: Tracer
    instruments: Instruments

    def active(self) -> AbstractContextManager[None]:
        """Make this the sight of the task (and its children) inside the block.

        Several services in one process, as in a test, keep apart by this.
        """
        return _Active(self)


class _Active(AbstractContextManager[None]):
    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def __enter__(self) -> None:
        self._token = _of_task.set(self._sight)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _of_task.reset(self._token)


BLIND = Sight("", NoOpTracer(), instruments_of(NoOpMeter("")))

_of_task: ContextVar[Sight | None] = ContextVar("sight", default=None)
_of_process = [BLIND]


def sight() -> Sight:
    """Return the sight of this task, else of the process, else a blind one."""
    return _of_task.get() or _of_process[0]


def see_process_through(chosen: Sight) -> None:
    """Make a sight the default of the whole process."""
    _of_process[0] = chosen


def lag(name: str, *, events: int, seconds: float) -> None:
    """Record how far a relay or a consumer is behind; both are 0 when it is not."""
    instruments = sight().instruments
    labels = {"messaging.consumer.group.name": name}
    instruments.lag_events.set(events, labels)
    instruments.lag_seconds.set(seconds, labels)
