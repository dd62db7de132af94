"""A street unit proposes; acceptance, filing and investigation are the district's."""

from typing import Any

import pytest

from libs.events.command import Command
from libs.events.contracts.enforcement import (
    CaseFiled,
    ComplaintAccepted,
    ComplaintRefused,
    FilingDeclined,
    FilingProposed,
    InvestigationCompleted,
)
from libs.events.decider import NotVisible, NotYours, Rule
from services.enforcement.proceeding import (
    RULES,
    AcceptComplaint,
    CompleteInvestigation,
    DeclineFiling,
    FileCase,
    ProposeFiling,
    RefuseComplaint,
)
from tests.unit.matters import CASE, CLUE, FILED, TWO_OFFICERS, held, noted
from tests.unit.offices import by, listed_officers, officer, on

RULE: dict[type[Command], Rule[Any]] = {rule.command: rule for rule in RULES}
ACCEPT = AcceptComplaint(case_id=CASE, clue_id=CLUE)
REFUSE = RefuseComplaint(
    case_id=CASE, clue_id=CLUE, reason="older_than_two_years", article="LIR 20"
)
PROPOSE = ProposeFiling(case_id=CASE)
FILE = FileCase(case_id=CASE, officer_ids=TWO_OFFICERS, named=listed_officers())
DECLINE = DeclineFiling(case_id=CASE, reason="in_arbitration", article="LIR 21")
END = CompleteInvestigation(case_id=CASE)
ACCEPTED = ComplaintAccepted(case_id=CASE, clue_id=CLUE)
REFUSED = ComplaintRefused(
    case_id=CASE, clue_id=CLUE, reason="older_than_two_years", article="LIR 20"
)
PROPOSED = FilingProposed(case_id=CASE, by_unit="LI")
DECLINED = FilingDeclined(case_id=CASE, reason="in_arbitration", article="LIR 21")
DISTRICT_ONLY = [ACCEPT, REFUSE, FILE, DECLINE, END]


@pytest.mark.parametrize("command", DISTRICT_ONLY, ids=lambda c: type(c).__name__)
@pytest.mark.parametrize("unit", ["LI", "LC", "HD", "LG"])
def test_no_street_unit_does_what_law_gives_the_district(
    unit: str, command: Command
) -> None:
    """Domain §0, 1: LIR 3, 4, 13, 14; the refusal names who may."""
    outcome = held().when(RULE[type(command)], command, by(unit))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("brigade",)


def test_the_street_proposes_and_the_district_files() -> None:
    """F-2.3.1; S1 of the campaign."""
    held().when(RULE[ProposeFiling], PROPOSE, by("LI")).then(PROPOSED)
    story = held(proceeding_=(PROPOSED,))
    story.when(RULE[FileCase], FILE, by("DB")).then(
        CaseFiled(case_id=CASE, unit="DB", officer_ids=TWO_OFFICERS)
    )


def test_a_unit_that_does_not_hold_the_case_proposes_nothing() -> None:
    outcome = held().when(RULE[ProposeFiling], PROPOSE, by("LC"))
    assert isinstance(outcome.refusal, NotYours)


@pytest.mark.parametrize("unit", ["DO", "PO", "PS"])
def test_a_unit_without_a_part_in_it_finds_no_case(unit: str) -> None:
    outcome = held().when(RULE[ProposeFiling], PROPOSE, by(unit))
    assert isinstance(outcome.refusal, NotVisible)


@pytest.mark.parametrize("officers", [(), (officer("DB"),), (officer("DB"),) * 2])
def test_a_case_is_filed_with_two_different_officers(officers: Any) -> None:
    """LIR 16; APL 42."""
    command = FileCase(case_id=CASE, officer_ids=officers, named=listed_officers())
    held().when(RULE[FileCase], command, by("DB")).then_rejected("two-officers")


@pytest.mark.parametrize("second", [officer("LI"), officer("HD"), CLUE])
def test_both_officers_of_a_filing_are_the_brigades(second: Any) -> None:
    """LIR 16: inspectors, with their badges."""
    officers = (officer("DB"), second)
    command = FileCase(case_id=CASE, officer_ids=officers, named=listed_officers())
    held().when(RULE[FileCase], command, by("DB")).then_rejected("officer-not-entitled")


def test_a_case_is_filed_once_and_not_proposed_after() -> None:
    story = held(proceeding_=(FILED,))
    story.when(RULE[FileCase], FILE, by("DB")).then_rejected("filed-already")
    story.when(RULE[ProposeFiling], PROPOSE, by("LI")).then_rejected("filing-under-way")


def test_a_proposal_is_made_once_and_again_after_it_was_declined() -> None:
    waiting = held(proceeding_=(PROPOSED,))
    waiting.when(RULE[ProposeFiling], PROPOSE, by("LI")).then_rejected(
        "filing-under-way"
    )
    waiting.when(RULE[DeclineFiling], DECLINE, by("DB")).then(DECLINED)
    declined = held(proceeding_=(PROPOSED, DECLINED))
    declined.when(RULE[ProposeFiling], PROPOSE, by("LI")).then(PROPOSED)


def test_nothing_is_declined_that_was_not_proposed() -> None:
    held().when(RULE[DeclineFiling], DECLINE, by("DB")).then_rejected("no-proposal")


def test_a_complaint_is_accepted_or_refused_and_never_both() -> None:
    """LIR-IR 18."""
    held().when(RULE[AcceptComplaint], ACCEPT, by("DB")).then(ACCEPTED)
    held().when(RULE[RefuseComplaint], REFUSE, by("DB")).then(REFUSED)
    accepted, refused = held(proceeding_=(ACCEPTED,)), held(proceeding_=(REFUSED,))
    accepted.when(RULE[RefuseComplaint], REFUSE, by("DB")).then_rejected(
        "complaint-accepted"
    )
    refused.when(RULE[AcceptComplaint], ACCEPT, by("DB")).then_rejected(
        "complaint-refused"
    )
    accepted.when(RULE[AcceptComplaint], ACCEPT, by("DB")).then_nothing()
    refused.when(RULE[RefuseComplaint], REFUSE, by("DB")).then_nothing()


def test_what_is_filed_is_accepted() -> None:
    """Domain §0, 5: the day of filing is the day of acceptance."""
    story = held(proceeding_=(FILED,))
    story.when(RULE[RefuseComplaint], REFUSE, by("DB")).then_rejected(
        "complaint-accepted"
    )


def test_an_investigation_ends_once_and_only_of_a_filed_case() -> None:
    """LIR 17."""
    rule = RULE[CompleteInvestigation]
    held().when(rule, END, by("DB")).then_rejected("not-filed")
    done = InvestigationCompleted(case_id=CASE)
    held(proceeding_=(FILED,)).when(rule, END, by("DB")).then(done)
    held(proceeding_=(FILED, done)).when(rule, END, by("DB")).then_nothing()


@pytest.mark.parametrize(
    "command", [ACCEPT, REFUSE, PROPOSE, FILE], ids=lambda c: type(c).__name__
)
def test_a_closed_case_is_opened_again_before_it_goes_on(command: Command) -> None:
    unit = "LI" if command is PROPOSE else "DB"
    story = held(noted("closed"))
    story.when(RULE[type(command)], command, by(unit)).then_rejected("case-closed")


def test_a_fact_entered_later_keeps_its_own_day() -> None:
    """Domain §5.9, 12."""
    late = FILE.model_copy(update={"occurred_at": on(11, 17)})
    outcome = held().when(RULE[FileCase], late, by("DB", on(12, 1)))
    assert outcome.new[0].occurred_at == on(11, 17)
