"""The words in which deciders are tested say no when they should."""

from uuid import UUID, uuid4

import pytest

from libs.events.contracts.enforcement import ClaimListed
from libs.events.decider import Kind, Rule
from libs.events.event import Event
from libs.events.testing import folded, given, stamp
from tests.claim_list import CASE, COPY, KNOWN, LIST, CopyList, ListClaim, accepted

CASE_ID, CLAIM_ID = UUID(int=1), UUID(int=2)
LISTED = ClaimListed(case_id=CASE_ID, claim_id=CLAIM_ID)
COMMAND = ListClaim(case_id=CASE_ID, claim_id=CLAIM_ID)


def test_what_follows_is_compared() -> None:
    given().when(LIST, COMMAND).then(LISTED).then_says("ClaimListed")
    with pytest.raises(AssertionError):
        given().when(LIST, COMMAND).then()
    with pytest.raises(AssertionError):
        given().when(LIST, COMMAND).then_says("ClaimOpened")


def test_what_was_recorded_before_counts() -> None:
    given(KNOWN, CASE_ID, LISTED).when(LIST, COMMAND).then_nothing()
    with pytest.raises(AssertionError):
        given().when(LIST, COMMAND).then_nothing()


def test_a_refusal_is_told_by_its_code() -> None:
    wrong = ListClaim(case_id=CASE_ID, claim_id=CASE_ID)
    refused = given().when(LIST, wrong, stamp(role="grid"))
    refused.then_rejected("no-claim")
    with pytest.raises(AssertionError):
        refused.then_rejected("another-code")
    with pytest.raises(AssertionError):
        refused.then(LISTED)
    with pytest.raises(AssertionError):
        given().when(LIST, COMMAND).then_rejected("no-claim")


def test_streams_that_a_state_names_are_read() -> None:
    copy = uuid4()
    new = accepted(CLAIM_ID)
    before = given(KNOWN, CASE_ID, LISTED).given(CASE, CLAIM_ID, new.event)
    command = CopyList(case_id=copy, other_id=CASE_ID)
    before.when(COPY, command).then(ClaimListed(case_id=copy, claim_id=CLAIM_ID))


def test_writing_what_was_not_read_is_found() -> None:
    rule = Rule(ListClaim, lambda _: [], lambda *_: [accepted(CLAIM_ID)])
    with pytest.raises(AssertionError, match="not read"):
        given().when(rule, COMMAND)


def test_a_fold_that_depends_on_where_it_was_cut_is_found() -> None:
    memory: list[int] = []

    def forgetful(state: int, _: Event) -> int:
        memory.append(1)
        return state + len(memory)

    with pytest.raises(AssertionError, match="differs"):
        folded(Kind("known", 0, forgetful), [LISTED, LISTED])
