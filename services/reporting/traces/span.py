"""Span and link as the trace store keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from libs.telemetry.plain import Scalar

Key = tuple[str, str]


class Kind(IntEnum):
    """What part a span has in a call; the numbers are OTLP's."""

    UNSPECIFIED = 0
    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


@dataclass(frozen=True)
class Link:
    """A link of the span `owner` to the span that caused a part of it."""

    owner: Key
    ordinal: int
    target: Key
    message_id: UUID | None = None
    event_type: str | None = None
    correlation_id: UUID | None = None
    case_id: UUID | None = None


@dataclass(frozen=True)
class StoredSpan:
    """One operation of one service; times are nanoseconds since 1970 UTC."""

    trace_id: str
    span_id: str
    parent_id: str | None
    service: str
    operation: str
    kind: Kind
    started_ns: int
    ended_ns: int
    failed: bool
    correlation_id: UUID | None
    case_id: UUID | None
    attributes: Mapping[str, Scalar]

    @property
    def key(self) -> Key:
        """Return (trace id, span id)."""
        return self.trace_id, self.span_id

    @property
    def parent(self) -> Key | None:
        """Return the parent's key; None for a root."""
        return (self.trace_id, self.parent_id) if self.parent_id else None

    @property
    def duration_ns(self) -> int:
        """Return how long it took, in nanoseconds."""
        return self.ended_ns - self.started_ns
