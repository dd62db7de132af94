"""The channel's item: what a clue is on its channel, and what the channel asks of it.

An order, a petition or a platform clue runs on the clock of its own channel and is
answered there; every channel's number is one clue (domain §5.9, 14).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.calendar.local_days import day_of
from libs.events.command import Stamp
from libs.events.contracts.channels import (
    ClueAccepted,
    ClueRedispatched,
    Count,
    OrderKind,
    PetitionForm,
    PetitionNoticeSent,
    PetitionOpinionIssued,
    PetitionRegistered,
    PlatformClueReceived,
    Representatives,
    WorkOrderClassified,
)
from libs.events.decider import NotYours, Rejected
from libs.events.event import Event

Kind = Literal["work_order", "petition", "platform_clue"]
CHANNEL_OF: dict[Kind, str] = {
    "work_order": "12345",
    "petition": "petition",
    "platform_clue": "platform",
}
FORMS: dict[Kind, tuple[str, ...]] = {
    "work_order": ("platform",),
    "petition": ("letter", "online"),
    "platform_clue": ("platform",),
}
"""How an item's author is answered: the first is meant where none is named."""
APPROVES_COMPLEX = "leading-group"
"""Whose approval makes an order complex (CLK-80: fifteen working days)."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WorkOrder(_Said):
    """A 12345 order: of which kind, received on which day."""

    item: Literal["work_order"] = "work_order"
    order_kind: OrderKind
    received_on: date


class Petition(_Said):
    """A petition: how it came, for how many people, and whether a notice is owed."""

    item: Literal["petition"] = "petition"
    petition_form: PetitionForm
    received_on: date
    people: Count = 1
    representatives: Representatives = 1
    notice: Literal["owed", "no_address"] = "owed"


class PlatformClue(_Said):
    """A clue of the national platform: the day on which it flowed in."""

    item: Literal["platform_clue"] = "platform_clue"
    received_on: date


Entry = Annotated[WorkOrder | Petition | PlatformClue, Field(discriminator="item")]


@dataclass(frozen=True)
class Item:
    """What decisions ask of an item; `kind` None: nothing of its channel was said."""

    kind: Kind | None = None
    order_kind: str | None = None
    received_on: date | None = None
    redispatched: int = 0
    accepted: bool = False
    outcome: str | None = None
    opinion: str | None = None


NONE = Item()


def evolve(item: Item, event: Event) -> Item:
    """Fold one event of a clue's stream."""
    match event:
        case WorkOrderClassified() | ClueRedispatched():
            again = isinstance(event, ClueRedispatched)
            return replace(
                item,
                kind="work_order",
                order_kind=event.order_kind,
                received_on=event.received_on,
                redispatched=item.redispatched + again,
            )
        case PetitionRegistered():
            return replace(item, kind="petition", received_on=event.received_on)
        case PetitionNoticeSent():
            return replace(item, outcome=event.outcome)
        case PetitionOpinionIssued():
            return replace(item, opinion=event.opinion)
        case PlatformClueReceived():
            return replace(item, kind="platform_clue", received_on=event.received_on)
        case ClueAccepted():
            return replace(item, accepted=True)
        case _:
            return item


def entered(
    said: Entry, channel: str | None, ids: tuple[UUID, UUID], stamp: Stamp
) -> Iterator[Event]:
    """Yield what an entry says of a clue; raises Rejected for another channel's."""
    if CHANNEL_OF[said.item] != channel:
        raise Rejected("other-channel", "这不是该渠道的来件，请核对渠道。")
    in_time(said.received_on, stamp)
    clue_id, case_id = ids
    told = {**said.model_dump(exclude={"item"}), "clue_id": clue_id, "case_id": case_id}
    match said:
        case WorkOrder():
            approved(said.order_kind, stamp)
            yield WorkOrderClassified.model_validate(told)
        case Petition():
            spoken_for(said.people, said.representatives)
            yield PetitionRegistered.model_validate(told)
        case PlatformClue():
            yield PlatformClueReceived.model_validate(told)


def in_time(received_on: date, stamp: Stamp) -> None:
    """Refuse a day of receipt that has not come."""
    if received_on > day_of(stamp.at):
        raise Rejected("received-later", "收到日期不能晚于今天。")


def approved(order_kind: str, stamp: Stamp) -> None:
    """Let nobody but the office call an order complex (CLK-80)."""
    if order_kind == "complex" and stamp.actor.role != APPROVES_COMPLEX:
        raise NotYours(
            "疑难工单的十五个工作日须经领导小组办公室批准。", may=[APPROVES_COMPLEX]
        )


def spoken_for(people: int, representatives: int) -> None:
    """Refuse more speakers than people."""
    if representatives > people:
        raise Rejected("more-speakers-than-people", "代表人数不能多于人数。")


def form_of(item: Item, said: str | None) -> str:
    """Return the form of an answer: what the channel expects, or what was said."""
    if item.kind is None:
        if said is None:
            raise Rejected("form-missing", "请写明答复方式。")
        return said
    expected = FORMS[item.kind]
    if said is not None and said not in expected:
        raise Rejected(
            "channel-form",
            "答复须按渠道自己的方式：12345 和线索平台经平台，信访用书面或网上。",
        )
    return said or expected[0]
