"""Telling: news become messages; each try and each end is said once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.messages import (
    MessageAttemptFailed,
    MessageChannel,
    MessageDelivered,
    MessageGivenUp,
    MessagePurpose,
    MessageRefused,
)
from libs.events.contracts.parts import Code
from libs.events.decider import NotVisible, Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.messages import delivery_on
from services.intake import clue, known, notice
from services.intake.notice import MESSAGE, Message, message_id

FOR_ANY = ("centre", "brigade", "leading-group")
"""Who tells by hand what concerns any unit's clue."""


class QueueMessage(Command):
    """Tell whoever chose to be told of news of a case, or of a claim of one's own.

    `key`: the occasion, so that it is told once. `opening`: the first assignment, which
    tells nothing new where the receipt has named that unit.
    """

    subject: UUID
    purpose: MessagePurpose
    key: Code
    unit: Code | None = None
    opening: bool = False
    tells: UUID


class RecordAttempt(Command):
    """Record what became of one try to send; `wait_seconds` is the gateway's wish.

    `means`: the way that it was tried, which may not be the message's any more.
    """

    message_id: UUID
    attempt: Annotated[int, Field(ge=1)]
    outcome: Literal["sent", "failed", "refused"]
    means: MessageChannel | None = None
    reason: Code | None = None
    wait_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0


class TellMessage(Command):
    """Say that the person was told by hand, or that nobody was reached."""

    message_id: UUID
    means: Literal["phone", "in_person", "printed", "not_reached"]


def queue(command: QueueMessage, stamp: Stamp, states: States) -> list[New]:
    """Queue once for who chose it; for anybody else there is nothing to do."""
    chosen = states.of(notice.KIND, command.subject)
    this = _of(command)
    if chosen is None or states.of(MESSAGE, this).clue_id is not None:
        return []
    if command.opening and command.unit == chosen.unit:
        return []
    about = (command.unit or chosen.unit, command.tells)
    return notice.queued(chosen, command.purpose, this, stamp, about)


def _of(command: QueueMessage) -> UUID:
    return message_id(command.subject, command.purpose, command.key)


def record(command: RecordAttempt, stamp: Stamp, states: States) -> list[New]:
    """Record each try once, in order; what has ended, somebody else has told.

    What had left the house when its reader wanted no more of it was sent all the same.
    """
    message = states.of(MESSAGE, command.message_id)
    gone = message.withdrawn and command.outcome == "sent"
    if not (message.waits or gone) or command.attempt != message.attempts + 1:
        return []
    fact = _became(command, stamp, message)
    return [New(MESSAGE.stream(command.message_id), fact)]


def _became(command: RecordAttempt, stamp: Stamp, message: Message) -> Event:
    said = {
        "message_id": command.message_id,
        "case_id": message.case_id,
        "attempt": command.attempt,
    }
    reason = {**said, "reason": command.reason or "unknown"}
    if command.outcome == "sent":
        means = command.means or message.channel
        return MessageDelivered.model_validate({**said, "means": means})
    if command.outcome == "refused":
        return MessageRefused.model_validate(reason)
    wait = timedelta(seconds=command.wait_seconds)
    again = delivery_on(day_of(stamp.at)).again(command.attempt, stamp.at, wait)
    if again is None:
        return MessageGivenUp.model_validate(reason)
    return MessageAttemptFailed.model_validate({**reason, "next_at": again})


def tell(command: TellMessage, stamp: Stamp, states: States) -> list[New]:
    """Tell by hand what is not delivered, by the unit that holds the clue, or any."""
    message = states.of(MESSAGE, command.message_id)
    if message.clue_id is None or message.case_id is None:
        raise NotVisible
    held = states.of(clue.KIND, message.clue_id)
    if held.first_asked is None or stamp.actor.unit != held.first_asked:
        noted = states.of(known.KIND, message.case_id)
        known.holding(noted, held.first_asked, stamp.actor, FOR_ANY)
    if message.ended or not (message.waits or message.failed):
        raise Rejected("message-told", "这条通知已经送达或已经登记，不需再登记。")
    said = {
        "message_id": command.message_id,
        "case_id": message.case_id,
        "attempt": message.attempts,
    }
    if command.means == "not_reached":
        more = {"reason": "not_reached", "by_hand": True}
        fact: Event = MessageGivenUp.model_validate({**said, **more})
    else:
        fact = MessageDelivered.model_validate({**said, "means": command.means})
    return [New(MESSAGE.stream(command.message_id), fact)]


def _queue_reads(command: QueueMessage) -> Sequence[Read]:
    return [Read(notice.KIND, command.subject), Read(MESSAGE, _of(command))]


def _one(command: RecordAttempt | TellMessage) -> Sequence[Read]:
    return [Read(MESSAGE, command.message_id)]


def _of_its_clue(command: TellMessage, states: States) -> Sequence[Read]:
    message = states.of(MESSAGE, command.message_id)
    if message.clue_id is None or message.case_id is None:
        return []
    return [Read(clue.KIND, message.clue_id), Read(known.KIND, message.case_id)]


RULES = (
    Rule(QueueMessage, _queue_reads, queue),
    Rule(RecordAttempt, _one, record),
    Rule(TellMessage, _one, tell, _of_its_clue),
)
