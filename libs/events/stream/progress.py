"""Progress: how far a service's relay has brought its journal onto Kafka."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

NOTHING = -1


@dataclass(frozen=True)
class Progress:
    """All of a journal up to `seq` is on Kafka; nothing later is recorded before `at`.

    `indexes` holds the last dense index of each partition, -1 where there is none.
    """

    service: str
    seq: int
    at: datetime
    topic: str
    indexes: tuple[int, ...]

    def to_json(self) -> bytes:
        """Return the record's value."""
        return (
            _Wire.model_validate(self, from_attributes=True).model_dump_json().encode()
        )

    @classmethod
    def from_json(cls, value: bytes | None) -> "Progress | None":
        """Read a record's value; None when it is not a progress of ours."""
        try:
            wire = _Wire.model_validate_json(value or b"")
            at = wire.at.astimezone(UTC)
        except (ValidationError, OverflowError):  # the year 1, or 9999, of another zone
            return None
        return cls(wire.service, wire.seq, at, wire.topic, wire.indexes)


def progress_schema() -> dict[str, Any]:
    """Return the JSON Schema of a record of the progress topic."""
    return {**_Wire.model_json_schema(), "title": Progress.__name__}


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    service: str
    seq: int
    at: AwareDatetime
    topic: str
    indexes: tuple[int, ...]
