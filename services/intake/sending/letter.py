"""Letter: what an adapter sends, and what became of one try."""

from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

MOST_WAIT_SECONDS = 86_400


@dataclass(frozen=True)
class Letter:
    """A message made ready: its id is what a receiver drops a repeat by."""

    message_id: UUID
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What became of a try; `wait_seconds`: the gateway asks to wait so long."""

    outcome: Literal["sent", "failed", "refused"]
    reason: str | None = None
    wait_seconds: int = 0


SENT = Outcome("sent")


def failed(reason: str, wait_seconds: int = 0) -> Outcome:
    """Return that it may be tried again."""
    return Outcome("failed", reason, min(max(wait_seconds, 0), MOST_WAIT_SECONDS))


def refused(reason: str) -> Outcome:
    """Return that no later try will do better."""
    return Outcome("refused", reason)


class Adapter(Protocol):
    """One way out of the house. It never raises for what a gateway says or does not."""

    async def send(self, letter: Letter) -> Outcome:
        """Try once."""
