"""Petitions 信访: registered, told in writing, answered by an opinion; receptions.

The organ's notice is due on the fifteenth day (XF 23, CLK-71), the opinion sixty days
after acceptance (XF 34, CLK-73); a wrong forwarding is objected to as any transfer is
(XF 23, CLK-72: RefuseTransfer).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.channels import (
    Batch,
    Count,
    JointReceptionHeld,
    PetitionForm,
    PetitionNoticeSent,
    PetitionOpinionIssued,
    Representatives,
)
from libs.events.contracts.parts import Code
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.ids import case_id as case_of
from services.intake import channel_item
from services.intake.channel_item import Item, Petition
from services.intake.clue import ClueCommand, clue_reads, on_clue
from services.intake.work_orders import told

Outcome = Literal["accepted", "not_accepted", "forwarded", "extended"]


class RegisterPetition(ClueCommand):
    """Enter a clue as a petition: how it came, and for how many (XF 20, 22)."""

    petition_form: PetitionForm
    received_on: date
    people: Count = 1
    representatives: Representatives = 1
    notice: Literal["owed", "no_address"] = "owed"


class SendPetitionNotice(ClueCommand):
    """Tell the petitioner in writing what becomes of the petition (XF 23, CLK-71)."""

    outcome: Outcome


class IssuePetitionOpinion(ClueCommand):
    """Issue the written opinion on an accepted petition (XF 34, CLK-73)."""

    opinion: Literal["supported", "partly_supported", "not_supported"]


class HoldJointReception(Command):
    """Write down a joint reception 集中接访: its batches and people (S25)."""

    reception_id: UUID
    unit: Code
    held_on: date
    led: bool = False
    batches: Annotated[tuple[Batch, ...], Field(min_length=1, max_length=100)]


def register(command: RegisterPetition, stamp: Stamp, states: States) -> list[New]:
    """Enter once."""
    clue = told(command, stamp, states)
    if clue.item.kind is not None:
        raise Rejected("petition-registered", "这件信访已经登记。")
    entry = Petition.model_validate(
        command.model_dump(exclude={"clue_id", "occurred_at"})
    )
    ids = (command.clue_id, case_of(command.clue_id))
    facts = channel_item.entered(entry, clue.channel, ids, stamp)
    return on_clue(command, *facts)


def _petition(item: Item) -> None:
    if item.kind != "petition":
        raise Rejected("register-petition-first", "请先登记信访的形式和收到日期。")


def notice(command: SendPetitionNotice, stamp: Stamp, states: States) -> list[New]:
    """Tell once what becomes of it; an accepted one may be told of an extension."""
    item = told(command, stamp, states).item
    _petition(item)
    if command.outcome == "extended":
        if item.outcome != "accepted" or item.opinion is not None:
            raise Rejected("not-accepted", "只有已受理、未出具意见的信访才能告知延期。")
    elif item.outcome is not None:
        raise Rejected("notice-sent", "已经书面告知信访人。")
    sent = PetitionNoticeSent(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        outcome=command.outcome,
    )
    return on_clue(command, sent)


def issue(command: IssuePetitionOpinion, stamp: Stamp, states: States) -> list[New]:
    """Issue the opinion once, on a petition that was accepted."""
    item = told(command, stamp, states).item
    _petition(item)
    if item.outcome not in {"accepted", "extended"}:
        raise Rejected("not-accepted", "请先书面告知受理，再出具处理意见。")
    if item.opinion is not None:
        raise Rejected("opinion-issued", "已经出具处理意见；不服的依法复查。")
    issued = PetitionOpinionIssued(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        opinion=command.opinion,
    )
    return on_clue(command, issued)


@dataclass(frozen=True)
class Reception:
    """What decisions ask of a reception: whether it was written down."""

    held: bool = False


def evolve(_reception: Reception, event: Event) -> Reception:
    """Fold one event of a reception's stream."""
    return Reception(held=isinstance(event, JointReceptionHeld))


RECEPTION = Kind("reception", Reception(), evolve)


def hold(command: HoldJointReception, stamp: Stamp, states: States) -> list[New]:
    """Write a reception down once, not before it was held."""
    if states.of(RECEPTION, command.reception_id).held:
        raise Rejected("reception-known", "这次接访已经登记。")
    if command.held_on > day_of(stamp.at):
        raise Rejected("held-later", "接访日期不能晚于今天。")
    for batch in command.batches:
        channel_item.spoken_for(batch.people, batch.representatives)
    held = JointReceptionHeld.model_validate(command.model_dump())
    return [New(RECEPTION.stream(command.reception_id), held)]


def _reception(command: HoldJointReception) -> Sequence[Read]:
    return [Read(RECEPTION, command.reception_id)]


RULES = (
    Rule(RegisterPetition, clue_reads, register),
    Rule(SendPetitionNotice, clue_reads, notice),
    Rule(IssuePetitionOpinion, clue_reads, issue),
    Rule(HoldJointReception, _reception, hold),
)
