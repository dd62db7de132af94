"""Money that moved: one line a payment, its reversal and its confirmation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.enforcement import (
    WagePaymentReversed,
    WageReceiptConfirmed,
    WagesPaid,
)
from libs.events.event import Recorded
from libs.events.views.view import Register, index


@dataclass(frozen=True)
class MoneyFact:
    """So many minor units paid or confirmed; below zero for a reversal (S18, S19)."""

    kind: str
    case_id: UUID
    claim_id: UUID
    payment_id: UUID
    person_id: UUID
    minor: int
    currency: str
    happened_at: datetime | None
    history: bool = False
    payer: str | None = None


def facts(recorded: Recorded) -> Sequence[MoneyFact]:
    """Return the lines of one event; a reversal voids the confirmation too."""
    fact = recorded.fact()
    match fact:
        case WagesPaid():
            line = _line("paid", fact, recorded, fact.amount.minor)
            return [replace(line, history=fact.history, payer=fact.payer)]
        case WageReceiptConfirmed():
            return [_line("confirmed", fact, recorded, fact.amount.minor)]
        case WagePaymentReversed():
            undone = ["paid"] + ["confirmed"] * fact.confirmed_before
            minor = -fact.amount.minor
            return [_line(kind, fact, recorded, minor) for kind in undone]
        case _:
            return []


Moved = WagesPaid | WageReceiptConfirmed | WagePaymentReversed


def _line(kind: str, fact: Moved, recorded: Recorded, minor: int) -> MoneyFact:
    return MoneyFact(
        kind=kind,
        case_id=fact.case_id,
        claim_id=fact.claim_id,
        payment_id=fact.payment_id,
        person_id=fact.person_id,
        minor=minor,
        currency=fact.amount.currency,
        happened_at=recorded.occurred_at,
    )


REGISTER = Register(
    name="money_fact",
    version=1,
    services=("enforcement",),
    row=MoneyFact,
    on=(WagesPaid, WagePaymentReversed, WageReceiptConfirmed),
    facts=facts,
    indexes=(index("case_id"), index("claim_id"), index("kind", "happened_at")),
)
