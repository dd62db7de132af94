"""The payment order 责令限期支付: decided by the district, served, paid or expired."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.enforcement import (
    ClaimOrdered,
    DocumentServed,
    PaymentOrdered,
    PaymentOrderExpired,
    PaymentOrderSatisfied,
    PaymentOrderUnsatisfied,
)
from libs.events.contracts.parts import Employer, OrderLine, Proof
from libs.events.decider import NotVisible, Read, Rejected, Rule, States
from libs.events.event import New
from services.enforcement import claim
from services.enforcement.proceeding import (
    KIND,
    CaseCommand,
    Order,
    district,
    held,
    held_open,
    on_case,
    reads,
)

LONGEST = timedelta(days=365)
"""No law bounds the date an order names; a slip of the pen is to be caught."""


class OrderPayment(CaseCommand):
    """Order payment by a date, worker by worker (LIR 26; WPR 42)."""

    order_id: UUID
    pay_by: date
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=2000)]
    liable: Employer | None = None


class ServeDocument(CaseCommand):
    """Record how and when the order was served; its clock counts from that day."""

    order_id: UUID
    served_on: date
    method: Literal["handed", "mailed", "posted", "electronic"]
    proof: Proof | None = None


class CheckOrders(Command):
    """See whether an order is paid in full now (a reaction to payments and reversals).

    `at`: when what it reacts to happened.
    """

    case_id: UUID
    at: datetime


class ExpireOrder(Command):
    """Let an order expire whose date passed unpaid (a reaction to the missed clock)."""

    case_id: UUID
    order_id: UUID
    at: datetime


def order(command: OrderPayment, stamp: Stamp, states: States) -> list[New]:
    """Order: the head of the district HRSS, on a filed case with verified sums."""
    now = held_open(command, stamp, states)
    district(stamp.actor, "hrss-head")
    if not now.filed:
        raise Rejected("not-filed", "没有立案，不能责令支付；请先立案。")
    if command.order_id in now.orders:
        raise Rejected("order-known", "这份指令书已登记。")
    _in_reason(command, day_of(command.occurred_at or stamp.at))
    if len({line.claim_id for line in command.lines}) < len(command.lines):
        raise Rejected("claim-twice", "同一人的请求列了两次，请合并为一行。")
    for line in command.lines:
        _orderable(line, command, states)
    ordered = PaymentOrdered(
        case_id=command.case_id,
        order_id=command.order_id,
        pay_by=command.pay_by,
        lines=command.lines,
        liable=command.liable,
    )
    return [*on_case(command, ordered), *_lines(command, states)]


def _in_reason(command: OrderPayment, ordered_on: date) -> None:
    if not ordered_on <= command.pay_by <= ordered_on + LONGEST:
        raise Rejected(
            "pay-by-out-of-range", "支付期限须在责令之日起一年之内，请更正日期。"
        )


def _orderable(line: OrderLine, command: OrderPayment, states: States) -> None:
    owed = states.of(claim.KIND, line.claim_id)
    if owed.case_id != command.case_id:
        raise NotVisible
    if owed.withdrawn:
        raise Rejected("claim-withdrawn", "有人员已撤回请求，请从名单中删去。")
    claim.counted(owed)
    if owed.verified is None:
        raise Rejected("not-verified", "有人员的金额尚未核实，请先逐人核实再责令。")
    if line.amount.currency != owed.currency or line.amount.minor <= 0:
        raise Rejected("bad-amount", "责令金额须大于零，并用原币种。")


def _lines(command: OrderPayment, states: States) -> list[New]:
    return [
        New(
            claim.KIND.stream(line.claim_id),
            ClaimOrdered(
                claim_id=line.claim_id,
                case_id=command.case_id,
                order_id=command.order_id,
                amount=line.amount,
            ),
            command.occurred_at,
            partition_key=str(states.of(claim.KIND, line.claim_id).opened_in),
        )
        for line in command.lines
    ]


def serve(command: ServeDocument, stamp: Stamp, states: States) -> list[New]:
    """Serve once; posting needs a photo or film (SPC3 4)."""
    now = held(command, stamp, states)
    district(stamp.actor, "brigade", "hrss-head")
    this = now.orders.get(command.order_id)
    if this is None:
        raise Rejected("no-such-order", "没有这份指令书，请核对编号。")
    if this.served:
        raise Rejected("served-already", "这份指令书已经送达。")
    if command.method == "posted" and command.proof is None:
        raise Rejected(
            "posting-needs-proof", "张贴送达须附照片或录像（法释〔2013〕3号4）。"
        )
    served = DocumentServed(
        case_id=command.case_id,
        order_id=command.order_id,
        served_on=command.served_on,
        method=command.method,
        pay_by=this.pay_by,
        proof=command.proof,
    )
    if not this.satisfied:
        return on_case(command, served)
    # Paid before it was served: said again, so that the clock of service stops.
    again = PaymentOrderSatisfied(
        case_id=command.case_id, order_id=command.order_id, paid_at=this.paid_at
    )
    return on_case(command, served, again)


def check(command: CheckOrders, _stamp: Stamp, states: States) -> list[New]:
    """Say of each order when it was paid in full, or that it no longer is.

    It depends on the payments alone, not on the order in which they were entered.
    """
    orders = states.of(KIND, command.case_id).orders
    return [
        new
        for order_id, this in orders.items()
        for new in _checked(command, order_id, this, states)
    ]


def _checked(
    command: CheckOrders, order_id: UUID, this: Order, states: States
) -> list[New]:
    if not _paid_in_full(this, states):
        if not this.satisfied:
            return []
        undone = PaymentOrderUnsatisfied(
            case_id=command.case_id, order_id=order_id, expired=this.expired
        )
        about = CaseCommand(case_id=command.case_id, occurred_at=command.at)
        return on_case(about, undone)
    paid_at = _completed_at(this, states)
    if this.satisfied and not _earlier(paid_at, this.paid_at):
        return []
    said = PaymentOrderSatisfied(
        case_id=command.case_id, order_id=order_id, paid_at=paid_at
    )
    at = paid_at or command.at
    about = CaseCommand(case_id=command.case_id, occurred_at=at)
    return on_case(about, said)


def _paid_in_full(this: Order, states: States) -> bool:
    return all(
        states.of(claim.KIND, line.claim_id).covers(line.amount) for line in this.lines
    )


def _completed_at(this: Order, states: States) -> datetime | None:
    """Return when the payment was made that completed the last line to be covered."""
    times = [
        states.of(claim.KIND, line.claim_id).covered_at(line.amount)
        for line in this.lines
    ]
    known = [at for at in times if at is not None]
    return max(known) if len(known) == len(times) else None


def _earlier(at: datetime | None, before: datetime | None) -> bool:
    return at is not None and before is not None and at < before


def expire(command: ExpireOrder, _stamp: Stamp, states: States) -> list[New]:
    """Expire an order once, unless it was paid in full."""
    this = states.of(KIND, command.case_id).orders.get(command.order_id)
    if this is None or this.satisfied or this.expired:
        return []
    about = CaseCommand(case_id=command.case_id, occurred_at=command.at)
    expired = PaymentOrderExpired(case_id=command.case_id, order_id=command.order_id)
    return on_case(about, expired)


def _claims_of_lines(command: OrderPayment) -> Sequence[Read]:
    named = [Read(claim.KIND, line.claim_id) for line in command.lines]
    return [*reads(command), *named]


def _ordered_claims(command: CheckOrders, states: States) -> Sequence[Read]:
    orders = states.of(KIND, command.case_id).orders.values()
    named = {line.claim_id for this in orders for line in this.lines}
    return [Read(claim.KIND, claim_id) for claim_id in sorted(named)]


RULES = (
    Rule(OrderPayment, _claims_of_lines, order),
    Rule(ServeDocument, reads, serve),
    Rule(CheckOrders, lambda c: [Read(KIND, c.case_id)], check, _ordered_claims),
    Rule(ExpireOrder, lambda c: [Read(KIND, c.case_id)], expire),
)
