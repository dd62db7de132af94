"""Messages as they stand: what waits, what was delivered, what needs an officer."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.messages import (
    MessageAttemptFailed,
    MessageDelivered,
    MessageGivenUp,
    MessageQueued,
    MessageRedirected,
    MessageRefused,
    MessageWithdrawn,
)
from libs.events.event import Event, Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class MessageRow:
    """One message: waiting, delivered, refused, given_up, not_reached or withdrawn.

    `next_at`: not before then is it tried; `unit`: the office that it speaks of.
    """

    message_id: UUID
    clue_id: UUID
    case_id: UUID
    purpose: str
    channel: str
    language: str
    discreet: bool
    template_version: int
    unit: str
    queued_at: datetime
    next_at: datetime
    state: str = "waiting"
    attempts: int = 0
    reason: str | None = None
    means: str | None = None
    ended_at: datetime | None = None

    @property
    def failed(self) -> bool:
        """Say whether an officer must tell the person now."""
        return self.state in {"refused", "given_up"}

    @property
    def to_tell(self) -> bool:
        """Say whether an officer may still tell it by hand."""
        return self.failed or self.state == "waiting"


def evolve(row: MessageRow | None, recorded: Recorded) -> MessageRow | None:
    """Fold one event of a message's stream."""
    at = recorded.occurred_at or recorded.recorded_at
    match fact := recorded.fact():
        case MessageQueued():
            said = {name: getattr(fact, name) for name in SHARED}
            return MessageRow(**said, queued_at=at, next_at=at)
        case _ if row is None:
            return None
        case MessageAttemptFailed():
            tried = replace(row, attempts=fact.attempt, reason=fact.reason)
            return replace(tried, next_at=fact.next_at)
        case MessageDelivered():
            done = replace(row, state="delivered", means=fact.means, reason=None)
            return replace(done, attempts=fact.attempt, ended_at=at)
        case MessageRefused():
            said = {"state": "refused", "reason": fact.reason, "ended_at": at}
            return replace(row, attempts=fact.attempt, **said)
        case MessageGivenUp():
            state = "not_reached" if fact.by_hand else "given_up"
            said = {"state": state, "reason": fact.reason, "ended_at": at}
            return replace(row, attempts=fact.attempt, **said)
        case _:
            return _chosen_anew(row, fact, at)


def _chosen_anew(row: MessageRow, fact: Event, at: datetime) -> MessageRow:
    match fact:
        case MessageRedirected():
            said = {name: getattr(fact, name) for name in REDIRECTED}
            return replace(row, next_at=at, **said)
        case MessageWithdrawn():
            return replace(row, state="withdrawn", reason=None, ended_at=at)
        case _:
            return row


SHARED = (
    "message_id", "clue_id", "case_id", "purpose", "channel", "language", "discreet",
    "template_version", "unit",
)  # fmt: skip
REDIRECTED = ("channel", "language", "template_version")

VIEW = View(
    name="message",
    version=1,
    services=("intake",),
    row=MessageRow,
    on=(
        MessageQueued,
        MessageAttemptFailed,
        MessageDelivered,
        MessageRefused,
        MessageGivenUp,
        MessageRedirected,
        MessageWithdrawn,
    ),
    evolve=evolve,
    indexes=(
        index("state", "next_at"),
        index("case_id", history=True),
        index("clue_id"),
    ),
)
