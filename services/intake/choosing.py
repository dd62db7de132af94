"""Choosing anew: who complained says later where news go, or that none go any more.

Consent is taken back as easily as it was given (PIPL 15). What waits follows the choice
in the same append: it goes another way, or is told to nobody.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.messages import (
    MessageLanguage,
    MessageQueued,
    MessageRedirected,
    MessageRefused,
    MessageWithdrawn,
    NotificationChosen,
    NotificationWithdrawn,
)
from libs.events.decider import NotVisible, Read, Rejected, Rule, States
from libs.events.event import Actor, Event, New
from libs.ids import case_id as case_of
from libs.messages import template_on
from services.intake import clue, known, notice
from services.intake.clue import Clue
from services.intake.known import Known
from services.intake.notice import MESSAGE, NOBODY
from services.intake.telling import FOR_ANY
from services.intake.vault.access import PERSON

Waiting = Annotated[tuple[UUID, ...], Field(max_length=2000)]
Chosen = NotificationChosen | None


class ChooseNotification(Command):
    """Say anew how the author of a clue is told, or that nothing is told any more.

    The contact is kept in the vault by this very act. `message_ids`: what is not told
    yet, as the door finds it.
    """

    clue_id: UUID
    notify: Literal["sms", "email", "none"]
    language: MessageLanguage = "zh"
    message_ids: Waiting = ()


class FollowChoice(Command):
    """Let messages that are not told yet follow the choice that counts now."""

    case_id: UUID
    message_ids: Waiting


def allow(clue: Clue, noted: Known, actor: Actor) -> None:
    """Raise unless the actor may say it: its author by code, or an office for them.

    The office is the clue's own, or one that tells for any, and one to whom the persons
    of the clue open: who spoke in confidence, and who reports 举报, is not told of to
    others by way of a number (LIR 9). A code is proved at the door.
    """
    if clue.first_asked is None:
        raise NotVisible
    if actor.role != "worker":
        if actor.unit != clue.first_asked:
            known.holding(noted, clue.first_asked, actor, FOR_ANY)
        if clue.kind == "report":
            known.informants_open(noted, clue.first_asked, actor)
        known.persons_open(noted, clue.first_asked, clue.mode, actor)
    if clue.reporter_id is None or clue.mode == "anonymous":
        raise Rejected("notify-anonymous", NOBODY)


def choose(command: ChooseNotification, stamp: Stamp, states: States) -> list[New]:
    """Choose; to want nothing where nothing was chosen says nothing."""
    held = states.of(clue.KIND, command.clue_id)
    case_id = case_of(command.clue_id)
    allow(held, states.of(known.KIND, case_id), stamp.actor)
    author = held.reporter_id
    if author is None or states.of(PERSON, author).erased:
        raise Rejected("notify-anonymous", NOBODY)
    fact: Event
    ids = {"clue_id": command.clue_id, "case_id": case_id, "person_id": author}
    if command.notify == "none":
        if states.of(notice.KIND, case_id) is None:
            return []
        chosen, fact = None, NotificationWithdrawn(**ids)
    else:
        chosen = fact = NotificationChosen(
            **ids,
            channel=command.notify,
            language=command.language,
            discreet=held.mode == "confidential" or held.individual,
            unit=held.first_asked or "",
            contact=stamp.command_id,
        )
    said = [New(notice.KIND.stream(one), fact) for one in held.heard]
    return [*said, *_following(chosen, command.message_ids, stamp, states)]


def follow(command: FollowChoice, stamp: Stamp, states: States) -> list[New]:
    """Follow the choice; what follows it already stays as it is."""
    chosen = states.of(notice.KIND, command.case_id)
    return _following(chosen, command.message_ids, stamp, states)


def _following(
    chosen: Chosen, messages: Iterable[UUID], stamp: Stamp, states: States
) -> list[New]:
    found = ((this, states.of(MESSAGE, this)) for this in messages)
    facts = ((this, _becomes(chosen, one, stamp)) for this, one in found)
    return [New(MESSAGE.stream(this), fact) for this, fact in facts if fact]


def _becomes(chosen: Chosen, message: notice.Message, stamp: Stamp) -> Event | None:
    queued = message.queued
    if queued is None or message.ended:
        return None
    ids = {"message_id": queued.message_id, "case_id": queued.case_id}
    if chosen is None:
        return MessageWithdrawn(**ids)
    # What failed is an officer's to tell already: it is not sent beside that.
    if message.failed or goes_by(chosen, queued):
        return None
    kind = (queued.purpose, chosen.language, chosen.channel)
    text = template_on(kind, day_of(stamp.at))
    if text is None:
        return MessageRefused(**ids, attempt=message.attempts, reason="text-gone")
    return MessageRedirected(
        **ids,
        channel=chosen.channel,
        language=chosen.language,
        template_version=text.version,
        template_sha256=text.sha256,
    )


def goes_by(chosen: Chosen, queued: MessageQueued) -> bool:
    """Say whether a message goes by the way that was chosen last."""
    now = (queued.channel, queued.language)
    return chosen is not None and now == (chosen.channel, chosen.language)


def _reads(command: ChooseNotification) -> Sequence[Read]:
    case_id = case_of(command.clue_id)
    return [
        Read(clue.KIND, command.clue_id),
        Read(known.KIND, case_id),
        *(Read(MESSAGE, this) for this in command.message_ids),
    ]


def _of_its_author(command: ChooseNotification, states: States) -> Sequence[Read]:
    held = states.of(clue.KIND, command.clue_id)
    heard = [Read(notice.KIND, one) for one in held.heard]
    return [*heard, Read(PERSON, held.reporter_id)] if held.reporter_id else []


def _followed(command: FollowChoice) -> Sequence[Read]:
    messages = [Read(MESSAGE, this) for this in command.message_ids]
    return [Read(notice.KIND, command.case_id), *messages]


RULES = (
    Rule(ChooseNotification, _reads, choose, _of_its_author),
    Rule(FollowChoice, _followed, follow),
)
