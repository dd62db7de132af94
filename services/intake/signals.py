"""Signals and opinions: what systems and the web say, before anybody complained.

A signal of an early-warning or industry platform is dismissed with a reason or becomes
a clue (F-2.1.1a); an opinion of the cyberspace office is linked to the clue it led to.
A major one stands on the leading-group office's morning at once, until it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of
from libs.codes import find_personal
from libs.events.command import Command, Stamp
from libs.events.contracts.channels import (
    OpinionItemRegistered,
    OpinionLinkedToClue,
    RiskSignalReceived,
    Signal,
    SignalDismissed,
    SignalLinkedToClue,
    SignalSource,
)
from libs.events.contracts.parts import Code, Text
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.ids import case_id as case_of
from services.intake import clue, known
from services.intake.work_orders import FOR_ANY


class ReceiveSignal(Command):
    """Take a signal in, once for a source's number (F-2.1.1a)."""

    signal_id: UUID
    source: SignalSource
    source_number: Text
    signal: Signal
    employer_name: Text | None = None
    project_name: Text | None = None
    received_on: date
    unit: Code


class DismissSignal(Command):
    """Dismiss a signal, for a coded reason."""

    signal_id: UUID
    reason: Literal["no_arrears", "duplicate", "not_ours", "unclear"]


class LinkSignal(Command):
    """Say which clue a signal became."""

    signal_id: UUID
    clue_id: UUID


class RegisterOpinion(Command):
    """Register an item of public opinion; of the address only site and digest stay."""

    opinion_id: UUID
    item_number: Text
    url: Annotated[str, Field(min_length=8, max_length=2000, pattern="^https?://")]
    first_seen_at: datetime
    grade: Literal["ordinary", "major"] = "ordinary"
    unit: Code


class LinkOpinion(Command):
    """Say to which clue an item of public opinion led."""

    opinion_id: UUID
    clue_id: UUID


@dataclass(frozen=True)
class Item:
    """What decisions ask of a signal or an opinion."""

    there: bool = False
    dismissed: bool = False
    clue_id: UUID | None = None


def evolve(item: Item, event: Event) -> Item:
    """Fold one event of a signal's or an opinion's stream."""
    match event:
        case RiskSignalReceived() | OpinionItemRegistered():
            return Item(there=True)
        case SignalDismissed():
            return replace(item, dismissed=True)
        case SignalLinkedToClue() | OpinionLinkedToClue():
            return replace(item, clue_id=event.clue_id)
        case _:
            return item


SIGNAL = Kind("signal", Item(), evolve)
OPINION = Kind("opinion", Item(), evolve)


def receive(command: ReceiveSignal, stamp: Stamp, states: States) -> list[New]:
    """Take in once; a person's number has no place in a name."""
    if states.of(SIGNAL, command.signal_id).there:
        raise Rejected("signal-known", "该来源的这个编号已经登记。")
    if command.received_on > day_of(stamp.at):
        raise Rejected("received-later", "收到日期不能晚于今天。")
    for text in (command.source_number, command.employer_name, command.project_name):
        if text and find_personal(text):
            raise Rejected("personal-number", "这里不能填写身份证、电话或银行卡号码。")
    said = RiskSignalReceived.model_validate(command.model_dump())
    return [New(SIGNAL.stream(command.signal_id), said)]


def _open(item: Item) -> None:
    if not item.there:
        raise Rejected("item-unknown", "没有这一条，请刷新后再办。")
    if item.dismissed or item.clue_id is not None:
        raise Rejected("item-ended", "这一条已经排除或者已经转为线索。")


def dismiss(command: DismissSignal, _stamp: Stamp, states: States) -> list[New]:
    """Dismiss once."""
    _open(states.of(SIGNAL, command.signal_id))
    said = SignalDismissed(signal_id=command.signal_id, reason=command.reason)
    return [New(SIGNAL.stream(command.signal_id), said)]


def _of_ours(clue_id: UUID, stamp: Stamp, states: States) -> None:
    held = states.of(clue.KIND, clue_id)
    noted = states.of(known.KIND, case_of(clue_id))
    known.holding(noted, held.first_asked, stamp.actor, FOR_ANY)


def link_signal(command: LinkSignal, stamp: Stamp, states: States) -> list[New]:
    """Link once, to a clue that the actor's unit may act on."""
    _open(states.of(SIGNAL, command.signal_id))
    _of_ours(command.clue_id, stamp, states)
    said = SignalLinkedToClue.model_validate(command.model_dump())
    return [New(SIGNAL.stream(command.signal_id), said)]


def register_opinion(
    command: RegisterOpinion, stamp: Stamp, states: States
) -> list[New]:
    """Register once; the address may name a person, so it does not travel."""
    if states.of(OPINION, command.opinion_id).there:
        raise Rejected("opinion-known", "这个编号的舆情已经登记。")
    if command.first_seen_at.tzinfo is None or command.first_seen_at > stamp.at:
        raise Rejected("seen-later", "首次发现时间须带时区，不能晚于现在。")
    said = command.model_dump(exclude={"url"})
    host = urlsplit(command.url).hostname or ""
    digest = sha256(command.url.encode()).hexdigest()
    event = OpinionItemRegistered.model_validate(
        {**said, "site_name": host[:200] or "unknown", "url_sha256": digest}
    )
    return [New(OPINION.stream(command.opinion_id), event, command.first_seen_at)]


def link_opinion(command: LinkOpinion, stamp: Stamp, states: States) -> list[New]:
    """Link once, to a clue that the actor's unit may act on."""
    _open(states.of(OPINION, command.opinion_id))
    _of_ours(command.clue_id, stamp, states)
    said = OpinionLinkedToClue.model_validate(command.model_dump())
    return [New(OPINION.stream(command.opinion_id), said)]


def _linked(kind: Kind[Item], subject: UUID, clue_id: UUID) -> Sequence[Read]:
    of_clue = [Read(clue.KIND, clue_id), Read(known.KIND, case_of(clue_id))]
    return [Read(kind, subject), *of_clue]


RULES = (
    Rule(ReceiveSignal, lambda asked: [Read(SIGNAL, asked.signal_id)], receive),
    Rule(DismissSignal, lambda asked: [Read(SIGNAL, asked.signal_id)], dismiss),
    Rule(
        LinkSignal,
        lambda asked: _linked(SIGNAL, asked.signal_id, asked.clue_id),
        link_signal,
    ),
    Rule(
        RegisterOpinion,
        lambda asked: [Read(OPINION, asked.opinion_id)],
        register_opinion,
    ),
    Rule(
        LinkOpinion,
        lambda asked: _linked(OPINION, asked.opinion_id, asked.clue_id),
        link_opinion,
    ),
)
