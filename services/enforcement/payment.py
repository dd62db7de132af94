"""Payment: money paid to a worker, and the worker's own word that it arrived."""

from typing import Literal
from uuid import UUID

from libs.events.command import Stamp
from libs.events.contracts.enforcement import (
    CaseFactNoted,
    WagePaymentDisputed,
    WagePaymentReversed,
    WageReceiptConfirmed,
    WagesPaid,
)
from libs.events.contracts.parts import Code, Proof, WagePayer
from libs.events.decider import Read, Rejected, Rule, States
from libs.events.event import New
from libs.money import Amount
from services.enforcement import known, proceeding
from services.enforcement.claim import (
    Claim,
    ClaimCommand,
    Payment,
    claim_of,
    claim_reads,
    counted,
    noted_of,
    on_claim,
    then_reads,
)


class RecordWagesPaid(ClaimCommand):
    """Record wages paid to the worker: by whom, and what proves it (WPR 31)."""

    payment_id: UUID
    amount: Amount
    payer: WagePayer
    proof: Proof


class ReversePayment(ClaimCommand):
    """Take a payment back that did not stand; its confirmation is void too."""

    payment_id: UUID
    reason: Code


class ConfirmReceipt(ClaimCommand):
    """Confirm that the worker has the money; never by who recorded the payment."""

    payment_id: UUID
    method: Literal["call", "sms", "signature", "worker_online"]


class DisputePayment(ClaimCommand):
    """Say that a payment did not arrive."""

    payment_id: UUID
    reason: Code


Undoing = ReversePayment | DisputePayment
Named = Undoing | ConfirmReceipt


def record(command: RecordWagesPaid, stamp: Stamp, states: States) -> list[New]:
    """Record; above what is owed it is kept and shown as overpaid, never lost."""
    known.handling(noted_of(command, states), stamp.actor)
    claim = claim_of(command, states)
    counted(claim)
    if command.payment_id in claim.payments:
        raise Rejected("payment-known", "这笔支付已登记，请勿重复登记。")
    if command.amount.minor <= 0:
        raise Rejected("amount-not-positive", "支付金额须大于零。")
    if command.amount.currency != claim.currency:
        raise Rejected("currency-differs", f"请用原币种 {claim.currency} 填写金额。")
    paid = WagesPaid(
        claim_id=command.claim_id,
        case_id=claim.case_id or command.case_id,
        payment_id=command.payment_id,
        person_id=claim.person_id or command.claim_id,
        amount=command.amount,
        payer=command.payer,
        proof=command.proof,
        recorder_id=stamp.actor.id,
        paid_at=command.occurred_at or stamp.at,
    )
    return on_claim(command, claim, paid)


def reverse(command: ReversePayment, stamp: Stamp, states: States) -> list[New]:
    """Reverse once; the balance, any confirmation and a conclusion fall back."""
    known.handling(noted_of(command, states), stamp.actor)
    claim, payment = _standing(command, states)
    undone = WagePaymentReversed(
        claim_id=command.claim_id,
        case_id=claim.case_id or command.case_id,
        payment_id=command.payment_id,
        person_id=claim.person_id or command.claim_id,
        amount=payment.amount,
        confirmed_before=payment.confirmed,
        reason=command.reason,
    )
    return [
        *on_claim(command, claim, undone),
        *_lifted(command, stamp, states, "reversal"),
    ]


def confirm(command: ConfirmReceipt, stamp: Stamp, states: States) -> list[New]:
    """Confirm: the worker, or another person than the recorder (domain §5.3)."""
    known.calling_back(noted_of(command, states), stamp.actor)
    claim, payment = _standing(command, states)
    if payment.recorder == stamp.actor.id:
        raise Rejected(
            "recorder-confirms", "登记支付的人不能确认到账，请由他人回访或由本人确认。"
        )
    if command.method == "worker_online" and stamp.actor.role != "worker":
        raise Rejected(
            "not-the-worker", "“本人在线确认”只能由劳动者本人作出；回访请选回访方式。"
        )
    if payment.confirmed:
        return []
    confirmed = WageReceiptConfirmed(
        claim_id=command.claim_id,
        case_id=claim.case_id or command.case_id,
        payment_id=command.payment_id,
        person_id=claim.person_id or command.claim_id,
        amount=payment.amount,
        method=command.method,
    )
    return on_claim(command, claim, confirmed)


def dispute(command: DisputePayment, stamp: Stamp, states: States) -> list[New]:
    """Dispute: kept beside the payment until it is reversed or confirmed.

    What was concluded on the payment falls with it (domain §5.3).
    """
    known.calling_back(noted_of(command, states), stamp.actor)
    claim, payment = _standing(command, states)
    if payment.disputed:
        return []
    disputed = WagePaymentDisputed(
        claim_id=command.claim_id,
        case_id=claim.case_id or command.case_id,
        payment_id=command.payment_id,
        person_id=claim.person_id or command.claim_id,
        amount=payment.amount,
        reason=command.reason,
        confirmed_before=payment.confirmed,
    )
    return [
        *on_claim(command, claim, disputed),
        *_lifted(command, stamp, states, "dispute"),
    ]


def _lifted(command: Undoing, stamp: Stamp, states: States, kind: str) -> list[New]:
    """Lift a conclusion that closed no case yet; routing reopens a closed one."""
    noted, case_id = noted_of(command, states), _case_of(command, states)
    held = states.of(proceeding.KIND, case_id)
    if noted.closed or not held.concluded_since(noted.reopened):
        return []
    lifted = CaseFactNoted(
        case_id=case_id, fact="reopened", kind=kind, cause=stamp.command_id
    )
    stream, key = known.KIND.stream(case_id), str(case_id)
    return [New(stream, lifted, command.occurred_at, partition_key=key)]


def _case_of(command: Undoing, states: States) -> UUID:
    return claim_of(command, states).case_id or command.case_id


def _undoing_reads(command: Undoing, states: States) -> list[Read]:
    more = then_reads(command, states)
    return [*more, *(Read(proceeding.KIND, read.subject) for read in more)]


def _standing(command: Named, states: States) -> tuple[Claim, Payment]:
    claim = claim_of(command, states)
    payment = claim.payments.get(command.payment_id)
    if payment is None:
        raise Rejected("no-such-payment", "没有这笔支付，请核对编号。")
    if payment.reversed:
        raise Rejected("payment-reversed", "这笔支付已冲销。")
    return claim, payment


RULES = (
    Rule(RecordWagesPaid, claim_reads, record, then_reads),
    Rule(ReversePayment, claim_reads, reverse, _undoing_reads),
    Rule(ConfirmReceipt, claim_reads, confirm, then_reads),
    Rule(DisputePayment, claim_reads, dispute, _undoing_reads),
)
