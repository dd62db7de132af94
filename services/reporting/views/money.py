"""Money of a claim, line by line: what was found owed, paid, confirmed, given up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.enforcement import (
    ClaimOrdered,
    ClaimWithdrawn,
    FactsVerified,
    WagePaymentDisputed,
    WagePaymentReversed,
    WageReceiptConfirmed,
    WagesPaid,
)
from libs.events.contracts.merging import (
    ClaimDuplicateLifted,
    ClaimMarkedDuplicate,
    ClaimMoved,
)
from libs.events.event import Event, Recorded
from libs.events.views.view import Register, index
from libs.money import Money


@dataclass(frozen=True)
class MoneyFact:
    """So many minor units of a claim, by `kind`.

    `paid` and `confirmed` add up, below zero where they were undone (S18, S19);
    `verified` and `ordered` say a whole amount anew; `withdrawn` says none, and so
    does `duplicate` until `counted`; `moved` names the case that it is in from then on.
    """

    kind: str
    case_id: UUID
    claim_id: UUID
    payment_id: UUID | None
    person_id: UUID | None
    minor: int
    currency: str
    happened_at: datetime | None
    history: bool = False
    payer: str | None = None


def facts(recorded: Recorded) -> Sequence[MoneyFact]:
    """Return the lines of one event; what is undone takes its confirmation along."""
    fact = recorded.fact()
    match fact:
        case WagesPaid():
            line = _moved("paid", fact, recorded, fact.amount.minor)
            return [replace(line, history=fact.history, payer=fact.payer)]
        case WageReceiptConfirmed():
            return [_moved("confirmed", fact, recorded, fact.amount.minor)]
        case WagePaymentReversed():
            undone = ["paid"] + ["confirmed"] * fact.confirmed_before
            minor = -fact.amount.minor
            return [_moved(kind, fact, recorded, minor) for kind in undone]
        case WagePaymentDisputed() if fact.confirmed_before:
            return [_moved("confirmed", fact, recorded, -fact.amount.minor)]
        case _:
            return _said(fact, recorded)


def _said(fact: Event, recorded: Recorded) -> Sequence[MoneyFact]:
    match fact:
        case FactsVerified():
            return [_stated("verified", fact, recorded, fact.verified)]
        case ClaimOrdered():
            return [_stated("ordered", fact, recorded, fact.amount)]
        case ClaimWithdrawn():
            return [_stated("withdrawn", fact, recorded, NOTHING)]
        case ClaimMarkedDuplicate():
            return [_stated("duplicate", fact, recorded, NOTHING)]
        case ClaimDuplicateLifted():
            return [_stated("counted", fact, recorded, NOTHING)]
        case ClaimMoved():
            return [_stated("moved", fact, recorded, NOTHING)]
        case _:
            return []


NOTHING = Money(minor=0, currency="CNY")
Moved = WagesPaid | WageReceiptConfirmed | WagePaymentReversed | WagePaymentDisputed
Stated = (
    FactsVerified
    | ClaimOrdered
    | ClaimWithdrawn
    | ClaimMarkedDuplicate
    | ClaimDuplicateLifted
    | ClaimMoved
)


def _moved(kind: str, fact: Moved, recorded: Recorded, minor: int) -> MoneyFact:
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


def _stated(kind: str, fact: Stated, recorded: Recorded, amount: Money) -> MoneyFact:
    return MoneyFact(
        kind=kind,
        case_id=fact.case_id,
        claim_id=fact.claim_id,
        payment_id=None,
        person_id=None,
        minor=amount.minor,
        currency=amount.currency,
        happened_at=recorded.occurred_at,
    )


REGISTER = Register(
    name="money_fact",
    version=1,
    services=("enforcement",),
    row=MoneyFact,
    on=(
        FactsVerified,
        ClaimOrdered,
        ClaimWithdrawn,
        ClaimMarkedDuplicate,
        ClaimDuplicateLifted,
        ClaimMoved,
        WagesPaid,
        WagePaymentReversed,
        WageReceiptConfirmed,
        WagePaymentDisputed,
    ),
    facts=facts,
    indexes=(index("case_id"), index("claim_id"), index("kind", "happened_at")),
)
