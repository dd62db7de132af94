"""Command: a request to act, stamped at the door with who, when and why."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.events.event import Actor, Source


class Command(BaseModel):
    """What somebody asks for, without who and when: those are in the stamp."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, str_max_length=4000
    )


@dataclass(frozen=True)
class Stamp:
    """Who asked, when by the deployment's clock, and what caused it.

    `command_id` is uuid5(client, Idempotency-Key); `request_hmac` is the HMAC of the
    request under a server key. `caused_at` is the `recorded_at` of the causing event:
    what follows is recorded after it.
    """

    command_id: UUID
    request_hmac: bytes
    actor: Actor
    at: datetime
    source: Source = Source.DOOR
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    caused_at: datetime | None = None
    traceparent: str | None = None

    def within(self, correlation_id: UUID) -> Self:
        """Return the stamp inside a correlation, unless it already has one."""
        if self.correlation_id is not None:
            return self
        return replace(self, correlation_id=correlation_id)
