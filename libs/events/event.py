"""Event: a fact in the office's own words, and its place in a journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """A fact that happened; subclasses give it a stored name and a version.

    The stored name is a string of its own, so that classes may move. Strict when
    written (unknown fields are refused), tolerant when read (see `registry.load`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: ClassVar[str]
    schema_version: ClassVar[int]

    def __init_subclass__(cls, *, name: str, version: int = 1, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = name
        cls.schema_version = version

    def upgrade(self) -> "Event":
        """Return the event as the next version says it; the newest is itself."""
        return self


class Precision(StrEnum):
    """How exactly the time of a fact is known."""

    INSTANT = "instant"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class Source(StrEnum):
    """How a command came in."""

    DOOR = "door"
    IMPORT = "import"
    REACTION = "reaction"
    TIMER = "timer"


@dataclass(frozen=True)
class Actor:
    """Who acts: an opaque person id, with role and unit at that time."""

    id: UUID
    role: str
    unit: str


@dataclass(frozen=True)
class Series:
    """A gap-free number series; the year is the year in Shanghai of recording.

    A kind has no hyphen (ValueError), so that a printed number can be taken apart.
    """

    area: str
    kind: str

    def __post_init__(self) -> None:
        if not self.area or not self.kind or "-" in self.kind:
            message = f"A series needs an area and a kind without hyphen: {self}"
            raise ValueError(message)


@dataclass(frozen=True)
class New:
    """An event that a decision wants appended to a stream.

    `occurred_at` is None with precision UNKNOWN; when both are left out the door's
    time is used (`Stamp.at`). `partition_key` defaults to the stream.
    """

    stream: str
    event: Event
    occurred_at: datetime | None = None
    precision: Precision = Precision.INSTANT
    series: Series | None = None
    partition_key: str | None = None


@dataclass(frozen=True)
class Recorded:
    """An event as the journal holds it: the envelope and the exact stored bytes.

    `data` is the JSON text that was hashed. `recorded_at` is strictly increasing in
    a journal. `leaf` is the sha256 of this row, `chain` of (previous chain, leaf).
    """

    seq: int
    id: UUID
    site: str
    stream: str
    version: int
    type: str
    schema_version: int
    data: str
    occurred_at: datetime | None
    occurred_precision: Precision
    recorded_at: datetime
    actor: Actor
    source: Source
    serial: str | None
    command_id: UUID
    request_hmac: bytes
    hash_alg: str
    correlation_id: UUID
    causation_id: UUID | None
    partition_key: str
    traceparent: str | None
    leaf: bytes = b""
    chain: bytes = b""
    service: str = ""
    event: Event | None = field(default=None, compare=False, repr=False)

    def fact(self) -> Event:
        """Return the event itself in its newest version.

        Raises LookupError when the type or version was never loaded.
        """
        if self.event is None:
            raise LookupError(f"{self.type}.v{self.schema_version} was not loaded")
        return self.event


if TYPE_CHECKING:
    restored = Recorded
else:

    def restored(**fields):
        """Return a row of all its fields, `event` left out, without checks.

        Equal to the constructor's, in a fifth of its time: a frozen class sets its 27
        fields by name, one call each, and every record read passes here.
        """
        row = Recorded.__new__(Recorded)
        row.__dict__.update(fields)
        return row


class Fields(BaseModel):
    """A part of an event: several fields that stand together."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """Read a part from plain JSON fields."""
        return cls.model_validate(fields)
