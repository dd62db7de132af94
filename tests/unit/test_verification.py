"""Verification: per worker, by who holds the case or the district."""

from typing import Any

import pytest

from libs.events.command import Command
from libs.events.contracts.enforcement import ClaimWithdrawn, FactsVerified
from libs.events.decider import NotVisible, NotYours, Rule
from libs.events.testing import given
from libs.ids import named
from services.enforcement.verification import (
    RULES,
    OpenClaim,
    VerifyFacts,
    WithdrawClaim,
)
from tests.unit.matters import (
    CASE,
    CLUE,
    EMPLOYER,
    ONE,
    held,
    line,
    listed,
    noted,
    opened,
    yuan,
)
from tests.unit.offices import SYSTEM, WORKER, by, listed_officers, officer

RULE: dict[type[Command], Rule[Any]] = {rule.command: rule for rule in RULES}
WITHDRAW = WithdrawClaim(case_id=CASE, claim_id=ONE, reason="paid-elsewhere")
WITHDRAWN = ClaimWithdrawn(
    case_id=CASE, claim_id=ONE, clue_id=CLUE, reason="paid-elsewhere"
)


def verify(**more: Any) -> VerifyFacts:
    said = {"case_id": CASE, "claim_id": ONE, "verified": yuan(100), **more}
    return VerifyFacts.model_validate({**said, "named": listed_officers()})


def test_a_complaint_opens_one_claim_a_worker_as_it_was_said() -> None:
    command = OpenClaim(
        case_id=CASE,
        clue_id=CLUE,
        claim_id=ONE,
        employer=EMPLOYER,
        worker=line(1, yuan(12_000)),
    )
    outcome = given().when(RULE[OpenClaim], command, by(SYSTEM))
    outcome.then(opened(claimed=yuan(12_000)), listed())
    held().when(RULE[OpenClaim], command, by(SYSTEM)).then_nothing()


@pytest.mark.parametrize("unit", ["LI", "DB"])
def test_who_holds_the_case_or_the_district_verifies(unit: str) -> None:
    reviewer = officer("DB", 2)
    outcome = held().when(RULE[VerifyFacts], verify(reviewer_id=reviewer), by(unit))
    (fact,) = outcome.events
    assert isinstance(fact, FactsVerified)
    assert (fact.verified, fact.clue_id) == (yuan(100), CLUE)


def test_the_district_needs_a_second_reviewer_and_the_street_does_not() -> None:
    """Architecture §6."""
    held().when(RULE[VerifyFacts], verify(), by("DB")).then_rejected("reviewer-needed")
    held().when(RULE[VerifyFacts], verify(), by("LI")).then_says("FactsVerified")


@pytest.mark.parametrize("reviewer", [officer("LI"), officer("HD"), CLUE])
def test_the_second_reviewer_is_of_the_district_brigade(reviewer: Any) -> None:
    command = verify(reviewer_id=reviewer)
    held().when(RULE[VerifyFacts], command, by("DB")).then_rejected(
        "officer-not-entitled"
    )


def test_nobody_reviews_himself() -> None:
    command = verify(reviewer_id=officer("DB"))
    held().when(RULE[VerifyFacts], command, by("DB")).then_rejected("same-person")


def test_a_unit_that_handed_the_case_on_verifies_no_more() -> None:
    outcome = held().when(RULE[VerifyFacts], verify(), by("LC"))
    assert isinstance(outcome.refusal, NotYours)


def test_a_unit_without_a_part_in_it_finds_no_claim() -> None:
    outcome = held().when(RULE[VerifyFacts], verify(), by("PO"))
    assert isinstance(outcome.refusal, NotVisible)


def test_nothing_is_verified_of_an_unknown_claim() -> None:
    command = verify(claim_id=named("test-claim", "unknown"))
    outcome = held().when(RULE[VerifyFacts], command, by("LI"))
    assert isinstance(outcome.refusal, NotVisible)


def test_a_withdrawn_claim_is_not_verified_any_more() -> None:
    story = held(one=(WITHDRAWN,))
    story.when(RULE[VerifyFacts], verify(), by("LI")).then_rejected("claim-withdrawn")


def test_another_currency_than_was_claimed_is_refused() -> None:
    command = verify(verified={"minor": 1, "currency": "USD"})
    held().when(RULE[VerifyFacts], command, by("LI")).then_rejected("currency-differs")


def test_a_closed_case_is_opened_again_before_anything_is_verified() -> None:
    closed = held(noted("closed"))
    closed.when(RULE[VerifyFacts], verify(), by("LI")).then_rejected("case-closed")
    again = held(noted("closed"), noted("reopened"))
    again.when(RULE[VerifyFacts], verify(), by("LI")).then_says("FactsVerified")


@pytest.mark.parametrize("unit", [WORKER, "LI", "DB"])
def test_the_worker_withdraws_or_who_handles_the_case_for_him(unit: str) -> None:
    held().when(RULE[WithdrawClaim], WITHDRAW, by(unit)).then(WITHDRAWN)


def test_another_office_withdraws_nothing() -> None:
    outcome = held().when(RULE[WithdrawClaim], WITHDRAW, by("LC"))
    assert isinstance(outcome.refusal, NotYours)


def test_a_claim_is_withdrawn_once() -> None:
    story = held(one=(WITHDRAWN,))
    story.when(RULE[WithdrawClaim], WITHDRAW, by(WORKER)).then_nothing()
