"""The clue: one thing said on one channel, never deleted, answered in the end.

Complaint 投诉, report 举报 and the rest are different in law (domain §0, 4); the
first-asked unit is fixed with registration (WPR 10 ¶3) and a dated receipt is given,
for it interrupts the limitation of arbitration (LMAL 27 ¶2).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.channels import ClueRedispatched
from libs.events.contracts.intake import (
    ChannelAdvised,
    ClueClosedNotWage,
    ClueKind,
    ClueRegistered,
    ClueScreened,
    ClueVerified,
    ComplaintReceived,
    ReceiptIssued,
    ReplyFoundImpossible,
    ReplySent,
    ReportReceived,
)
from libs.events.contracts.messages import MessageChannel, MessageLanguage
from libs.events.contracts.parts import Code, Employer, Mode, Project, Text, WorkerLine
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New, Series
from libs.ids import case_id as case_of
from libs.other_channels import in_force
from services.intake import channel_item, known, notice

RECEIPT_SERIES = "XS"
OF_THE_DOOR = {
    *("area", "item", "occurred_at", "notify", "notify_language"),
}
"""What a registration says that its first event does not."""
SCREEN_FOR_ANY = ("brigade",)
"""Who screens what another unit holds; the leading-group office only reviews."""


@dataclass(frozen=True)
class Clue:
    """What decisions ask of a clue.

    `heard`: whose news its author hears. `individual`: the employer is no firm.
    """

    first_asked: str | None = None
    channel: str | None = None
    episode: int = 1
    kind: str | None = None
    mode: str | None = None
    reporter_id: UUID | None = None
    matter: str | None = None
    verified: str | None = None
    closed_not_wage: bool = False
    answers: int = 0
    item: channel_item.Item = channel_item.NONE
    workers: int = 0
    heard: tuple[UUID, ...] = ()
    individual: bool = False
    version: int = 0

    @property
    def has_contact(self) -> bool:
        """Tell whether there is somebody to answer."""
        return self.reporter_id is not None


def evolve(clue: Clue, event: Event) -> Clue:
    """Fold one event of a clue's stream."""
    return replace(_evolved(clue, event), version=clue.version + 1)


def _evolved(clue: Clue, event: Event) -> Clue:
    match event:
        case ComplaintReceived() | ReportReceived():
            return Clue(
                first_asked=event.first_asked_unit,
                channel=event.channel,
                episode=event.episode,
                kind=event.kind if isinstance(event, ComplaintReceived) else "report",
                mode=event.mode,
                reporter_id=event.reporter_id,
                workers=len(event.workers),
                heard=_heard(event),
                individual=event.employer.individual,
            )
        case ClueScreened():
            return replace(clue, matter=event.matter)
        case ClueVerified():
            return replace(clue, verified=event.result)
        case ClueClosedNotWage():
            return replace(clue, closed_not_wage=True)
        case ReplySent() | ReplyFoundImpossible():
            return replace(clue, answers=clue.answers + 1)
        case ClueRedispatched():
            # An advised channel was that episode's answer.
            told = clue.item.redispatched + clue.closed_not_wage
            clue = replace(clue, closed_not_wage=False, answers=max(clue.answers, told))
            return replace(clue, item=channel_item.evolve(clue.item, event))
        case _:
            return replace(clue, item=channel_item.evolve(clue.item, event))


def _heard(said: ComplaintReceived | ReportReceived) -> tuple[UUID, ...]:
    if said.reporter_id is None:
        return ()
    return tuple(notice.heard_by(said.reporter_id, said.clue_id, said.workers))


KIND = Kind("clue", Clue(), evolve)


class RegisterClue(Command):
    """Register a complaint or a report; persons are already ids of the vault."""

    clue_id: UUID
    kind: ClueKind
    channel: Code
    channel_number: Text | None = None
    episode: Annotated[int, Field(ge=1, le=99)] = 1
    mode: Mode
    reporter_id: UUID | None = None
    reporter_role: Literal["worker", "crew_leader", "family", "other"] = "worker"
    first_asked_unit: Code
    area: Code
    employer: Employer
    project: Project | None = None
    workers: Annotated[tuple[WorkerLine, ...], Field(max_length=2000)] = ()
    reference: Text | None = None
    site_area: Code | None = None
    item: channel_item.Entry | None = None
    notify: MessageChannel | None = None
    notify_language: MessageLanguage = "zh"
    occurred_at: datetime | None = None


class ClueCommand(Command):
    """A command about one registered clue."""

    clue_id: UUID
    occurred_at: datetime | None = None


class ScreenClue(ClueCommand):
    """Screen 甄别: is it wages, and is it ours?"""

    matter: Literal["wage", "project_price", "labour_service_fee", "not_wage"]
    jurisdiction: Literal["ours", "area", "industry", "department"] = "ours"


class AdviseChannel(ClueCommand):
    """Tell the right channel for what is not wages, and close the clue (F-2.2.2b)."""

    advised_channel: Code
    told: Literal["spoken", "printed", "sms", "online"]


def register(command: RegisterClue, stamp: Stamp, states: States) -> list[New]:
    """Register once: said, registered and receipted in one append."""
    if states.of(KIND, command.clue_id).first_asked is not None:
        raise Rejected(
            "channel-number-known",
            "该渠道的这个编号已经登记过；重办、催单和补充情况请在原线索上办理。",
        )
    case_id = case_of(command.clue_id)
    said = command.model_dump(exclude=OF_THE_DOOR)
    series = Series(command.area, RECEIPT_SERIES)
    receipt = ReceiptIssued(clue_id=command.clue_id, case_id=case_id)
    stream, at = KIND.stream(command.clue_id), command.occurred_at
    facts = [_received(said, case_id), _registered(said, case_id)]
    if command.item is not None:
        ids = (command.clue_id, case_id)
        facts += channel_item.entered(command.item, command.channel, ids, stamp)
    return [
        *(New(stream, fact, at) for fact in facts),
        *notice.registered(command, stamp),
        New(stream, receipt, at, series=series),
    ]


def _received(said: dict[str, object], case_id: UUID) -> Event:
    said = {**said, "case_id": case_id}
    if said["kind"] != "report":
        return ComplaintReceived.model_validate(said)
    del said["kind"], said["reporter_role"]
    return ReportReceived.model_validate(said)


def _registered(said: dict[str, object], case_id: UUID) -> ClueRegistered:
    shared = {name: said[name] for name in ClueRegistered.model_fields if name in said}
    workers = said["workers"]
    count = len(workers) if isinstance(workers, tuple) else 0
    return ClueRegistered.model_validate(
        {**shared, "case_id": case_id, "worker_count": count}
    )


def held(
    command: ClueCommand,
    stamp: Stamp,
    states: States,
    also: Collection[str] = ("brigade", "leading-group"),
) -> Clue:
    clue = states.of(KIND, command.clue_id)
    noted = states.of(known.KIND, case_of(command.clue_id))
    known.holding(noted, clue.first_asked, stamp.actor, also)
    return clue


def screen(command: ScreenClue, stamp: Stamp, states: States) -> list[New]:
    """Screen; a second screening corrects the first while the clue is open."""
    if held(command, stamp, states, SCREEN_FOR_ANY).closed_not_wage:
        raise Rejected("clue-closed", "线索已按非欠薪办结。")
    screened = ClueScreened(
        clue_id=command.clue_id,
        case_id=case_of(command.clue_id),
        matter=command.matter,
        jurisdiction=command.jurisdiction,
    )
    return on_clue(command, screened)


def advise(command: AdviseChannel, stamp: Stamp, states: States) -> list[New]:
    """Advise and close in one append: never a silent rejection."""
    clue = held(command, stamp, states, SCREEN_FOR_ANY)
    matter = clue.matter
    if matter is None or matter == "wage":
        raise Rejected("screen-first", "请先甄别为非欠薪事项，再告知渠道。")
    if clue.closed_not_wage:
        return []
    entry = in_force(command.advised_channel, day_of(stamp.at))
    if entry is None:
        raise Rejected("not-in-directory", "渠道目录里没有这个渠道，请从目录中选择。")
    case_id = case_of(command.clue_id)
    advised = ChannelAdvised(
        clue_id=command.clue_id,
        case_id=case_id,
        advised_channel=command.advised_channel,
        told=command.told,
        text_version=entry.version,
        text_sha256=entry.sha256,
    )
    closed = ClueClosedNotWage.model_validate(
        {"clue_id": command.clue_id, "case_id": case_id, "matter": matter}
    )
    return on_clue(command, advised, closed)


def on_clue(command: ClueCommand, *events: Event) -> list[New]:
    stream = KIND.stream(command.clue_id)
    return [New(stream, event, command.occurred_at) for event in events]


def clue_reads(command: ClueCommand) -> list[Read]:
    case_id = case_of(command.clue_id)
    return [Read(KIND, command.clue_id), Read(known.KIND, case_id)]


def _registering(command: RegisterClue) -> list[Read]:
    return [Read(KIND, command.clue_id), *notice.registered_reads(command)]


RULES = (
    Rule(RegisterClue, _registering, register),
    Rule(ScreenClue, clue_reads, screen),
    Rule(AdviseChannel, clue_reads, advise),
)
