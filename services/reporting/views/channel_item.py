"""Channel items: what a clue's channel asked of it, and how it was answered there."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from libs.events.contracts.channels import (
    CallBackRecorded,
    ClueAccepted,
    ClueRedispatched,
    ClueUrged,
    PetitionNoticeSent,
    PetitionOpinionIssued,
    PetitionRegistered,
    PlatformClueReceived,
    WorkOrderClassified,
)
from libs.events.contracts.intake import (
    ClueClosedNotWage,
    ReplyFoundImpossible,
    ReplySent,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class ChannelItemRow:
    """One clue on its channel; an answer stands until the order comes again.

    `urged`: how often since it was last answered, `urgings` in all. `satisfaction` is
    what the first call-back that was reached found (S26), `called_back` the latest.
    """

    clue_id: UUID
    case_id: UUID
    order_kind: str | None = None
    received_on: date | None = None
    redispatched: int = 0
    urged: int = 0
    urgings: int = 0
    urged_at: datetime | None = None
    call_backs: int = 0
    called_back: str | None = None
    satisfaction: str | None = None
    petition_form: str | None = None
    people: int | None = None
    representatives: int | None = None
    outcome: str | None = None
    noticed_at: datetime | None = None
    opinion: str | None = None
    opinion_at: datetime | None = None
    accepted_at: datetime | None = None
    answer_form: str | None = None
    conclusion: str | None = None
    answered_at: datetime | None = None


HEARD = (
    WorkOrderClassified, ClueUrged, ClueRedispatched, CallBackRecorded,
    PetitionRegistered, PetitionNoticeSent, PetitionOpinionIssued,
    PlatformClueReceived, ClueAccepted,
    ReplySent, ReplyFoundImpossible, ClueClosedNotWage,
)  # fmt: skip


def evolve(row: ChannelItemRow | None, recorded: Recorded) -> ChannelItemRow | None:
    """Fold one event of a clue's stream."""
    fact, at = recorded.fact(), recorded.occurred_at
    if not isinstance(fact, HEARD):
        return row
    row = row or ChannelItemRow(fact.clue_id, fact.case_id)
    match fact:
        case ReplySent():
            told = (fact.form, fact.conclusion)
            return _answered(row, at, *told)
        case ReplyFoundImpossible():
            return _answered(row, at, None, fact.reason)
        case ClueClosedNotWage():
            return _answered(row, at, None, fact.matter)
        case PlatformClueReceived():
            return replace(row, received_on=fact.received_on)
        case ClueAccepted():
            return replace(row, accepted_at=at)
        case PetitionRegistered() | PetitionNoticeSent() | PetitionOpinionIssued():
            return _petition(row, recorded)
        case _:
            return _order(row, recorded)


def _answered(
    row: ChannelItemRow, at: datetime | None, form: str | None, conclusion: str
) -> ChannelItemRow:
    answer = replace(row, answer_form=form, conclusion=conclusion, answered_at=at)
    return replace(answer, urged=0)


def _order(row: ChannelItemRow, recorded: Recorded) -> ChannelItemRow:
    match fact := recorded.fact():
        case WorkOrderClassified():
            kind, day = fact.order_kind, fact.received_on
            return replace(row, order_kind=kind, received_on=day)
        case ClueUrged():
            urged = replace(row, urged=row.urged + 1, urged_at=recorded.occurred_at)
            return replace(urged, urgings=row.urgings + 1)
        case ClueRedispatched():
            again = _answered(row, None, None, "")
            return replace(
                again,
                conclusion=None,
                order_kind=fact.order_kind,
                received_on=fact.received_on,
                redispatched=row.redispatched + 1,
            )
        case CallBackRecorded():
            reached = fact.result if fact.result != "not_reached" else None
            return replace(
                row,
                call_backs=row.call_backs + 1,
                called_back=fact.result,
                satisfaction=row.satisfaction or reached,
            )
        case _:
            return row


def _petition(row: ChannelItemRow, recorded: Recorded) -> ChannelItemRow:
    at = recorded.occurred_at
    match fact := recorded.fact():
        case PetitionRegistered():
            return replace(
                row,
                petition_form=fact.petition_form,
                received_on=fact.received_on,
                people=fact.people,
                representatives=fact.representatives,
            )
        case PetitionNoticeSent():
            return replace(row, outcome=fact.outcome, noticed_at=at)
        case PetitionOpinionIssued():
            return replace(row, opinion=fact.opinion, opinion_at=at)
        case _:
            return row


VIEW = View(
    name="channel_item",
    version=1,
    services=("intake",),
    row=ChannelItemRow,
    on=HEARD,
    evolve=evolve,
    indexes=(index("case_id", history=True), index("clue_id")),
)
