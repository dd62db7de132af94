"""What enforcement says: claims, verification, filing, orders and the money."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.events.contracts.parts import (
    Code,
    Employer,
    Month,
    OrderLine,
    Project,
    Proof,
    Sha256,
    Text,
    WagePayer,
    YesNoUnknown,
)
from libs.events.event import Event
from libs.money import Amount


class ClaimOpened(Event, name="ClaimOpened"):
    """One worker's money against one employer; claimed, never overwritten.

    `roster_only`: a roster names the worker, who said nothing himself; `recorder_id`
    took it in. Stream `claim-<claim_id>`, partition key the case id, for ever.
    """

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    ordinal: int
    person_id: UUID
    employer: Employer
    project: Project | None = None
    claimed: Amount | None
    rural_migrant: YesNoUnknown = "unknown"
    months_from: Month | None = None
    months_to: Month | None = None
    roster_only: bool = False
    recorder_id: UUID | None = None
    history: bool = False


class ComplaintAccepted(Event, name="ComplaintAccepted"):
    """The complaint was accepted within five working days (LIR-IR 18).

    Stream `proceeding-<case_id>`.
    """

    case_id: UUID
    clue_id: UUID


class ComplaintRefused(Event, name="ComplaintRefused"):
    """The complaint was refused in writing, with reason and article (LIR-IR 18)."""

    case_id: UUID
    clue_id: UUID
    reason: Literal["older_than_two_years", "not_our_jurisdiction", "other_procedure"]
    article: Text


class FactsVerified(Event, name="FactsVerified"):
    """One worker's verified amount with its evidence; zero means no arrears.

    Stream `claim-`. `reviewer_id` is the second person, needed at the district only.
    """

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    verified: Amount
    evidence: tuple[Proof, ...]
    reviewer_id: UUID | None = None


class EvidenceAdded(Event, name="EvidenceAdded"):
    """A piece of evidence is kept: its bytes lie in the object store (F-2.3.3a).

    `media_type` is what the bytes themselves show, `size` in bytes. A picture is given
    out drawn anew, without its notes; `handed_in` is then the digest of the bytes as
    they came, kept as well. Stream `evidence-<case_id>`.
    """

    case_id: UUID
    kind: Code
    sha256: Sha256
    media_type: Text
    size: int
    handed_in: Sha256 | None = None


class FilingProposed(Event, name="FilingProposed"):
    """A street unit proposes that the district file the case (LIR 14)."""

    case_id: UUID
    by_unit: Code


class CaseFiled(Event, name="CaseFiled"):
    """The district filed the case 立案 with two officers (LIR 14, 16)."""

    case_id: UUID
    unit: Code
    officer_ids: tuple[UUID, ...]


class FilingDeclined(Event, name="FilingDeclined"):
    """The district declined to file, with reason and article (LIR-IR 18, LIR 21)."""

    case_id: UUID
    reason: Literal["too_old", "no_employer", "jurisdiction", "in_arbitration", "minor"]
    article: Text


class InvestigationCompleted(Event, name="InvestigationCompleted"):
    """The investigation ended (LIR 17): stops the sixty working days."""

    case_id: UUID


class PaymentOrdered(Event, name="PaymentOrdered"):
    """The district ordered payment by a date 责令限期支付 (LIR 26; WPR 42).

    Stream `proceeding-`; each worker's part is also `ClaimOrdered` on the claim.
    """

    case_id: UUID
    order_id: UUID
    pay_by: date
    lines: tuple[OrderLine, ...]
    liable: Employer | None = None


class ClaimOrdered(Event, name="ClaimOrdered"):
    """One worker's part of a payment order, on the claim."""

    claim_id: UUID
    case_id: UUID
    order_id: UUID
    amount: Amount


class DocumentServed(Event, name="DocumentServed"):
    """The order was served; clocks count from `served_on` (SPC3 4 for posting)."""

    case_id: UUID
    order_id: UUID
    served_on: date
    method: Literal["handed", "mailed", "posted", "electronic"]
    pay_by: date
    proof: Proof | None = None


class PaymentOrderSatisfied(Event, name="PaymentOrderSatisfied"):
    """The order was paid in full (stops CLK-10): a reaction to the payments.

    It occurred when the payment that completed the sum was made: `paid_at`. Said again
    when a payment entered later shows that it was completed earlier.
    """

    case_id: UUID
    order_id: UUID
    paid_at: datetime | None = None


class PaymentOrderUnsatisfied(Event, name="PaymentOrderUnsatisfied"):
    """The order is no longer paid in full, a payment was reversed: its term goes on.

    `expired`: its date was found missed before.
    """

    case_id: UUID
    order_id: UUID
    expired: bool = False


class PaymentOrderExpired(Event, name="PaymentOrderExpired"):
    """The order's date passed unpaid: a reaction to routing's missed CLK-10."""

    case_id: UUID
    order_id: UUID


class ClaimWithdrawn(Event, name="ClaimWithdrawn"):
    """The worker withdrew the claim; no total counts it any more."""

    claim_id: UUID
    case_id: UUID
    clue_id: UUID
    reason: Code


class WagesPaid(Event, name="WagesPaid"):
    """Wages were paid to one worker: source and proof; may exceed what is owed.

    `paid_at` is the envelope's own time, for rules, which fold without an envelope.
    """

    claim_id: UUID
    case_id: UUID
    payment_id: UUID
    person_id: UUID
    amount: Amount
    payer: WagePayer
    proof: Proof
    recorder_id: UUID
    history: bool = False
    paid_at: datetime | None = None


class WagePaymentReversed(Event, name="WagePaymentReversed"):
    """A payment did not stand; it voids its confirmation too."""

    claim_id: UUID
    case_id: UUID
    payment_id: UUID
    person_id: UUID
    amount: Amount
    confirmed_before: bool
    reason: Code


class WageReceiptConfirmed(Event, name="WageReceiptConfirmed"):
    """The worker has the money.

    Said by the worker, or taken down by another person than the recorder.
    """

    claim_id: UUID
    case_id: UUID
    payment_id: UUID
    person_id: UUID
    amount: Amount
    method: Literal["call", "sms", "signature", "worker_online"]


class WagePaymentDisputed(Event, name="WagePaymentDisputed"):
    """The worker says that the payment did not arrive; it voids its confirmation."""

    claim_id: UUID
    case_id: UUID
    payment_id: UUID
    person_id: UUID
    amount: Amount
    reason: Code
    confirmed_before: bool = False


class CaseConcluded(Event, name="CaseConcluded"):
    """The substance of the case is done: every claim is settled or ended."""

    case_id: UUID
    kind: Literal[
        "paid", "settled", "withdrawn", "unfounded", "time_barred", "other_forum",
        "referred_out", "rectified",
    ]  # fmt: skip
    by_district: bool


class CaseFactNoted(Event, name="EnforcementCaseFactNoted"):
    """Enforcement took in a fact of another service about a case.

    Stream `known-<case_id>`; never the stream that an If-Match names.
    """

    case_id: UUID
    fact: Literal[
        "opened", "owned", "proposed", "refused", "closed", "reopened",
        "clue_registered", "closed_not_wage",
    ]  # fmt: skip
    unit: Code | None = None
    clue_id: UUID | None = None
    kind: Code | None = None
    history: bool = False
    cause: UUID


class ClaimListed(Event, name="ClaimListed"):
    """A claim belongs to a case: enforcement's own list, on `known-<case_id>`."""

    case_id: UUID
    claim_id: UUID
