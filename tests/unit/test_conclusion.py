"""A case is concluded only when all its claims are done, by who is entitled to."""

from typing import Any

import pytest

from libs.events.contracts.enforcement import CaseConcluded, ClaimWithdrawn
from libs.events.decider import NotYours
from libs.events.event import Event
from libs.events.testing import Given, given
from services.enforcement import claim, known
from services.enforcement.conclusion import RULES, ConcludeCase
from tests.unit.matters import (
    CASE,
    CLUE,
    FILED,
    ONE,
    TWO,
    held,
    listed,
    noted,
    opened,
    ordered,
    paid,
    verified,
)
from tests.unit.offices import by, listed_officers, officer

(CONCLUDE,) = RULES
PAID = (verified(100), paid(100))
WITHDRAWN = ClaimWithdrawn(claim_id=ONE, case_id=CASE, clue_id=CLUE, reason="r")


def conclude(kind: str = "paid", **more: Any) -> ConcludeCase:
    said = {
        "case_id": CASE,
        "kind": kind,
        "reviewer_id": officer("LG"),
        "named": listed_officers(),
    }
    return ConcludeCase.model_validate({**said, **more})


def concluded(kind: str = "paid", *, by_district: bool = False) -> CaseConcluded:
    return CaseConcluded.model_validate(
        {"case_id": CASE, "kind": kind, "by_district": by_district}
    )


def two(*second: Event, one: tuple[Event, ...] = PAID) -> Given:
    story = held(listed(TWO), one=one)
    return story.given(claim.KIND, TWO, opened(TWO), *second)


def test_a_case_with_all_claims_paid_is_concluded() -> None:
    held(one=PAID).when(CONCLUDE, conclude(), by("LI")).then(concluded())


@pytest.mark.parametrize(
    "second",
    [
        (),
        (verified(50, TWO),),
        (verified(50, TWO), paid(49, 2, TWO)),
        (verified(50, TWO), ordered(60, TWO), paid(50, 2, TWO)),
    ],
)
def test_one_open_claim_keeps_the_case_open(second: tuple[Event, ...]) -> None:
    """Domain §5.3: the case is closed only by the claims."""
    outcome = two(*second).when(CONCLUDE, conclude(), by("LI"))
    outcome.then_rejected("claims-open")
    assert outcome.refusal is not None
    assert "1 人" in outcome.refusal.message


@pytest.mark.parametrize(
    "second",
    [
        (verified(0, TWO),),
        (verified(50, TWO), paid(80, 2, TWO)),
        (WITHDRAWN.model_copy(update={"claim_id": TWO}),),
    ],
)
def test_nothing_found_overpaid_or_withdrawn_is_done(second: tuple[Event, ...]) -> None:
    two(*second).when(CONCLUDE, conclude(), by("LI")).then(concluded())


def test_the_kind_says_what_happened() -> None:
    found = held(one=PAID)
    found.when(CONCLUDE, conclude("unfounded"), by("LI")).then_rejected("arrears-found")
    found.when(CONCLUDE, conclude("withdrawn"), by("LI")).then_rejected("not-withdrawn")
    nothing = held(one=(verified(0),))
    nothing.when(CONCLUDE, conclude("paid"), by("LI")).then_rejected("nothing-paid")
    nothing.when(CONCLUDE, conclude("unfounded"), by("LI")).then(concluded("unfounded"))
    gone = held(one=(WITHDRAWN,))
    gone.when(CONCLUDE, conclude("withdrawn"), by("LI")).then(concluded("withdrawn"))


def test_what_another_forum_decides_ends_here_with_open_claims() -> None:
    """Domain §5.3: ended by award, withdrawal or another forum."""
    said = conclude("other_forum")
    held().when(CONCLUDE, said, by("LI")).then(concluded("other_forum"))


def test_a_filed_case_is_concluded_by_the_district_alone() -> None:
    """Architecture §1, closing."""
    filed = held(one=PAID, proceeding_=(FILED,))
    outcome = filed.when(CONCLUDE, conclude(), by("LI"))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("brigade",)
    said = conclude(reviewer_id=None)
    filed.when(CONCLUDE, said, by("DB")).then(concluded(by_district=True))


@pytest.mark.parametrize("reviewer", [None, officer("LI")])
def test_the_street_concludes_with_a_second_persons_review(reviewer: Any) -> None:
    said = conclude(reviewer_id=reviewer)
    held(one=PAID).when(CONCLUDE, said, by("LI")).then_rejected("reviewer-needed")


@pytest.mark.parametrize("reviewer", [officer("LI", 2), officer("AU"), CLUE])
def test_the_review_is_the_leading_group_offices_and_nobody_elses(
    reviewer: Any,
) -> None:
    """Architecture §1, closing."""
    said = conclude(reviewer_id=reviewer)
    story = held(one=PAID)
    story.when(CONCLUDE, said, by("LI")).then_rejected("officer-not-entitled")


def test_a_unit_that_does_not_hold_the_case_does_not_conclude_it() -> None:
    outcome = held(one=PAID).when(CONCLUDE, conclude(), by("LC"))
    assert isinstance(outcome.refusal, NotYours)


def test_a_case_is_concluded_once_until_it_is_opened_again() -> None:
    before = (concluded(),)
    story = held(one=PAID, proceeding_=before)
    story.when(CONCLUDE, conclude(), by("LI")).then_rejected("concluded-already")
    closed = held(noted("closed"), one=PAID, proceeding_=before)
    closed.when(CONCLUDE, conclude(), by("LI")).then_rejected("case-closed")
    notes = (noted("closed"), noted("reopened"))
    again = held(*notes, one=PAID, proceeding_=before)
    again.when(CONCLUDE, conclude(), by("LI")).then(concluded())


def test_a_case_reopened_after_not_wages_is_concluded_like_any_other() -> None:
    notes = (noted("closed_not_wage"), noted("closed"), noted("reopened"))
    story = held(*notes, one=PAID)
    story.when(CONCLUDE, conclude(), by("LI")).then(concluded())
    after = held(*notes, one=PAID, proceeding_=(concluded(),))
    after.when(CONCLUDE, conclude(), by("LI")).then_rejected("concluded-already")


def test_a_report_without_workers_is_concluded_as_rectified() -> None:
    """S2 of the campaign: no claim, nothing owed."""
    story = given(known.KIND, CASE, noted("opened", "LI"))
    said = conclude("rectified")
    story.when(CONCLUDE, said, by("LI")).then(concluded("rectified"))
    story.when(CONCLUDE, conclude("paid"), by("LI")).then_rejected("nothing-paid")
