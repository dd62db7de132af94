"""What intake says of messages to those who complain: chosen, queued, how it ended.

No address and no text stands here: telephone and mailbox are in the vault, the text
is a template's, cited by version and digest.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import Code, Sha256
from libs.events.event import Event

MessageChannel = Literal["sms", "email"]
MessagePurpose = Literal["received", "moved", "replied", "paid", "urge_answered"]
MessageLanguage = Literal["zh", "en"]
Told = Literal["sms", "email", "phone", "in_person", "printed"]


class NotificationChosen(Event, name="NotificationChosen"):
    """Who complains chose to be told, and how; who chose nothing is never written to.

    `discreet`: texts name no employer (a confidential complaint, or an individual as
    employer). `unit`: the one first asked. `contact`: the act whose contact in the
    vault is written to; none: what the complaint said. The last choice counts. Stream
    `notice-<uuid>`: of the clue's own case and of each claim that is the author's own.
    """

    clue_id: UUID
    case_id: UUID
    person_id: UUID
    channel: MessageChannel
    language: MessageLanguage
    discreet: bool
    unit: Code
    contact: UUID | None = None


class NotificationWithdrawn(Event, name="NotificationWithdrawn"):
    """Who complains wants to be told nothing any more (PIPL 15): nobody writes again.

    Stream `notice-<uuid>`, as the choice that it ends.
    """

    clue_id: UUID
    case_id: UUID
    person_id: UUID


class MessageQueued(Event, name="MessageQueued"):
    """A message waits to be sent: to whom, about what, by which text.

    `tells`: the event that it tells of, of another service; none when it was recorded
    beside the message. Stream `message-<message_id>`.
    """

    message_id: UUID
    clue_id: UUID
    case_id: UUID
    person_id: UUID
    purpose: MessagePurpose
    channel: MessageChannel
    language: MessageLanguage
    discreet: bool
    template_version: int
    template_sha256: Sha256
    unit: Code
    tells: UUID | None = None


class MessageAttemptFailed(Event, name="MessageAttemptFailed"):
    """One try to send failed for a passing reason; the next is not before `next_at`."""

    message_id: UUID
    case_id: UUID
    attempt: int
    reason: Code
    next_at: datetime


class MessageDelivered(Event, name="MessageDelivered"):
    """The gateway took the message, or an officer told the person by hand.

    At least once: a crash between sending and this event sends again, under the same
    Message-ID or idempotency key. `attempt` 0: told by hand before any try.
    """

    message_id: UUID
    case_id: UUID
    attempt: int
    means: Told


class MessageRefused(Event, name="MessageRefused"):
    """The message can never be sent, for a coded reason: somebody must tell."""

    message_id: UUID
    case_id: UUID
    attempt: int
    reason: Code


class MessageGivenUp(Event, name="MessageGivenUp"):
    """No further try follows: the data file's tries are used up, or nobody answers.

    `by_hand`: an officer tried too and reached nobody.
    """

    message_id: UUID
    case_id: UUID
    attempt: int
    reason: Code
    by_hand: bool = False


class MessageRedirected(Event, name="MessageRedirected"):
    """A message that still waits goes another way: its reader chose anew.

    The text is that of the new channel and language, by version and digest; the
    message's id, by which a receiver drops a repeat, stays.
    """

    message_id: UUID
    case_id: UUID
    channel: MessageChannel
    language: MessageLanguage
    template_version: int
    template_sha256: Sha256


class MessageWithdrawn(Event, name="MessageWithdrawn"):
    """The message is told to nobody any more: its reader wants no news (PIPL 15)."""

    message_id: UUID
    case_id: UUID
