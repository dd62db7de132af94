"""Proceedings as they stand: acceptance, filing, orders, conclusion."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

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
from libs.events.event import Event, Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class OrderRow:
    """One payment order: its date, its total in minor units, how it stands."""

    order_id: UUID
    pay_by: date
    minor: int
    currency: str
    workers: int
    served_on: date | None = None
    state: str = "ordered"


@dataclass(frozen=True)
class ProceedingRow:
    """One case's proceeding."""

    case_id: UUID
    accepted_at: datetime | None = None
    refused_at: datetime | None = None
    filing_proposed_at: datetime | None = None
    filing_declined: str | None = None
    filed_at: datetime | None = None
    investigated_at: datetime | None = None
    concluded: str | None = None
    concluded_at: datetime | None = None
    orders: tuple[OrderRow, ...] = ()


CASE_EVENTS = (
    ComplaintAccepted,
    ComplaintRefused,
    FilingProposed,
    FilingDeclined,
    CaseFiled,
    InvestigationCompleted,
    PaymentOrdered,
    DocumentServed,
    PaymentOrderSatisfied,
    PaymentOrderUnsatisfied,
    PaymentOrderExpired,
    CaseConcluded,
)


def evolve(row: ProceedingRow | None, recorded: Recorded) -> ProceedingRow | None:
    """Fold one event of a proceeding's stream."""
    fact, at = recorded.fact(), recorded.occurred_at
    if row is None:
        case_id: UUID = fact.case_id  # type: ignore[attr-defined]  # CASE_EVENTS have it
        row = ProceedingRow(case_id)
    match fact:
        case ComplaintAccepted():
            return replace(row, accepted_at=at)
        case ComplaintRefused():
            return replace(row, refused_at=at)
        case FilingProposed():
            return replace(row, filing_proposed_at=at, filing_declined=None)
        case FilingDeclined():
            return replace(row, filing_declined=fact.reason)
        case CaseFiled():
            return replace(row, filed_at=at)
        case CaseConcluded():
            return replace(row, concluded=fact.kind, concluded_at=at)
        case _:
            return _ordered(row, recorded)


def _ordered(row: ProceedingRow, recorded: Recorded) -> ProceedingRow:
    fact = recorded.fact()
    if isinstance(fact, InvestigationCompleted):
        return replace(row, investigated_at=recorded.occurred_at)
    return replace(row, orders=_orders(row.orders, fact))


def _orders(orders: tuple[OrderRow, ...], fact: Event) -> tuple[OrderRow, ...]:
    match fact:
        case PaymentOrdered():
            currency = fact.lines[0].amount.currency
            total = sum(line.amount.minor for line in fact.lines)
            new = OrderRow(fact.order_id, fact.pay_by, total, currency, len(fact.lines))
            return (*orders, new)
        case DocumentServed():
            return _changed(orders, fact.order_id, "served", fact.served_on)
        case PaymentOrderSatisfied():
            return _changed(orders, fact.order_id, "satisfied")
        case PaymentOrderUnsatisfied():
            return _owed_again(orders, fact)
        case PaymentOrderExpired():
            return _changed(orders, fact.order_id, "expired")
        case _:
            return orders


def _owed_again(
    orders: tuple[OrderRow, ...], fact: PaymentOrderUnsatisfied
) -> tuple[OrderRow, ...]:
    this = next((one for one in orders if one.order_id == fact.order_id), None)
    before = "served" if this is not None and this.served_on else "ordered"
    return _changed(orders, fact.order_id, "expired" if fact.expired else before)


def _changed(
    orders: tuple[OrderRow, ...], order_id: UUID, state: str, on: date | None = None
) -> tuple[OrderRow, ...]:
    return tuple(
        replace(order, state=state, served_on=on or order.served_on)
        if order.order_id == order_id
        else order
        for order in orders
    )


VIEW = View(
    name="proceeding",
    version=1,
    services=("enforcement",),
    row=ProceedingRow,
    on=CASE_EVENTS,
    evolve=evolve,
    indexes=(index("case_id", history=True),),
)
