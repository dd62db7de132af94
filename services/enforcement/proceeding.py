"""The proceeding: acceptance, filing and investigation, which are the district's acts.

A street unit proposes; only the district files (LIR 3, 4, 13, 14; domain §0, 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.events.command import Command, Stamp
from libs.events.contracts.enforcement import (
    CaseConcluded,
    CaseFiled,
    ComplaintAccepted,
    ComplaintRefused,
    DocumentServed,
    FilingDeclined,
    FilingProposed,
    InvestigationCompleted,
    PaymentOrdered,
    PaymentOrderExpired,
    PaymentOrderSatisfied,
    PaymentOrderUnsatisfied,
)
from libs.events.contracts.parts import OrderLine, Text
from libs.events.decider import Kind, NotYours, Read, Rejected, Rule, States
from libs.events.event import Actor, Event, New
from services.enforcement import known
from services.enforcement.naming import NamesOfficers, must_be

OFFICERS_NEEDED = 2
"""Inspectors on a case (LIR 16; APL 42)."""
TWO_OFFICERS = "立案须有两名承办人，均为区执法大队执法人员（监察条例16）。"


@dataclass(frozen=True)
class Order:
    """A payment order and how it stands."""

    pay_by: date
    lines: tuple[OrderLine, ...]
    served: bool = False
    satisfied: bool = False
    paid_at: datetime | None = None
    expired: bool = False


@dataclass(frozen=True)
class Proceeding:
    """What decisions ask of a case's proceeding."""

    accepted: bool = False
    refused: bool = False
    filing_proposed: bool = False
    filed: bool = False
    investigated: bool = False
    conclusions: int = 0
    orders: Mapping[UUID, Order] = field(default_factory=dict)

    def concluded_since(self, reopened: int) -> bool:
        """Say whether a conclusion stands, for a case reopened so many times."""
        return self.conclusions > reopened


def evolve(held: Proceeding, event: Event) -> Proceeding:
    """Fold one event of a proceeding's stream."""
    match event:
        case ComplaintAccepted():
            return replace(held, accepted=True)
        case ComplaintRefused():
            return replace(held, refused=True)
        case FilingProposed():
            return replace(held, filing_proposed=True)
        case FilingDeclined():
            return replace(held, filing_proposed=False)
        case CaseFiled():
            return replace(held, filed=True, filing_proposed=False)
        case InvestigationCompleted():
            return replace(held, investigated=True)
        case CaseConcluded():
            return replace(held, conclusions=held.conclusions + 1)
        case _:
            return _order(held, event)


def _order(held: Proceeding, event: Event) -> Proceeding:
    if isinstance(event, PaymentOrdered):
        order = Order(event.pay_by, event.lines)
        return replace(held, orders={**held.orders, event.order_id: order})
    if not isinstance(event, ORDER_STEPS) or event.order_id not in held.orders:
        return held
    order = _stepped(held.orders[event.order_id], event)
    return replace(held, orders={**held.orders, event.order_id: order})


OrderStep = (
    DocumentServed
    | PaymentOrderSatisfied
    | PaymentOrderUnsatisfied
    | PaymentOrderExpired
)
ORDER_STEPS = (
    DocumentServed,
    PaymentOrderSatisfied,
    PaymentOrderUnsatisfied,
    PaymentOrderExpired,
)


def _stepped(order: Order, event: OrderStep) -> Order:
    match event:
        case DocumentServed():
            return replace(order, served=True)
        case PaymentOrderSatisfied():
            return replace(order, satisfied=True, paid_at=event.paid_at)
        case PaymentOrderUnsatisfied():
            return replace(order, satisfied=False, paid_at=None)
        case PaymentOrderExpired():
            return replace(order, expired=True)


KIND = Kind("proceeding", Proceeding(), evolve)


class CaseCommand(Command):
    """A command about the proceeding of one case."""

    case_id: UUID
    occurred_at: datetime | None = None


class AcceptComplaint(CaseCommand):
    """Accept a complaint within five working days (LIR-IR 18)."""

    clue_id: UUID


class RefuseComplaint(CaseCommand):
    """Refuse a complaint in writing, with reason and article (LIR-IR 18)."""

    clue_id: UUID
    reason: Literal["older_than_two_years", "not_our_jurisdiction", "other_procedure"]
    article: Text


class ProposeFiling(CaseCommand):
    """Propose that the district file the case: what a street unit may do."""


class FileCase(CaseCommand, NamesOfficers):
    """File the case, with two officers (LIR 14, 16)."""

    officer_ids: Annotated[tuple[UUID, ...], Field(max_length=10)]


class DeclineFiling(CaseCommand):
    """Decline to file, with reason and article (LIR-IR 18; LIR 21)."""

    reason: Literal["too_old", "no_employer", "jurisdiction", "in_arbitration", "minor"]
    article: Text


class CompleteInvestigation(CaseCommand):
    """End the investigation (LIR 17)."""


def reads(command: CaseCommand) -> Sequence[Read]:
    """Name the proceeding's stream and what is known of its case."""
    return (Read(KIND, command.case_id), Read(known.KIND, command.case_id))


def on_case(command: CaseCommand, *events: Event) -> list[New]:
    """Put events on the case's proceeding."""
    stream, key = KIND.stream(command.case_id), str(command.case_id)
    return [New(stream, e, command.occurred_at, partition_key=key) for e in events]


def district(actor: Actor, *roles: str) -> None:
    """Raise unless the actor has the power that law gives to the district alone."""
    if actor.role not in roles:
        raise NotYours("依法由区级办理；街道可以提出建议。", may=roles)


def held(command: CaseCommand, stamp: Stamp, states: States) -> Proceeding:
    """Return the proceeding of a case that the actor may see."""
    known.visible(states.of(known.KIND, command.case_id), stamp.actor)
    return states.of(KIND, command.case_id)


def held_open(command: CaseCommand, stamp: Stamp, states: States) -> Proceeding:
    """Return the proceeding of a visible case that was not closed."""
    now = held(command, stamp, states)
    known.still_open(states.of(known.KIND, command.case_id))
    return now


def accept(command: AcceptComplaint, stamp: Stamp, states: States) -> list[New]:
    """Accept once, unless it was refused."""
    now = held_open(command, stamp, states)
    district(stamp.actor, "brigade")
    if now.refused:
        raise Rejected("complaint-refused", "已决定不予受理，不能再受理。")
    if now.accepted:
        return []
    accepted = ComplaintAccepted(case_id=command.case_id, clue_id=command.clue_id)
    return on_case(command, accepted)


def refuse(command: RefuseComplaint, stamp: Stamp, states: States) -> list[New]:
    """Refuse once, unless it was accepted; filing is acceptance (LIR-IR 18)."""
    now = held_open(command, stamp, states)
    district(stamp.actor, "brigade")
    if now.accepted or now.filed:
        raise Rejected("complaint-accepted", "已经受理，不能再决定不予受理。")
    refused = ComplaintRefused(
        case_id=command.case_id,
        clue_id=command.clue_id,
        reason=command.reason,
        article=command.article,
    )
    return [] if now.refused else on_case(command, refused)


def propose(command: ProposeFiling, stamp: Stamp, states: States) -> list[New]:
    """Propose: the unit that holds the case."""
    now = held_open(command, stamp, states)
    known.holding(states.of(known.KIND, command.case_id), stamp.actor)
    if now.filed or now.filing_proposed:
        raise Rejected("filing-under-way", "已经提出或已经立案，不必重复提出。")
    proposed = FilingProposed(case_id=command.case_id, by_unit=stamp.actor.unit)
    return on_case(command, proposed)


def file_case(command: FileCase, stamp: Stamp, states: States) -> list[New]:
    """File: the district brigade alone, with two different officers."""
    now = held_open(command, stamp, states)
    district(stamp.actor, "brigade")
    if now.filed:
        raise Rejected("filed-already", "这件案件已经立案。")
    if len(set(command.officer_ids)) < OFFICERS_NEEDED:
        raise Rejected("two-officers", TWO_OFFICERS)
    for officer in command.officer_ids:
        must_be(command, officer, "brigade", TWO_OFFICERS)
    filed = CaseFiled(
        case_id=command.case_id,
        unit=stamp.actor.unit,
        officer_ids=command.officer_ids,
    )
    return on_case(command, filed)


def decline(command: DeclineFiling, stamp: Stamp, states: States) -> list[New]:
    """Decline a proposal, with reason and article."""
    now = held(command, stamp, states)
    district(stamp.actor, "brigade")
    if not now.filing_proposed:
        raise Rejected("no-proposal", "没有待决定的立案建议。")
    declined = FilingDeclined(
        case_id=command.case_id, reason=command.reason, article=command.article
    )
    return on_case(command, declined)


def investigated(
    command: CompleteInvestigation, stamp: Stamp, states: States
) -> list[New]:
    """End the investigation of a filed case, once."""
    now = held(command, stamp, states)
    district(stamp.actor, "brigade")
    if not now.filed:
        raise Rejected("not-filed", "没有立案，谈不上调查终结；请先立案。")
    if now.investigated:
        return []
    return on_case(command, InvestigationCompleted(case_id=command.case_id))


RULES = (
    Rule(AcceptComplaint, reads, accept),
    Rule(RefuseComplaint, reads, refuse),
    Rule(ProposeFiling, reads, propose),
    Rule(FileCase, reads, file_case),
    Rule(DeclineFiling, reads, decline),
    Rule(CompleteInvestigation, reads, investigated),
)
