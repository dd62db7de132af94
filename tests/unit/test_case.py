"""A case opens with its clue, closes when all owed is done, and opens again."""

from datetime import datetime
from typing import Any, Literal

import pytest

from libs.events.contracts.routing import (
    CaseAssigned,
    CaseClosed,
    CaseFactNoted,
    CaseReopened,
)
from libs.events.decider import NotVisible, NotYours
from libs.events.event import Event
from libs.events.testing import Given, Outcome, given
from services.routing import case, known
from services.routing.case import RULES, OpenCase, ReopenCase
from services.routing.noting import RULES as NOTING
from services.routing.noting import NoteFact
from tests.unit.matters import CASE, CLUE, EMPLOYER, ONE, moved, routed
from tests.unit.offices import SYSTEM, by, on

OPEN, REOPEN = RULES
NOTE = NOTING[0]
PAID = CaseClosed(case_id=CASE, kind="paid")
REOPENED = CaseReopened(case_id=CASE, reason="review")


def opening(**more: Any) -> OpenCase:
    said = {
        "case_id": CASE,
        "clue_id": CLUE,
        "first_asked_unit": "LC",
        "channel": "12345",
        "employer_id": EMPLOYER.employer_id,
    }
    return OpenCase.model_validate(said | more)


def fact(name: str, at: datetime, kind: str | None = None) -> NoteFact:
    said = {"case_id": CASE, "fact": name, "subject": CLUE, "cause": ONE, "at": at}
    return NoteFact.model_validate(said | {"kind": kind})


def knowing(story: Given, outcome: Outcome) -> Given:
    """Go on with what an outcome wrote on either stream."""
    for new in outcome.new:
        kind = known.KIND if new.stream.startswith("known") else case.KIND
        story = story.given(kind, CASE, new.event)
    return story


def names(outcome: Outcome) -> list[str]:
    return [event.name for event in outcome.events]


def test_a_case_is_opened_with_an_owner_in_the_same_append() -> None:
    """Domain §5.9, 1: owner-less seconds = 0."""
    opened = given().when(OPEN, opening(), by(SYSTEM))
    opened.then_says("CaseOpened", "CaseAssigned")
    assert {new.stream for new in opened.new} == {case.KIND.stream(CASE)}
    assert opened.events[1] == CaseAssigned(case_id=CASE, unit="LC")


def test_a_clue_that_is_heard_twice_opens_one_case() -> None:
    routed().when(OPEN, opening(), by(SYSTEM)).then_nothing()


def test_a_closed_row_of_history_opens_and_closes_in_one_append() -> None:
    """Architecture §4: history is fact, not request."""
    story = given().when(OPEN, opening(history=True, closed="settled"), by(SYSTEM))
    story.then_says("CaseOpened", "CaseAssigned", "CaseClosed")
    assert all(getattr(event, "history", False) for event in story.events)


def test_an_open_row_of_history_has_an_owner_and_no_end() -> None:
    story = given().when(OPEN, opening(history=True), by(SYSTEM))
    story.then_says("CaseOpened", "CaseAssigned")


Order = Literal["conclusion first", "answer first"]


@pytest.mark.parametrize("first", ["conclusion first", "answer first"])
def test_a_case_closes_on_the_later_of_conclusion_and_answer(first: Order) -> None:
    """Architecture §1, closing: each in its turn, and the later day counts."""
    concluded = fact("concluded", on(12, 12), "paid")
    answered = fact("answered", on(12, 8))
    steps = [concluded, answered]
    if first == "answer first":
        steps.reverse()
    story = routed()
    one = story.when(NOTE, steps[0], by(SYSTEM))
    assert names(one) == ["RoutingCaseFactNoted"]
    two = knowing(story, one).when(NOTE, steps[1], by(SYSTEM))
    assert names(two) == ["RoutingCaseFactNoted", "CaseClosed"]
    assert two.events[1] == PAID
    assert two.new[1].occurred_at == on(12, 12)


def test_a_finding_that_nobody_can_be_answered_counts_as_the_answer() -> None:
    story = routed()
    story = knowing(story, story.when(NOTE, fact("concluded", on(12, 12), "paid")))
    last = story.when(NOTE, fact("unanswerable", on(12, 13), "anonymous"))
    assert names(last)[1:] == ["CaseClosed"]


def test_an_answer_alone_closes_nothing() -> None:
    outcome = routed().when(NOTE, fact("answered", on(12, 8)), by(SYSTEM))
    assert names(outcome) == ["RoutingCaseFactNoted"]


def test_what_is_not_wages_closes_once_the_channel_was_advised() -> None:
    """F-2.2.2b, F-2.2.3c."""
    said = fact("closed_not_wage", on(12, 19), "project_price")
    outcome = routed().when(NOTE, said, by(SYSTEM))
    assert outcome.events[1] == CaseClosed(case_id=CASE, kind="not_wage")


def test_a_closed_case_is_not_closed_again() -> None:
    story = routed(PAID)
    outcome = story.when(NOTE, fact("closed_not_wage", on(12, 19)), by(SYSTEM))
    assert names(outcome) == ["RoutingCaseFactNoted"]


def concluded_and_answered() -> Given:
    story = routed()
    for step in (fact("concluded", on(12, 12), "paid"), fact("answered", on(12, 12))):
        story = knowing(story, story.when(NOTE, step, by(SYSTEM)))
    return story


def test_a_reopened_case_owes_a_new_conclusion_and_a_new_answer() -> None:
    story = concluded_and_answered()
    again = story.when(REOPEN, ReopenCase(case_id=CASE, reason="review"), by("LC"))
    again.then_says("CaseReopened", "RoutingCaseFactNoted")
    story = knowing(story, again)
    answered = story.when(NOTE, fact("answered", on(12, 20)), by(SYSTEM))
    assert names(answered) == ["RoutingCaseFactNoted"]
    last = knowing(story, answered).when(NOTE, fact("concluded", on(12, 21), "paid"))
    assert names(last) == ["RoutingCaseFactNoted", "CaseClosed"]


def test_a_reversed_payment_opens_a_closed_case_again() -> None:
    """Domain §5.3."""
    command = ReopenCase(case_id=CASE, reason="reversal")
    again = concluded_and_answered().when(REOPEN, command, by(SYSTEM))
    again.then_says("CaseReopened", "RoutingCaseFactNoted")


def test_a_reversal_before_the_end_lifts_the_conclusion() -> None:
    """Else the answer would close a case whose money went back."""
    story = routed()
    story = knowing(story, story.when(NOTE, fact("concluded", on(12, 12), "paid")))
    lifted = story.when(REOPEN, ReopenCase(case_id=CASE, reason="reversal"), by(SYSTEM))
    lifted.then_says("RoutingCaseFactNoted")
    story = knowing(story, lifted)
    answered = story.when(NOTE, fact("answered", on(12, 14)), by(SYSTEM))
    assert names(answered) == ["RoutingCaseFactNoted"]


def test_a_reversal_in_an_open_case_says_nothing_to_routing() -> None:
    command = ReopenCase(case_id=CASE, reason="reversal")
    routed().when(REOPEN, command, by(SYSTEM)).then_nothing()


def test_an_open_case_is_not_opened_again() -> None:
    command = ReopenCase(case_id=CASE, reason="review")
    routed().when(REOPEN, command, by("LC")).then_rejected("case-open")


@pytest.mark.parametrize("unit", ["LC", "LG", "DB"])
def test_the_holder_the_district_and_the_office_reopen(unit: str) -> None:
    command = ReopenCase(case_id=CASE, reason="dissatisfied")
    routed(PAID).when(REOPEN, command, by(unit)).then_says(
        "CaseReopened", "RoutingCaseFactNoted"
    )


def test_another_party_does_not_reopen_and_is_told_who_may() -> None:
    command = ReopenCase(case_id=CASE, reason="review")
    outcome = routed(*moved(1, "LC", "LI"), PAID).when(REOPEN, command, by("LC"))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("LI",)


@pytest.mark.parametrize("unit", ["DO", "PO", "R1", "PS"])
def test_a_unit_that_has_no_part_in_a_case_finds_none(unit: str) -> None:
    command = ReopenCase(case_id=CASE, reason="review")
    outcome = routed(PAID).when(REOPEN, command, by(unit))
    assert isinstance(outcome.refusal, NotVisible)


def test_a_note_is_never_on_the_stream_that_an_officer_names() -> None:
    """Architecture §4: If-Match names the case; machines write beside it."""
    outcome = routed().when(NOTE, fact("filed", on(11, 20)), by(SYSTEM))
    assert [new.stream for new in outcome.new] == [known.KIND.stream(CASE)]
    assert isinstance(outcome.events[0], CaseFactNoted)


def test_closing_ends_a_transfer_that_waits_and_reopening_finds_the_owner() -> None:
    events: list[Event] = [*moved(1, "LC", "LI"), moved(2, "LI", "DO")[0], PAID]
    state = routed(*events, REOPENED).state(case.KIND, CASE)
    assert state.pending is None
    assert state.unit == "LI"
    assert state.closed is None


def test_the_first_asked_unit_never_changes() -> None:
    """Domain §5.9, 1."""
    state = routed(*moved(1, "LC", "LI"), *moved(2, "LI", "DO")).state(case.KIND, CASE)
    assert state.first_asked == "LC"
    assert isinstance(state, case.Case)
