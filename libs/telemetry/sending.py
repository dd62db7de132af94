"""Sending what is seen to an OTLP/HTTP receiver, counting what could not be sent."""

import os
from collections.abc import Sequence
from typing import TypedDict

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import Counter
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from pydantic import SecretStr

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


class CountedSpans(SpanExporter):
    """Sends spans; a batch that no receiver took in time is counted and dropped.

    The SDK's own count takes a refusal (a 4xx) for a success.
    """

    def __init__(self, onward: SpanExporter, lost: Counter) -> None:
        self._onward = onward
        self._lost = lost

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
        result = self._onward.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self._lost.add(len(spans), {"signal": "traces"})
        return result

    def shutdown(self) -> None:
        """End waiting retries."""
        self._onward.shutdown()


class CountedLogs(LogRecordExporter):
    """Sends log lines; a batch that no receiver took in time is counted and dropped."""

    def __init__(self, onward: LogRecordExporter, lost: Counter) -> None:
        self._onward = onward
        self._lost = lost

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        """Send a batch."""
        result = self._onward.export(batch)
        if result is not LogRecordExportResult.SUCCESS:
            self._lost.add(len(batch), {"signal": "logs"})
        return result

    def shutdown(self) -> None:
        """End waiting retries."""
        self._onward.shutdown()  # type: ignore[no-untyped-call]  # the SDK's own gap

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Do nothing: batches wait in the processor, never here."""
        return self._onward.force_flush(timeout_millis)


class _Options(TypedDict):
    endpoint: str | None
    headers: dict[str, str] | None
    timeout: float
    compression: Compression


class Exporters:
    """The OTLP/HTTP exporters to one receiver; its timeout is seconds.

    OTEL_EXPORTER_OTLP_ENDPOINT, when set, is the receiver, whatever `endpoint` says;
    the other OTEL_EXPORTER_OTLP_* variables hold as the SDK documents them.
    """

    def __init__(
        self, endpoint: str | None, token: SecretStr | None, timeout: float
    ) -> None:
        self._endpoint = endpoint
        self._token = token
        self._timeout = timeout
        self._made: list[CountedSpans | CountedLogs | OTLPMetricExporter] = []

    def metrics(self) -> OTLPMetricExporter:
        """Return an exporter of metrics."""
        exporter = OTLPMetricExporter(**self._options("metrics"))
        self._made.append(exporter)
        return exporter

    def traces(self, lost: Counter) -> CountedSpans:
        """Return an exporter of spans."""
        exporter = CountedSpans(OTLPSpanExporter(**self._options("traces")), lost)
        self._made.append(exporter)
        return exporter

    def logs(self, lost: Counter) -> CountedLogs:
        """Return an exporter of log lines."""
        exporter = CountedLogs(OTLPLogExporter(**self._options("logs")), lost)
        self._made.append(exporter)
        return exporter

    def stop(self) -> None:
        """End waiting retries at once; what they held is lost and counted."""
        for exporter in self._made:
            exporter.shutdown()

    def _options(self, signal: str) -> _Options:
        base = None if os.environ.get(ENDPOINT) else self._endpoint
        token = self._token.get_secret_value() if self._token else None
        return {
            "endpoint": f"{base.rstrip('/')}/v1/{signal}" if base else None,
            "headers": {"authorization": f"Bearer {token}"} if token else None,
            "timeout": self._timeout,
            "compression": Compression.Gzip,
        }


def has_receiver(endpoint: str | None) -> bool:
    """Tell whether there is anywhere to send to."""
    return bool(endpoint or os.environ.get(ENDPOINT))
