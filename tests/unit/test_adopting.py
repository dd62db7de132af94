"""An imported open row is nobody's duty until an officer adopts it."""

from datetime import date
from typing import Any

import pytest

from libs.events.contracts.enforcement import CaseConcluded, FactsVerified
from libs.events.contracts.routing import (
    CaseAdopted,
    CaseAssigned,
    CaseClosed,
    CaseOpened,
)
from libs.events.decider import NotVisible, NotYours
from libs.events.event import Event, Recorded
from libs.events.testing import Given, given
from libs.events.views.testing import recorded, told
from libs.ids import deadline_id
from services.enforcement import claim, conclusion, known, noting, reactions
from services.enforcement.conclusion import ConcludeCase
from services.enforcement.verification import RULES as VERIFYING
from services.enforcement.verification import VerifyFacts
from services.intake.reactions import note_fact as intake_notes
from services.reporting.views import case as case_view
from services.routing import case, deadline
from services.routing.adopting import RULES, AdoptImported
from services.routing.noting import RULES as NOTING
from services.routing.noting import NoteFact
from services.routing.reactions import hear_event
from services.routing.transfer import RULES as TRANSFERS
from services.routing.transfer import ProposeTransfer
from tests.unit.matters import (
    ASSIGNED,
    CASE,
    CLUE,
    ONE,
    OPENED,
    opened,
    paid,
    routed,
    transfer,
    verified,
    yuan,
)
from tests.unit.offices import SYSTEM, by, listed_officers, officer, on
from tests.unit.test_hearing import hear

(ADOPT,) = RULES
NOTE = NOTING[0]
PROPOSE = TRANSFERS[0]
VERIFY = next(rule for rule in VERIFYING if rule.command is VerifyFacts)
LIST = next(rule for rule in noting.RULES if rule.command is noting.ListAdopted)
COMMAND = AdoptImported(case_id=CASE)
ADOPTED = CaseAdopted(case_id=CASE, clue_id=CLUE, unit="LI", imported_by="LI")


def imported(unit: str, *more: Event) -> Given:
    first = OPENED.model_copy(update={"first_asked_unit": unit, "history": True})
    assigned = ASSIGNED.model_copy(update={"unit": unit, "history": True})
    streams = {**routed().streams}
    streams[case.KIND.stream(CASE)] = (case.KIND, (first, assigned, *more))
    return Given(streams)


def test_the_importing_unit_adopts_its_own_row() -> None:
    imported("LI").when(ADOPT, COMMAND, by("LI")).then(ADOPTED)


@pytest.mark.parametrize("unit", ["LC", "LG", "DB"])
def test_an_agencys_row_is_adopted_by_who_sees_every_case(unit: str) -> None:
    """A partner agency owns no live case: `XT` imported it."""
    outcome = imported("XT").when(ADOPT, COMMAND, by(unit))
    outcome.then(ADOPTED.model_copy(update={"unit": unit, "imported_by": "XT"}))


def test_another_units_row_is_not_seen_and_not_adopted() -> None:
    outcome = imported("LM").when(ADOPT, COMMAND, by("LI"))
    assert isinstance(outcome.refusal, NotVisible)


@pytest.mark.parametrize("unit", ["AU", "HD"])
def test_who_handles_no_case_adopts_none(unit: str) -> None:
    outcome = imported("LI").when(ADOPT, COMMAND, by(unit))
    assert isinstance(outcome.refusal, NotYours)
    assert "inspection" in outcome.refusal.may


def test_a_row_is_adopted_once_and_a_live_case_never() -> None:
    imported("LI", ADOPTED).when(ADOPT, COMMAND, by("LI")).then_rejected("not-imported")
    routed().when(ADOPT, COMMAND, by("LC")).then_rejected("not-imported")


def test_a_row_that_was_closed_then_has_nothing_to_adopt_until_it_is_reopened() -> None:
    closed = CaseClosed(case_id=CASE, kind="settled", history=True)
    story = imported("LI", closed)
    story.when(ADOPT, COMMAND, by("LI")).then_rejected("case-closed")


def test_a_row_is_not_handed_on_before_it_is_adopted() -> None:
    command = ProposeTransfer(
        case_id=CASE, transfer_id=transfer(1), to_unit="LC", reason="area"
    )
    imported("LI").when(PROPOSE, command, by("LI")).then_rejected("not-adopted")
    imported("LI", ADOPTED).when(PROPOSE, command, by("LI")).then_says(
        "TransferProposed"
    )


def test_its_clocks_run_from_the_adoption() -> None:
    """CLK-02: the day of adoption is the day on which it is received."""
    record = _recorded(ADOPTED)
    (command,) = hear_event(record)
    heard_ = type(command).model_validate(
        {**command.model_dump(), "at": on(12, 4), "type": "CaseAdopted"}
    )
    outcome = hear(imported("LI", ADOPTED), heard_)  # type: ignore[arg-type]
    outcome.then_says("DeadlineSet")
    assert outcome.events[0].model_dump()["due_on"] == date(2023, 12, 11)
    this = deadline_id("CLK-02", CASE)
    assert [new.stream for new in outcome.new] == [deadline.KIND.stream(this)]


def _recorded(fact: Event) -> Recorded:
    (record,) = recorded(told("case-1", fact))
    return record


def in_enforcement() -> Given:
    """What enforcement has of a row, and the list that the adoption makes."""
    old = opened().model_copy(update={"history": True})
    (command,) = reactions.adopt_history(_recorded(ADOPTED))
    outcome = given().when(LIST, command, by(SYSTEM))
    outcome.then_says(
        "EnforcementCaseFactNoted", "EnforcementCaseFactNoted", "ClaimListed"
    )
    story = given(claim.KIND, ONE, old)
    return story.given(known.KIND, CASE, *outcome.events)


def test_its_claim_is_one_that_officers_act_on() -> None:
    story = in_enforcement()
    command = VerifyFacts(case_id=CASE, claim_id=ONE, verified=yuan(100))
    (fact,) = story.when(VERIFY, command, by("LI")).events
    assert isinstance(fact, FactsVerified)
    untaken = given(claim.KIND, ONE, opened())
    outcome = untaken.when(VERIFY, command, by("LI"))
    assert isinstance(outcome.refusal, NotVisible)


def test_it_is_concluded_by_its_claims_like_any_other() -> None:
    said: dict[str, Any] = {"case_id": CASE, "kind": "paid"}
    command = ConcludeCase.model_validate(
        {**said, "reviewer_id": officer("LG"), "named": listed_officers()}
    )
    story = in_enforcement().given(claim.KIND, ONE, verified(100))
    (rule,) = conclusion.RULES
    story.when(rule, command, by("LI")).then_rejected("claims-open")
    done = story.given(claim.KIND, ONE, paid(100))
    done.when(rule, command, by("LI")).then(
        CaseConcluded(case_id=CASE, kind="paid", by_district=False)
    )


def test_nobody_waits_for_an_answer_so_the_conclusion_closes_it() -> None:
    said = {"case_id": CASE, "fact": "concluded", "subject": CASE, "cause": ONE}
    fact = NoteFact.model_validate({**said, "kind": "paid", "at": on(12, 12)})
    outcome = imported("LI", ADOPTED).when(NOTE, fact, by(SYSTEM))
    outcome.then_says("RoutingCaseFactNoted", "CaseClosed")
    live = routed().when(NOTE, fact, by(SYSTEM))
    live.then_says("RoutingCaseFactNoted")


def test_intake_hears_who_owns_it() -> None:
    (command,) = intake_notes(_recorded(ADOPTED))
    assert command.model_dump()["unit"] == "LI"


def test_the_ledger_shows_it_as_live_from_its_adoption() -> None:
    row: case_view.CaseRow | None = None
    first = OPENED.model_copy(update={"history": True, "first_asked_unit": "XT"})
    assigned = CaseAssigned(case_id=CASE, unit="XT", history=True)
    for fact in (first, assigned, ADOPTED):
        assert isinstance(fact, CaseOpened | CaseAssigned | CaseAdopted)
        row = case_view.evolve(row, _recorded(fact))
    assert row is not None
    assert (row.history, row.unit, row.parties) == (False, "LI", ("LI", "XT"))
