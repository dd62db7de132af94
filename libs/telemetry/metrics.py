"""The service's own numbers as text: what `/metrics` answers (Prometheus 0.0.4)."""

import re
from collections.abc import Iterator, Sequence

from opentelemetry.sdk.metrics.export import (
    Gauge,
    HistogramDataPoint,
    InMemoryMetricReader,
    Metric,
    MetricsData,
    NumberDataPoint,
    Sum,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_UNITS = {"s": "_seconds", "By": "_bytes"}
_NOT_NAME = re.compile(r"[^a-zA-Z0-9_]")


class TextReader(InMemoryMetricReader):
    """Keeps the running totals and writes them as text on request."""

    def text(self) -> str:
        """Return every metric as Prometheus text, sorted by name; ends in newline."""
        found = self.get_metrics_data()
        return "".join(_blocks(found)) if found is not None else "\n"


def _blocks(found: MetricsData) -> Iterator[str]:
    metrics = [
        metric
        for resource in found.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    ]
    for metric in sorted(metrics, key=lambda metric: metric.name):
        name, kind = _named(metric)
        yield f"# HELP {name} {_one_line(metric.description or '')}\n"
        yield f"# TYPE {name} {kind}\n"
        for point in metric.data.data_points:
            match point:
                case HistogramDataPoint():
                    yield from _histogram(name, point)
                case NumberDataPoint():
                    yield f"{name}{_labels(point.attributes)} {point.value}\n"
                case _:
                    # Exponential histograms have no form in this text format.
                    continue


def _named(metric: Metric) -> tuple[str, str]:
    base = _NOT_NAME.sub("_", metric.name) + _UNITS.get(metric.unit or "", "")
    match metric.data:
        case Sum(is_monotonic=True):
            return f"{base}_total", "counter"
        case Sum() | Gauge():
            return base, "gauge"
        case _:
            return base, "histogram"


def _histogram(name: str, point: HistogramDataPoint) -> Iterator[str]:
    below = 0
    bounds = [*(f"{bound:g}" for bound in point.explicit_bounds), "+Inf"]
    for bound, count in zip(bounds, point.bucket_counts, strict=True):
        below += count
        labels = _labels(point.attributes, [("le", bound)])
        yield f"{name}_bucket{labels} {below}\n"
    yield f"{name}_sum{_labels(point.attributes)} {point.sum}\n"
    yield f"{name}_count{_labels(point.attributes)} {point.count}\n"


def _labels(attributes: object, more: Sequence[tuple[str, str]] = ()) -> str:
    pairs = [(str(k), str(v)) for k, v in dict(attributes or {}).items()]  # type: ignore[call-overload]  # the SDK types attributes as Any or None
    inside = ",".join(
        f'{_NOT_NAME.sub("_", key)}="{_escaped(value)}"'
        for key, value in [*sorted(pairs), *more]
    )
    return f"{{{inside}}}" if inside else ""


def _escaped(value: str) -> str:
    return _one_line(value.replace("\\", "\\\\").replace('"', '\\"'))


def _one_line(text: str) -> str:
    return text.replace("\n", " ")
