"""What the journal takes and answers: commits, results, positions, its head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from libs.events.command import Stamp
from libs.events.event import New, Precision, Recorded

DATA_LIMIT = 512 * 1024
"""The largest event, in bytes of its JSON text (UTF-8)."""

GENESIS = bytes(32)
"""The chain before the first event."""

Answer = Mapping[str, JsonValue]


class LogCorrupted(Exception):
    """The journal is not what was recorded: a gap, a wrong hash. Nothing goes on."""


class Diverged(LogCorrupted):
    """Journal and topic hold different events at one place."""


class PayloadTooLarge(ValueError):
    """An event is larger than `DATA_LIMIT`."""


class Overloaded(Exception):
    """The writer's queue is full, or it cannot reach its database: try again later."""


class ClockAhead(Exception):
    """A cause was recorded over 60 s ahead of this deployment's clock: see to it."""


class PositionMoved(Exception):
    """A consumer is not where it believes it stands: another one runs, too."""


class RealTime(Exception):
    """A real deployment refuses a clock that is handed to it."""


@dataclass(frozen=True)
class Deployment:
    """What a journal belongs to; `start_at` is the first time of a simulated one."""

    site: str
    mode: Literal["real", "simulated"]
    start_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.mode == "simulated") != (self.start_at is not None):
            message = (
                "A simulated deployment needs a start time, a real one takes none."
            )
            raise ValueError(message)


@dataclass(frozen=True)
class Head:
    """The journal's last number, last chain link and last time."""

    seq: int
    chain: bytes
    recorded_at: datetime


@dataclass(frozen=True)
class Commit:
    """A decided command: what it read (stream to version), what it says, its answer.

    Every stream that is written must be named in `expected` (0: does not exist yet).
    Raises ValueError for one that is not, or for an unknown time with a precision;
    PayloadTooLarge for an event over `DATA_LIMIT`.
    """

    stamp: Stamp
    expected: Mapping[str, int]
    events: Sequence[New]
    answer: Answer = field(default_factory=dict)
    payloads: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.stamp.correlation_id is None:
            message = "The stamp needs a correlation before it is recorded."
            raise ValueError(message)
        object.__setattr__(self, "payloads", tuple(map(self._payload, self.events)))

    @property
    def written(self) -> frozenset[str]:
        """Return the names of the streams that get events."""
        return frozenset(new.stream for new in self.events)

    def _payload(self, new: New) -> str:
        if new.stream not in self.expected:
            message = f"{new.stream} is written, so its version must be expected."
            raise ValueError(message)
        if new.occurred_at is None and new.precision not in _UNTOLD:
            message = f"An event known to the {new.precision} needs its time."
            raise ValueError(message)
        text = new.event.model_dump_json()
        if len(text.encode()) > DATA_LIMIT:
            message = (
                f"{new.event.name} is over {DATA_LIMIT} bytes: store it elsewhere."
            )
            raise PayloadTooLarge(message)
        return text


# Of these alone the time may be left out: the door's, or none.
_UNTOLD = frozenset({Precision.INSTANT, Precision.UNKNOWN})


@dataclass(frozen=True)
class Appended:
    """Events as stored; `last_seq = first_seq - 1` where nothing had to be said.

    `answer` is None only for a command that was taken back in from the topic.
    """

    first_seq: int
    last_seq: int
    events: tuple[Recorded, ...]
    answer: Answer | None


@dataclass(frozen=True)
class Repeated:
    """The same command came before with the same request: its first answer."""

    first: Appended


@dataclass(frozen=True)
class KeyReused:
    """The same command id came before with another request."""


@dataclass(frozen=True)
class Conflicted:
    """A stream that the command read has moved: read and decide again."""


Result = Appended | Repeated | KeyReused | Conflicted


@dataclass(frozen=True)
class PositionUpdate:
    """A consumer's step in one partition, from the index it believes stored.

    `before` is -1 where the consumer has no position yet.
    """

    consumer: str
    topic: str
    partition: int
    before: int
    index: int
    event_id: UUID
    kafka_offset: int


@dataclass(frozen=True)
class Outcome:
    """What a reaction made of an event; its commands by their places in the call."""

    reaction: str
    event_id: UUID
    outcome: Literal["done", "nothing", "rejected"]
    code: str | None = None
    commands: range = range(0)
