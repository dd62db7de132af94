"""One matter of the rules' tests: its clue, case, two claims, and events about them."""

from datetime import datetime
from uuid import UUID

from libs import ids
from libs.events.contracts.clocks import RulebookAdopted
from libs.events.contracts.enforcement import CaseFactNoted as EnforcementNoted
from libs.events.contracts.enforcement import (
    CaseFiled,
    ClaimListed,
    ClaimOpened,
    ClaimOrdered,
    FactsVerified,
    PaymentOrdered,
    WagesPaid,
)
from libs.events.contracts.parts import Employer, OrderLine, Proof, WorkerLine
from libs.events.contracts.routing import (
    CaseAssigned,
    CaseOpened,
    CaseTransferred,
    OwnershipRuled,
    TransferProposed,
    TransferRefused,
)
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.money import Money
from services.enforcement import claim, known, proceeding
from services.routing import case, rulebook
from services.routing.seeding import books
from tests.unit.offices import officer

CLUE = ids.clue_id("310199000000", "12345", "1")
CASE = ids.case_id(CLUE)
ONE, TWO = (ids.claim_id(CLUE, ordinal) for ordinal in (1, 2))
ORDER = ids.named("test-order", CASE)
EMPLOYER = Employer(
    employer_id=ids.employer_id("s", None, "e"), name="演示甲餐饮有限公司（虚构）"
)
OTHER_CASE = ids.case_id(ONE)
OPENED = CaseOpened(
    case_id=CASE,
    clue_id=CLUE,
    first_asked_unit="LC",
    channel="12345",
    employer_id=EMPLOYER.employer_id,
)
ASSIGNED = CaseAssigned(case_id=CASE, unit="LC")
BOOKS = books()


def yuan(whole: int) -> Money:
    """Return whole yuan."""
    return Money(minor=whole * 100, currency="CNY")


def adopted(book: rulebook.Book) -> RulebookAdopted:
    """Return the adoption of a book as the data files say it."""
    said = {"book": book, "version": "test", "files": dict(BOOKS[book])}
    days = {"known_on": "2023-11-10", "in_force_from": "2023-11-10"}
    return RulebookAdopted.model_validate(said | days)


def routed(*more: Event) -> Given:
    """Begin with the opened case, owned by the centre, and the rulebooks."""
    start = given(case.KIND, CASE, OPENED, ASSIGNED, *more)
    for book in ("clocks", "calendar", "organisation"):
        start = start.given(rulebook.KIND, rulebook.book_id(book), adopted(book))
    return start


def transfer(number: int) -> UUID:
    """Return the id of the n-th transfer."""
    return ids.named("test-transfer", number)


def proposed(number: int, from_unit: str, to_unit: str) -> TransferProposed:
    """Return a proposal."""
    return TransferProposed(
        case_id=CASE,
        transfer_id=transfer(number),
        from_unit=from_unit,
        to_unit=to_unit,
        reason="industry",
    )


def moved(number: int, from_unit: str, to_unit: str) -> list[Event]:
    """Return a transfer that was received: the n-th hop."""
    received = CaseTransferred(
        case_id=CASE,
        transfer_id=transfer(number),
        from_unit=from_unit,
        to_unit=to_unit,
        hop=number,
        reason="industry",
        article=None,
    )
    return [proposed(number, from_unit, to_unit), received]


def refused(number: int, from_unit: str, to_unit: str) -> list[Event]:
    """Return a transfer that was refused."""
    back = TransferRefused(
        case_id=CASE,
        transfer_id=transfer(number),
        from_unit=from_unit,
        refused_by=to_unit,
        reason="industry",
        article="WPR 7",
    )
    return [proposed(number, from_unit, to_unit), back]


def ruled(from_unit: str, to_unit: str) -> OwnershipRuled:
    """Return a ruling of the leading-group office."""
    return OwnershipRuled(
        case_id=CASE, from_unit=from_unit, to_unit=to_unit, article="XF 24"
    )


def line(ordinal: int, claimed: Money | None) -> WorkerLine:
    """Return a worker's line of a complaint."""
    person = ids.named("test-person", ordinal)
    return WorkerLine(ordinal=ordinal, person_id=person, claimed=claimed)


def opened(claim_id: UUID = ONE, claimed: Money | None = None) -> ClaimOpened:
    """Return a claim as it was opened."""
    ordinal = 1 if claim_id == ONE else 2
    return ClaimOpened(
        claim_id=claim_id,
        case_id=CASE,
        clue_id=CLUE,
        ordinal=ordinal,
        person_id=ids.named("test-person", ordinal),
        employer=EMPLOYER,
        claimed=claimed,
    )


def verified(amount: int, claim_id: UUID = ONE) -> FactsVerified:
    """Return a verification."""
    return FactsVerified(
        claim_id=claim_id,
        case_id=CASE,
        clue_id=CLUE,
        verified=yuan(amount),
        evidence=(Proof(kind="wage-sheet"),),
    )


def ordered(amount: int, claim_id: UUID = ONE) -> ClaimOrdered:
    """Return a worker's part of the order."""
    return ClaimOrdered(
        claim_id=claim_id, case_id=CASE, order_id=ORDER, amount=yuan(amount)
    )


def order(**amounts: int) -> PaymentOrdered:
    """Return the order of 2023-11-27, to pay by 2023-12-11."""
    claims = {"one": ONE, "two": TWO}
    lines = tuple(
        OrderLine(claim_id=claims[name], amount=yuan(amount))
        for name, amount in amounts.items()
    )
    return PaymentOrdered.model_validate(
        {"case_id": CASE, "order_id": ORDER, "pay_by": "2023-12-11", "lines": lines}
    )


def payment(number: int) -> UUID:
    """Return the id of the n-th payment."""
    return ids.named("test-payment", number)


def paid(
    amount: int,
    number: int = 1,
    claim_id: UUID = ONE,
    recorder: UUID | None = None,
    at: datetime | None = None,
) -> WagesPaid:
    """Return a payment that the inspection recorded, unless another did."""
    return WagesPaid(
        claim_id=claim_id,
        case_id=CASE,
        payment_id=payment(number),
        person_id=ids.named("test-person", 1),
        amount=yuan(amount),
        payer="employer",
        proof=Proof(kind="bank-receipt"),
        recorder_id=recorder or officer("LI"),
        paid_at=at,
    )


TWO_OFFICERS = (officer("DB"), officer("DB", 2))
FILED = CaseFiled(case_id=CASE, unit="DB", officer_ids=TWO_OFFICERS)


def noted(fact: str, unit: str | None = None) -> EnforcementNoted:
    """Return what enforcement noted of routing."""
    said = {"case_id": CASE, "fact": fact, "unit": unit, "cause": CLUE}
    return EnforcementNoted.model_validate(said)


def listed(claim_id: UUID = ONE) -> ClaimListed:
    """Return a claim's place in its case."""
    return ClaimListed(case_id=CASE, claim_id=claim_id)


def held(
    *notes: Event, one: tuple[Event, ...] = (), proceeding_: tuple[Event, ...] = ()
) -> Given:
    """Begin enforcement's side: the inspection holds the case with one open claim."""
    start = given(
        known.KIND, CASE, noted("opened", "LC"), noted("owned", "LI"), listed(), *notes
    )
    start = start.given(claim.KIND, ONE, opened(claimed=yuan(12_000)), *one)
    return start.given(proceeding.KIND, CASE, *proceeding_)
