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
_COUNTED = {
    "sent": ("messaging.client.sent.messages", "{message}", "Messages sent."),
    "consumed": (
        "messaging.client.consumed.messages",
        "{message}",
        "Messages delivered to the service.",
    ),
    "foreign": (
        "qingxin.foreign.records",
        "{message}",
        "Records on our topics that are not ours: stepped over.",
    ),
    "withheld": (
        "qingxin.telemetry.withheld",
        "{attribute}",
        "Attributes dropped since no rule allows them.",
    ),
    "lost": (
        "qingxin.telemetry.lost",
        "{item}",
        "Spans and log lines that no receiver took.",
    ),
}


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
    foreign: Counter
    lag_events: Gauge
    lag_seconds: Gauge
    vital: Gauge
    alarm: Gauge
    withheld: Counter
    lost: Counter


def instruments_of(meter: Meter) -> Instruments:
    """Declare every instrument on a meter."""

    def timed(name: str, what: str) -> Histogram:
        bounds = list(_SECONDS)
        return meter.create_histogram(
            name, "s", what, explicit_bucket_boundaries_advisory=bounds
        )

    return Instruments(
        http_duration=timed("http.server.request.duration", "HTTP requests."),
        operation_duration=timed(
            "messaging.client.operation.duration", "Pages sent to the broker."
        ),
        process_duration=timed("messaging.process.duration", "Pages processed."),
        append_duration=timed(
            "db.client.operation.duration", "Appends to the journal."
        ),
        append_batch=meter.create_histogram(
            "qingxin.append.batch.size",
            "{command}",
            "Commands gathered in one group commit.",
            explicit_bucket_boundaries_advisory=list(_SIZES),
        ),
        **_counters(meter),
        lag_events=meter.create_gauge(
            "qingxin.lag.events", "{event}", "Events a relay or consumer is behind."
        ),
        lag_seconds=meter.create_gauge(
            "qingxin.lag.time", "s", "Seconds a relay or consumer is behind."
        ),
        vital=meter.create_gauge(
            "qingxin.vital", "1", "Numbers that alarms are held against."
        ),
        alarm=meter.create_gauge("qingxin.alarm", "1", "1 while an alarm is raised."),
    )


def _counters(meter: Meter) -> dict[str, Counter]:
    return {
        field: meter.create_counter(name, unit, what)
        for field, (name, unit, what) in _COUNTED.items()
    }


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


def foreign(topic: str, count: int) -> None:
    """Count records on a topic that are not ours."""
    labels = {"messaging.destination.name": topic}
    sight().instruments.foreign.add(count, labels)


def lag(name: str, *, events: int, seconds: float) -> None:
    """Record how far a relay or a consumer is behind; both are 0 when it is not."""
    instruments = sight().instruments
    labels = {"messaging.consumer.group.name": name}
    instruments.lag_events.set(events, labels)
    instruments.lag_seconds.set(seconds, labels)


def watched(vitals: Mapping[str, float], raised: Mapping[str, bool]) -> None:
    """Record a service's numbers by measure, and whether each alarm is raised."""
    instruments = sight().instruments
    for measure, value in vitals.items():
        instruments.vital.set(value, {"qingxin.measure": measure})
    for code, is_on in raised.items():
        instruments.alarm.set(int(is_on), {"qingxin.alarm.code": code})
