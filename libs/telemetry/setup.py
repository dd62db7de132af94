"""One call sets up how a service is seen: traces, metrics and logs over OTLP."""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from threading import Thread
from time import monotonic
from typing import TextIO
from uuid import uuid4

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
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

_SCHEMA = "https://opentelemetry.io/schemas/1.44.0"
_BASE = "OTEL_EXPORTER_OTLP_ENDPOINT"
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
        stop_retries: Callable[[], None],
    ) -> None:
        self.sight = sight
        self._reader = reader
        self._providers = providers
        self._stop_retries = stop_retries

    def metrics_text(self) -> str:
        """Return the service's metrics as Prometheus text."""
        return self._reader.text()

    def flush(self, timeout: float = 5.0) -> bool:
        """Send what is queued now; False when that took more than `timeout` seconds.

        Blocks: call it by `asyncio.to_thread`.
        """
        traces, metrics, logs = self._providers
        return _all_done_within(
            timeout,
            traces.force_flush,
            metrics.force_flush,
            logs.force_flush,
        )

    def shut_down(self, timeout: float = 3.0) -> bool:
        """Send what is queued, then stop; False when `timeout` seconds did not do.

        A receiver that is down costs at most that; what is left is lost and the
        service ends all the same. Blocks: call it by `asyncio.to_thread`.
        """
        traces, metrics, logs = self._providers
        ends = (traces.shutdown, metrics.shutdown, logs.shutdown)
        early = Thread(target=self._stop_retries, daemon=True)
        if _all_done_within(timeout / 2, *ends):
            return True
        early.start()
        return _all_done_within(timeout / 2, early.join)


def set_up(service: str, seen: Seen, *, out: TextIO = sys.stdout) -> Telemetry:
    """Set up how `service` is seen, and make that the default of the process.

    Nothing here waits for the receiver: queues are bounded, batches go out on threads
    of their own, and what can't be sent is counted (`otel.sdk.exporter.*.exported` with
    `error.type`, `otel.sdk.processor.*.processed` with `queue_full`) and dropped.
    """
    # The SDK counts its own failures and drops only when this is set.
    os.environ.setdefault(_OWN_METRICS, "true")
    resource = _resource(service, seen)
    reader = TextReader()
    exporters = _Exporters(seen) if seen.endpoint or os.environ.get(_BASE) else None
    metrics = MeterProvider(
        [reader, *(exporters.periodic(seen) if exporters else [])],
        resource,
        shutdown_on_exit=False,
    )
    instruments = instruments_of(metrics.get_meter("qingxin", schema_url=_SCHEMA))
    traces = TracerProvider(
        sampler(seen.sampled),
        resource,
        shutdown_on_exit=False,
        span_limits=SpanLimits(max_links=MOST_LINKS),
        meter_provider=metrics,
    )
    logs = LoggerProvider(resource, shutdown_on_exit=False, meter_provider=metrics)
    if exporters is not None:
        batches = exporters.span_batches(seen, metrics)
        traces.add_span_processor(OnlyAllowed(batches, instruments.withheld.add))
        logs.add_log_record_processor(exporters.log_batches(seen, metrics))
    sight = Sight(
        service, traces.get_tracer("qingxin", schema_url=_SCHEMA), instruments
    )
    see_process_through(sight)
    ship = logs.get_logger("qingxin") if exporters else None
    configure_logs(out, seen.log_level, ship)
    stop = exporters.stop if exporters else _nothing
    return Telemetry(sight, reader, (traces, metrics, logs), stop)


def _nothing() -> None:
    """Stop nothing: there is no receiver."""


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


class _Exporters:
    """The three OTLP/HTTP exporters of a service."""

    def __init__(self, seen: Seen) -> None:
        base = None if os.environ.get(_BASE) else (seen.endpoint or "").rstrip("/")
        token = seen.token.get_secret_value() if seen.token else None
        headers: Mapping[str, str] | None = (
            {"authorization": f"Bearer {token}"} if token else None
        )
        timeout, packed = seen.export_timeout, Compression.Gzip
        paths = [base and f"{base}/v1/{name}" for name in ("traces", "metrics", "logs")]
        self._traces = OTLPSpanExporter(
            paths[0], headers=headers, timeout=timeout, compression=packed
        )
        self._metrics = OTLPMetricExporter(
            paths[1], headers=headers, timeout=timeout, compression=packed
        )
        self._logs = OTLPLogExporter(
            paths[2], headers=headers, timeout=timeout, compression=packed
        )

    def periodic(self, seen: Seen) -> list[PeriodicExportingMetricReader]:
        """Return the reader that sends the metrics every so often."""
        every = seen.metrics_every * 1000
        return [PeriodicExportingMetricReader(self._metrics, every)]

    def span_batches(self, seen: Seen, metrics: MeterProvider) -> BatchSpanProcessor:
        """Return the bounded queue of spans and its thread."""
        return BatchSpanProcessor(
            self._traces,
            max_queue_size=seen.queue,
            schedule_delay_millis=seen.export_every * 1000,
            max_export_batch_size=min(512, seen.queue),
            meter_provider=metrics,
        )

    def log_batches(
        self, seen: Seen, metrics: MeterProvider
    ) -> BatchLogRecordProcessor:
        """Return the bounded queue of log lines and its thread."""
        return BatchLogRecordProcessor(
            self._logs,
            max_queue_size=seen.queue,
            schedule_delay_millis=seen.export_every * 1000,
            max_export_batch_size=min(512, seen.queue),
            meter_provider=metrics,
        )

    def stop(self) -> None:
        """End waiting retries at once; what they held is lost and counted."""
        for exporter in (self._traces, self._metrics, self._logs):
            exporter.shutdown()


def _all_done_within(timeout: float, *steps: Callable[[], object]) -> bool:
    """Run blocking steps side by side; tell whether all ended in time (seconds)."""
    until = monotonic() + timeout
    threads = [Thread(target=step, daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
    return not any(thread.is_alive() for thread in threads)
