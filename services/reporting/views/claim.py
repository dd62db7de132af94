"""Claims as they stand: five amounts that never overwrite each other, and payments."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.enforcement import (
    ClaimOpened,
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
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class PaymentLine:
    """One payment of a claim, in minor units, and how it stands."""

    payment_id: UUID
    minor: int
    payer: str
    proof: str
    recorder_id: UUID
    paid_at: datetime | None
    state: str = "paid"


@dataclass(frozen=True)
class ClaimRow:
    """One worker's claim, in minor units of its currency; None is unknown.

    `payable` is the latest in force of order and verified; `unpaid` and `overpaid`
    follow from it and are unknown where it is. `counted`: in the totals, neither given
    up nor, with `duplicate_of`, counted in another one's stead.
    """

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    person_id: UUID
    ordinal: int
    employer_id: UUID
    employer_name: str | None
    project_name: str | None
    rural_migrant: str
    months_from: str | None
    months_to: str | None
    history: bool
    roster_only: bool
    currency: str
    opened_at: datetime | None
    claimed: int | None
    verified: int | None = None
    ordered: int | None = None
    payable: int | None = None
    paid: int = 0
    confirmed: int = 0
    unpaid: int | None = None
    overpaid: int | None = None
    withdrawn: bool = False
    duplicate_of: UUID | None = None
    counted: bool = True
    payments: tuple[PaymentLine, ...] = ()


def evolve(row: ClaimRow | None, recorded: Recorded) -> ClaimRow | None:
    """Fold one event of a claim's stream."""
    fact = recorded.fact()
    match fact:
        case ClaimOpened():
            return _opened(fact, recorded)
        case _ if row is None:
            return None
        case FactsVerified():
            return _settled(replace(row, verified=fact.verified.minor))
        case ClaimOrdered():
            return _settled(replace(row, ordered=fact.amount.minor))
        case ClaimWithdrawn():
            return replace(row, withdrawn=True, counted=False)
        case ClaimMoved() | ClaimMarkedDuplicate() | ClaimDuplicateLifted():
            return _merged(row, fact)
        case _:
            return _moved(row, recorded)


def _merged(
    row: ClaimRow, fact: ClaimMoved | ClaimMarkedDuplicate | ClaimDuplicateLifted
) -> ClaimRow:
    match fact:
        case ClaimMoved():
            return replace(row, case_id=fact.case_id)
        case ClaimMarkedDuplicate():
            return replace(row, duplicate_of=fact.of_claim_id, counted=False)
        case ClaimDuplicateLifted():
            return replace(row, duplicate_of=None, counted=not row.withdrawn)


def _moved(row: ClaimRow, recorded: Recorded) -> ClaimRow:
    fact = recorded.fact()
    match fact:
        case WagesPaid():
            return _paid(row, fact, recorded)
        case WageReceiptConfirmed():
            return _marked(row, fact.payment_id, "confirmed")
        case WagePaymentDisputed():
            return _marked(row, fact.payment_id, "disputed")
        case WagePaymentReversed():
            return _marked(row, fact.payment_id, "reversed")
        case _:
            return row


def _opened(fact: ClaimOpened, recorded: Recorded) -> ClaimRow:
    return ClaimRow(
        claim_id=fact.claim_id,
        case_id=fact.case_id,
        clue_id=fact.clue_id,
        person_id=fact.person_id,
        ordinal=fact.ordinal,
        employer_id=fact.employer.employer_id,
        employer_name=fact.employer.name,
        project_name=fact.project.name if fact.project else None,
        rural_migrant=fact.rural_migrant,
        months_from=fact.months_from,
        months_to=fact.months_to,
        history=fact.history,
        roster_only=fact.roster_only,
        currency=fact.claimed.currency if fact.claimed else "CNY",
        opened_at=recorded.occurred_at,
        claimed=fact.claimed.minor if fact.claimed else None,
    )


def _paid(row: ClaimRow, fact: WagesPaid, recorded: Recorded) -> ClaimRow:
    line = PaymentLine(
        payment_id=fact.payment_id,
        minor=fact.amount.minor,
        payer=fact.payer,
        proof=fact.proof.kind,
        recorder_id=fact.recorder_id,
        paid_at=recorded.occurred_at,
    )
    # A row of history may name no amount but the paid one: its currency counts then.
    currency = row.currency if row.claimed is not None else fact.amount.currency
    lines = (*row.payments, line)
    return _settled(replace(row, payments=lines, currency=currency))


def _marked(row: ClaimRow, payment_id: UUID, state: str) -> ClaimRow:
    lines = tuple(
        replace(line, state=state) if line.payment_id == payment_id else line
        for line in row.payments
    )
    return _settled(replace(row, payments=lines))


def _settled(row: ClaimRow) -> ClaimRow:
    standing = [line for line in row.payments if line.state != "reversed"]
    paid = sum(line.minor for line in standing)
    confirmed = sum(line.minor for line in standing if line.state == "confirmed")
    payable = row.verified if row.ordered is None else row.ordered
    row = replace(row, payable=payable, paid=paid, confirmed=confirmed)
    if payable is None:
        return row
    over = paid - payable
    return replace(row, unpaid=max(0, -over), overpaid=max(0, over))


VIEW = View(
    name="claim",
    version=2,
    services=("enforcement",),
    row=ClaimRow,
    on=(
        ClaimOpened,
        FactsVerified,
        ClaimOrdered,
        ClaimWithdrawn,
        ClaimMoved,
        ClaimMarkedDuplicate,
        ClaimDuplicateLifted,
        WagesPaid,
        WagePaymentReversed,
        WageReceiptConfirmed,
        WagePaymentDisputed,
    ),
    evolve=evolve,
    indexes=(
        index("case_id", history=True),
        index("claim_id", history=True),
        index("person_id"),
        index("employer_id"),
    ),
)
