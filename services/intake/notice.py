"""Notice: who chose to be told and how, and the messages that follow from it.

A message is queued in the append of what it tells, or by a reaction to it; sending is
another matter (`sending/`). Whoever chose nothing, or is unknown, is never written to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Stamp
from libs.events.contracts.messages import (
    MessageAttemptFailed,
    MessageChannel,
    MessageDelivered,
    MessageGivenUp,
    MessageLanguage,
    MessagePurpose,
    MessageQueued,
    MessageRedirected,
    MessageRefused,
    MessageWithdrawn,
    NotificationChosen,
    NotificationWithdrawn,
)
from libs.events.contracts.parts import Employer, WorkerLine
from libs.events.decider import Kind, Read, Rejected
from libs.events.event import Event, New
from libs.ids import case_id as case_of
from libs.ids import claim_id, named
from libs.messages import template_on

NOBODY = "匿名举报不发通知；愿收通知请选“保密”。"
"""Why nobody is told of an anonymous report, and what to choose instead."""


@dataclass(frozen=True)
class Message:
    """What decisions ask of a message: whose it is, how often it was tried, its end.

    `queued`: as it is to be told now, with the channel and text that it goes by.
    """

    queued: MessageQueued | None = None
    attempts: int = 0
    next_at: datetime | None = None
    failed: bool = False
    ended: bool = False
    withdrawn: bool = False

    @property
    def clue_id(self) -> UUID | None:
        """Return whose message it is; None: of a message that there is not."""
        return self.queued.clue_id if self.queued else None

    @property
    def case_id(self) -> UUID | None:
        """Return the clue's own case."""
        return self.queued.case_id if self.queued else None

    @property
    def channel(self) -> str | None:
        """Return how it is sent."""
        return self.queued.channel if self.queued else None

    @property
    def waits(self) -> bool:
        """Say whether it is still to be sent."""
        return self.queued is not None and not (self.failed or self.ended)


def evolve_message(message: Message, event: Event) -> Message:
    """Fold one event of a message's stream."""
    match event:
        case MessageQueued():
            return Message(event)
        case MessageAttemptFailed():
            return replace(message, attempts=event.attempt, next_at=event.next_at)
        case MessageDelivered():
            return replace(message, attempts=event.attempt, ended=True)
        case MessageRefused():
            return replace(message, attempts=event.attempt, failed=True)
        case MessageGivenUp():
            ended = replace(message, attempts=event.attempt, failed=not event.by_hand)
            return replace(ended, ended=event.by_hand)
        case MessageRedirected() if message.queued:
            said = event.model_dump(exclude={"message_id", "case_id"})
            queued = message.queued.model_copy(update=said)
            return replace(message, queued=queued, next_at=None)
        case MessageWithdrawn():
            return replace(message, ended=True, withdrawn=True)
        case _:
            return message


def evolve(
    chosen: NotificationChosen | None, event: Event
) -> NotificationChosen | None:
    """Fold one event of a notice's stream: the choice made last; None: nothing."""
    if isinstance(event, NotificationWithdrawn):
        return None
    return event if isinstance(event, NotificationChosen) else chosen


KIND: Kind[NotificationChosen | None] = Kind("notice", None, evolve)
MESSAGE = Kind("message", Message(), evolve_message)


class Chooses(Protocol):
    """A registration that may say how its author is told."""

    @property
    def clue_id(self) -> UUID:
        """The clue."""

    @property
    def mode(self) -> str:
        """Named, confidential or anonymous."""

    @property
    def reporter_id(self) -> UUID | None:
        """Whom to tell."""

    @property
    def first_asked_unit(self) -> str:
        """The unit first asked."""

    @property
    def employer(self) -> Employer:
        """Who owes."""

    @property
    def workers(self) -> tuple[WorkerLine, ...]:
        """Whose wages."""

    @property
    def notify(self) -> MessageChannel | None:
        """How the author is told; None: not at all."""

    @property
    def notify_language(self) -> MessageLanguage:
        """In which language."""


def message_id(subject: UUID, purpose: MessagePurpose, key: object) -> UUID:
    """Return the id of the one message of this purpose and occasion."""
    return named("message", subject, purpose, key)


def subjects(said: Chooses) -> list[UUID]:
    """Return whose news the author hears who chose to be told."""
    if said.notify is None or said.reporter_id is None:
        return []
    return heard_by(said.reporter_id, said.clue_id, said.workers)


def heard_by(author: UUID, clue_id: UUID, workers: Iterable[WorkerLine]) -> list[UUID]:
    """Return whose news an author hears: the clue's case, and claims of one's own."""
    own = [
        claim_id(clue_id, line.ordinal) for line in workers if line.person_id == author
    ]
    return [case_of(clue_id), *own]


def registered_reads(said: Chooses) -> list[Read]:
    """Return the streams that a registration with a choice writes."""
    found = subjects(said)
    if not found:
        return []
    first = Read(MESSAGE, message_id(found[0], "received", said.clue_id))
    return [*(Read(KIND, one) for one in found), first]


def registered(said: Chooses, stamp: Stamp) -> list[New]:
    """Return the choice and the first message: received, with number and code.

    Nothing without a choice; an anonymous report that asks for one is refused.
    """
    if said.notify is not None and (said.mode == "anonymous" or not said.reporter_id):
        raise Rejected("notify-anonymous", NOBODY)
    found = subjects(said)
    if not found or said.notify is None or said.reporter_id is None:
        return []
    chosen = NotificationChosen(
        clue_id=said.clue_id,
        case_id=found[0],
        person_id=said.reporter_id,
        channel=said.notify,
        language=said.notify_language,
        discreet=said.mode == "confidential" or said.employer.individual,
        unit=said.first_asked_unit,
    )
    choices = [New(KIND.stream(one), chosen) for one in found]
    this = message_id(found[0], "received", said.clue_id)
    return [*choices, *queued(chosen, "received", this, stamp)]


def queued(
    chosen: NotificationChosen,
    purpose: MessagePurpose,
    this: UUID,
    stamp: Stamp,
    about: tuple[str, UUID | None] | None = None,
) -> list[New]:
    """Return the message by the text in force today; nothing where there is none.

    `about`: the office that it speaks of, and the event that it tells.
    """
    unit, tells = about or (chosen.unit, None)
    kind = (purpose, chosen.language, chosen.channel)
    template = template_on(kind, day_of(stamp.at))
    if template is None:
        return []
    said = {
        "message_id": this,
        **chosen.model_dump(exclude={"unit", "contact"}),
        "purpose": purpose,
        "template_version": template.version,
        "template_sha256": template.sha256,
        "unit": unit,
        "tells": tells,
    }
    return [New(MESSAGE.stream(this), MessageQueued.model_validate(said))]


def answer_reads(case_id: UUID, answers: int) -> Sequence[Read]:
    """Return what an answer reads: the choice is read before."""
    return [Read(MESSAGE, message_id(case_id, "replied", answers + 1))]


def answered(
    chosen: NotificationChosen | None, answers: int, stamp: Stamp
) -> list[New]:
    """Return the message that an answer was given, if its author chose to be told."""
    if chosen is None:
        return []
    this = message_id(chosen.case_id, "replied", answers + 1)
    return queued(chosen, "replied", this, stamp)
