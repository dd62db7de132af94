"""Acts on claims that moved or are counted elsewhere; conclusions before and after."""

from random import Random

from libs.events.contracts.enforcement import CaseConcluded, WagesPaid
from libs.events.contracts.parts import Proof
from libs.ids import case_id, claim_id, named
from services.enforcement import known as enforcement_known
from services.enforcement.payment import ConfirmReceipt, RecordWagesPaid
from services.enforcement.verification import VerifyFacts
from services.routing import case
from services.routing.case import ReopenCase
from services.routing.transfer import AcceptTransfer, ProposeTransfer
from tests.unit.matters import yuan
from tests.unit.offices import WORKER, by
from tests.unit.three_services import World
from tests.unit.told_clues import (
    clue_id,
    conclude,
    events,
    link,
    register,
    reply,
    unlink,
)

A, B = (case_id(clue_id(name)) for name in "AB")
OF_A, OF_B, ALSO_B = (
    claim_id(clue_id("A"), 1),
    claim_id(clue_id("B"), 1),
    claim_id(clue_id("B"), 2),
)
PAYMENT = named("test-payment", "merged")


def settle(world: World) -> None:
    world.settle(Random(7).randrange)


def merged() -> World:
    """B went into A: its first claim counts in A's stead, the second by itself."""
    world = World(frozenset({"hear-event"}))
    register(world, "A", "LI", 7400)
    register(world, "B", "LI", 8000, 6200)
    settle(world)
    assert link(world, "B", "A", "LI", (1, 1)) is None
    settle(world)
    return world


def verify(case: object, claim: object, amount: int = 100) -> VerifyFacts:
    said = {"case_id": case, "claim_id": claim, "verified": yuan(amount)}
    return VerifyFacts.model_validate(said)


def pay(case: object, claim: object) -> RecordWagesPaid:
    said = {"case_id": case, "claim_id": claim, "payment_id": PAYMENT}
    money = {"amount": yuan(100), "payer": "employer", "proof": Proof(kind="slip")}
    return RecordWagesPaid.model_validate({**said, **money})


def test_a_duplicate_is_neither_verified_nor_paid() -> None:
    """The money is owed once: acts belong on the claim that counts."""
    world = merged()
    assert world.do("enforcement", verify(A, OF_B), by("LI")) == "claim-duplicate"
    assert world.do("enforcement", pay(A, OF_B), by("LI")) == "claim-duplicate"
    assert world.do("enforcement", verify(A, OF_A), by("LI")) is None


def test_a_moved_claim_is_acted_on_in_the_case_that_it_is_in() -> None:
    """Its partition key stays: the topic keeps its order (architecture §2)."""
    world = merged()
    assert world.do("enforcement", verify(A, ALSO_B), by("LI")) is None
    assert world.do("enforcement", pay(A, ALSO_B), by("LI")) is None
    (paid,) = (r for r in world.said if isinstance(r.fact(), WagesPaid))
    assert isinstance(paid.event, WagesPaid)
    assert (paid.event.case_id, paid.partition_key) == (A, str(B))


def test_a_workers_code_still_opens_a_claim_that_moved() -> None:
    """The code names the clue's own case; the word is said of the case now."""
    world = merged()
    world.do("enforcement", verify(A, ALSO_B), by("LI"))
    world.do("enforcement", pay(A, ALSO_B), by("LI"))
    said = {"case_id": B, "claim_id": ALSO_B, "payment_id": PAYMENT}
    confirm = ConfirmReceipt.model_validate({**said, "method": "worker_online"})
    assert world.do("enforcement", confirm, by(WORKER)) is None
    (found,) = events(world, "WageReceiptConfirmed")
    assert found.model_dump()["case_id"] == A
    elsewhere = confirm.model_copy(update={"case_id": case_id(OF_A)})
    assert world.do("enforcement", elsewhere, by(WORKER)) == "not-found"


def test_an_accepted_transfer_takes_the_merged_case_along() -> None:
    world = merged()
    ask = ProposeTransfer(
        case_id=A, transfer_id=named("t"), to_unit="DO", reason="industry"
    )
    assert world.do("routing", ask, by("LI")) is None
    assert world.do("routing", AcceptTransfer(case_id=A), by("DO")) is None
    assert world.state("routing", case.KIND, B).unit == "DO"


def test_who_was_answered_stays_answered_when_the_case_is_opened_again() -> None:
    """Only the surviving clue's author is owed a new answer."""
    world = merged()
    conclude(world, "A")
    reply(world, "A", "LI")
    reply(world, "B", "LI")
    settle(world)
    again = ReopenCase(case_id=A, reason="review")
    assert world.do("routing", again, by("LG")) is None
    settle(world)
    conclude(world, "A")
    settle(world)
    assert world.state("routing", case.KIND, A).closed is None
    assert reply(world, "A", "LI") is None
    settle(world)
    assert world.state("routing", case.KIND, A).closed == "paid"


def test_what_was_answered_while_merged_is_answered_anew_when_apart() -> None:
    """The answer told of another matter: the clue's own case owes one of its own."""
    world = merged()
    reply(world, "B", "LI")
    settle(world)
    unlink(world, "B", "LI")
    settle(world)
    conclude(world, "B")
    settle(world)
    assert world.state("routing", case.KIND, B).closed is None
    assert reply(world, "B", "LI") is None
    settle(world)
    assert world.state("routing", case.KIND, B).closed == "paid"


def test_a_case_that_was_only_merged_has_no_conclusion_that_fell() -> None:
    """What it is concluded with later stands: a dispute must find it."""
    world = merged()
    unlink(world, "B", "LI")
    settle(world)
    noted = world.state("enforcement", enforcement_known.KIND, B)
    assert (noted.closed, noted.merged, noted.reopened) == (False, False, 0)
    assert not any(isinstance(e, CaseConcluded) for e in events(world, "CaseConcluded"))
