"""What grading looks at: one row for each stream that tells something of an employer.

Cases and their claims, orders not obeyed, signals, names, early warnings, and who was
graded. One table, so that one consumer reads it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from unicodedata import normalize
from uuid import UUID

from libs.events.contracts.channels import (
    RiskSignalReceived,
    SignalDismissed,
    SignalLinkedToClue,
)
from libs.events.contracts.duties import EarlyWarningAcknowledged, EarlyWarningIssued
from libs.events.contracts.enforcement import (
    ClaimOpened,
    ClaimOrdered,
    ClaimWithdrawn,
    FactsVerified,
    PaymentOrderExpired,
    PaymentOrderSatisfied,
    PaymentOrderUnsatisfied,
    WagePaymentReversed,
    WagesPaid,
)
from libs.events.contracts.intake import ClueRegistered, HistoryImported
from libs.events.contracts.merging import (
    ClaimDuplicateLifted,
    ClaimMarkedDuplicate,
    ClaimMoved,
)
from libs.events.contracts.risk import RiskAssessed
from libs.events.contracts.routing import (
    CaseAdopted,
    CaseClosed,
    CaseOpened,
    CaseReopened,
)
from libs.events.event import Event, Recorded
from libs.events.views.view import View, index
from libs.money import Money

CNY = "CNY"
MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True)
class RiskSource:
    """One stream; which columns mean something depends on `kind`.

    `counts`: a live case, a claim in the totals, a signal not dismissed, a warning that
    its unit confirmed and has not rectified (what an office says alone is no fact).
    `ended`: how a case closed, or that a claim was withdrawn. `owed` and `paid` in fen;
    `owed` None: unknown, or of another currency. `expired`: the orders of a case whose
    date passed and that are not paid. `part`: split off another case.
    """

    kind: Literal["case", "claim", "orders", "signal", "name", "warning", "graded"]
    employer_id: UUID | None = None
    case_id: UUID | None = None
    clue_id: UUID | None = None
    person_id: UUID | None = None
    name_key: str | None = None
    signal: str | None = None
    at: datetime | None = None
    counts: bool = True
    ended: str | None = None
    part: bool = False
    months: int | None = None
    owed: int | None = None
    ordered: bool = False
    paid: int = 0
    expired: tuple[str, ...] = ()


def key_of(name: str | None) -> str | None:
    """Return what names of one employer share: width and case are none."""
    return normalize("NFKC", name).casefold().strip() if name else None


def evolve(row: RiskSource | None, recorded: Recorded) -> RiskSource | None:
    """Fold one event into its stream's row."""
    fact = recorded.fact()
    begun = _begun(fact, recorded.occurred_at)
    if begun is not None:
        return begun
    if isinstance(fact, _ORDERS):
        return _orders(row, fact)
    if row is None:
        return None
    for told in (_of_word, _of_case, _of_claim, _of_money):
        row = told(row, fact)
    return row


def _begun(fact: Event, at: datetime | None) -> RiskSource | None:
    """Return the first row of a stream; None when the event is not its first."""
    match fact:
        case CaseOpened():
            return RiskSource(
                "case",
                fact.employer_id,
                fact.case_id,
                fact.clue_id,
                at=at,
                counts=not fact.history,
                part=fact.split_from is not None,
            )
        case ClaimOpened():
            return _claim(fact)
        case RiskSignalReceived():
            name = key_of(fact.employer_name)
            return RiskSource("signal", name_key=name, signal=fact.signal)
        case ClueRegistered() | HistoryImported():
            name, employer = key_of(fact.employer.name), fact.employer.employer_id
            return RiskSource("name", employer, clue_id=fact.clue_id, name_key=name)
        case EarlyWarningIssued(employer_id=UUID()):
            return RiskSource("warning", fact.employer_id, counts=False)
        case RiskAssessed():
            return RiskSource("graded", fact.employer_id)
        case _:
            return None


def _claim(fact: ClaimOpened) -> RiskSource:
    return RiskSource(
        "claim",
        fact.employer.employer_id,
        fact.case_id,
        fact.clue_id,
        fact.person_id,
        months=_months(fact.months_from, fact.months_to),
        owed=_fen(fact.claimed),
    )


def _months(first: str | None, last: str | None) -> int | None:
    """Return how many months two of them span, both included; one alone is one."""
    said = [one for one in (first, last) if one is not None]
    if not said:
        return None
    numbers = [int(one[:4]) * MONTHS_OF_A_YEAR + int(one[5:]) for one in said]
    return max(numbers) - min(numbers) + 1


def _fen(amount: Money | None) -> int | None:
    return amount.minor if amount is not None and amount.currency == CNY else None


_ORDERS = (PaymentOrderExpired, PaymentOrderSatisfied, PaymentOrderUnsatisfied)


def _orders(row: RiskSource | None, fact: Event) -> RiskSource | None:
    match fact:
        case PaymentOrderExpired() | PaymentOrderUnsatisfied(expired=True):
            expired = {str(fact.order_id)}
            held = row or RiskSource("orders", case_id=fact.case_id)
            return replace(held, expired=tuple(sorted(expired | {*held.expired})))
        case PaymentOrderSatisfied() if row is not None:
            left = [one for one in row.expired if one != str(fact.order_id)]
            return replace(row, expired=tuple(left))
        case _:
            return row


def _of_word(row: RiskSource, fact: Event) -> RiskSource:
    match fact:
        case SignalDismissed():
            return replace(row, counts=False)
        case SignalLinkedToClue():
            return replace(row, clue_id=fact.clue_id)
        case EarlyWarningAcknowledged():
            return replace(row, counts=fact.result == "rectifying")
        case _:
            return row


def _of_case(row: RiskSource, fact: Event) -> RiskSource:
    match fact:
        case CaseAdopted():
            return replace(row, counts=True)
        case CaseClosed():
            return replace(row, ended=fact.kind)
        case CaseReopened():
            return replace(row, ended=None)
        case _:
            return row


def _of_claim(row: RiskSource, fact: Event) -> RiskSource:
    match fact:
        case ClaimMoved():
            return replace(row, case_id=fact.case_id)
        case ClaimWithdrawn():
            return replace(row, counts=False, ended="withdrawn")
        case ClaimMarkedDuplicate():
            return replace(row, counts=False)
        case ClaimDuplicateLifted():
            return replace(row, counts=row.ended is None)
        case _:
            return row


def _of_money(row: RiskSource, fact: Event) -> RiskSource:
    match fact:
        case FactsVerified() if not row.ordered:
            return replace(row, owed=_fen(fact.verified))
        case ClaimOrdered():
            return replace(row, owed=_fen(fact.amount), ordered=True)
        case WagesPaid():
            return replace(row, paid=row.paid + (_fen(fact.amount) or 0))
        case WagePaymentReversed():
            return replace(row, paid=row.paid - (_fen(fact.amount) or 0))
        case _:
            return row


VIEW = View(
    name="risk_source",
    version=1,
    services=("intake", "routing", "enforcement"),
    row=RiskSource,
    on=(
        CaseOpened,
        CaseAdopted,
        CaseClosed,
        CaseReopened,
        ClaimOpened,
        ClaimMoved,
        ClaimWithdrawn,
        ClaimMarkedDuplicate,
        ClaimDuplicateLifted,
        FactsVerified,
        ClaimOrdered,
        WagesPaid,
        WagePaymentReversed,
        *_ORDERS,
        RiskSignalReceived,
        SignalDismissed,
        SignalLinkedToClue,
        ClueRegistered,
        HistoryImported,
        EarlyWarningIssued,
        EarlyWarningAcknowledged,
        RiskAssessed,
    ),
    evolve=evolve,
    indexes=(
        index("kind", "employer_id"),
        index("kind", "case_id"),
        index("kind", "name_key"),
        index("clue_id"),
    ),
)
