"""One call sets up how a service is seen: traces, metrics and logs over OTLP."""

import logging
import os
import sys
from collections.abc import Sequence
from threading import Thread
from time import monotonic
from typing import TextIO
from uuid import uuid4

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from libs.telemetry.instruments import Sight, instruments_of, see_process_through
from libs.telemetry.linking import MOST_LINKS
from libs.telemetry.logs import configure_logs
from libs.telemetry.metrics import TextReader
from libs.telemetry.plain import RESOURCE, allowed
from libs.telemetry.privacy import OnlyAllowed
from libs.telemetry.sampling import sampler
from libs.telemetry.sending import CountedLogs, CountedSpans, Exporters, has_receiver

_SCHEMA = "https://opentelemetry.io/schemas/1.44.0"
_BATCH = 512
_OWN_METRICS = "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED"


class Seen(BaseModel):
    """How a service is seen, beside its name; times are seconds.

    `endpoint` is the base address of an OTLP/HTTP receiver, None for nowhere;
    OTEL_EXPORTER_OTLP_ENDPOINT, when set, wins. `token` is the receiver's bearer token.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    endpoint: str | None = None
    token: SecretStr | None = None
    site: str | None = None
    version: str = "0.1.0"
    environment: str = "local"
    sampled: float = Field(default=1.0, ge=0, le=1)
    queue: int = Field(default=8192, ge=1)
    export_every: float = Field(default=1.0, gt=0)
    metrics_every: float = Field(default=15.0, gt=0)
    export_timeout: float = Field(default=10.0, gt=0)
    log_level: int = logging.INFO


class Telemetry:
    """How one service is seen: its sight, its numbers as text, and the end of both."""

    def __init__(
        self,
        sight: Sight,
        reader: TextReader,
        providers: tuple[TracerProvider, MeterProvider, LoggerProvider],
        exporters: Sequence[Exporters],
    ) -> None:
        self.sight = sight
        self._reader = reader
        self._providers = providers
        self._exporters = exporters

    def metrics_text(self) -> str:
        """Return the service's metrics as Prometheus text."""
        return self._reader.text()

    def flush(self, timeout: float = 5.0) -> bool:
        """Send what is queued now; False when that took more than `timeout` seconds.

        Blocks: call it by `asyncio.to_thread`.
        """
        steps = [Thread(target=p.force_flush, daemon=True) for p in self._providers]
        for step in steps:
            step.start()
        return _joined(steps, timeout)

    def shut_down(self, timeout: float = 3.0) -> bool:
        """Send what is queued, then stop; False when `timeout` seconds did not do.

        A receiver that is down costs at most that; what is left is lost and the
        service ends all the same. Blocks: call it by `asyncio.to_thread`.
        """
        ends = [Thread(target=p.shutdown, daemon=True) for p in self._providers]
        for end in ends:
            end.start()
        if not _joined(ends, timeout / 2):
            for exporter in self._exporters:
                exporter.stop()
        return _joined(ends, timeout / 2)


def set_up(service: str, seen: Seen, *, out: TextIO = sys.stdout) -> Telemetry:
    """Set up how `service` is seen, and make that the default of the process.

    Nothing here waits for the receiver: queues are bounded, batches go out on threads
    of their own. What can't be sent is dropped and counted: by `qingxin.telemetry.lost`
    when no receiver took it, by `otel.sdk.processor.*.processed` with `queue_full` when
    the queue was full.
    """
    # The SDK counts what a full queue drops only when this is set.
    os.environ.setdefault(_OWN_METRICS, "true")
    resource, reader = _resource(service, seen), TextReader()
    exporters = _exporters(seen)
    periodic = [
        PeriodicExportingMetricReader(exporter.metrics(), seen.metrics_every * 1000)
        for exporter in exporters
    ]
    metrics = MeterProvider([reader, *periodic], resource, shutdown_on_exit=False)
    instruments = instruments_of(metrics.get_meter("qingxin", schema_url=_SCHEMA))
    traces = TracerProvider(
        sampler(seen.sampled),
        resource,
        shutdown_on_exit=False,
        span_limits=SpanLimits(max_links=MOST_LINKS),
        meter_provider=metrics,
    )
    logs = LoggerProvider(resource, shutdown_on_exit=False, meter_provider=metrics)
    for exporter in exporters:
        batches = _span_batches(exporter.traces(instruments.lost), seen, metrics)
        traces.add_span_processor(OnlyAllowed(batches, instruments.withheld.add))
        logs.add_log_record_processor(
            _log_batches(exporter.logs(instruments.lost), seen, metrics)
        )
    tracer = traces.get_tracer("qingxin", schema_url=_SCHEMA)
    sight = Sight(service, tracer, instruments)
    see_process_through(sight)
    ship = logs.get_logger("qingxin") if exporters else None
    configure_logs(out, seen.log_level, ship)
    return Telemetry(sight, reader, (traces, metrics, logs), exporters)


def _exporters(seen: Seen) -> list[Exporters]:
    """Return one set of exporters, or none when there is no receiver."""
    if not has_receiver(seen.endpoint):
        return []
    return [Exporters(seen.endpoint, seen.token, seen.export_timeout)]


def _span_batches(
    exporter: CountedSpans, seen: Seen, metrics: MeterProvider
) -> BatchSpanProcessor:
    return BatchSpanProcessor(
        exporter,
        max_queue_size=seen.queue,
        schedule_delay_millis=seen.export_every * 1000,
        max_export_batch_size=min(_BATCH, seen.queue),
        meter_provider=metrics,
    )


def _log_batches(
    exporter: CountedLogs, seen: Seen, metrics: MeterProvider
) -> BatchLogRecordProcessor:
    return BatchLogRecordProcessor(
        exporter,
        max_queue_size=seen.queue,
        schedule_delay_millis=seen.export_every * 1000,
        max_export_batch_size=min(_BATCH, seen.queue),
        meter_provider=metrics,
    )


def _resource(service: str, seen: Seen) -> Resource:
    told = {
        "service.name": service,
        "service.namespace": "qingxin",
        "service.version": seen.version,
        "service.instance.id": str(uuid4()),
        "deployment.environment.name": seen.environment,
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
        "qingxin.site": seen.site or "",
    }
    return Resource(allowed(told, RESOURCE), _SCHEMA)


def _joined(threads: Sequence[Thread], timeout: float) -> bool:
    """Wait for all the threads, together at most `timeout` seconds."""
    until = monotonic() + timeout
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
    return not any(thread.is_alive() for thread in threads)
