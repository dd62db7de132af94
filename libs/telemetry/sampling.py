"""Sampling: a page is traced when one of the facts in it is."""

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind
from opentelemetry.trace.span import TraceState
from opentelemetry.util.types import Attributes

from libs.telemetry.linking import UNSAMPLED


class _FollowsLinks(Sampler):
    """Traces a root with sampled links, none with unsampled ones, else by ratio."""

    def __init__(self, ratio: float) -> None:
        self._by_ratio = TraceIdRatioBased(ratio)

    def should_sample(  # noqa: PLR0913, PLR0917  # the SDK's own signature
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Decide for one root span."""
        if links:
            return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes)
        if attributes and UNSAMPLED in attributes:
            return SamplingResult(Decision.DROP)
        return self._by_ratio.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )

    def get_description(self) -> str:
        """Name this sampler."""
        return f"FollowsLinks({self._by_ratio.get_description()})"


def sampler(ratio: float) -> Sampler:
    """Return the sampler of a service; `ratio` of new commands from 0 to 1.

    A caller's own decision (its traceparent's flag) is followed.
    """
    return ParentBased(_FollowsLinks(ratio))
