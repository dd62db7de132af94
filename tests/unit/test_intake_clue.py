"""The rules of clues, as sentences: registering, screening, advising, answering."""

from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from libs import ids
from libs.events.contracts.intake import (
    CaseFactNoted,
    ChannelAdvised,
    ClueClosedNotWage,
    ClueRegistered,
    ClueScreened,
    ClueVerified,
    ComplaintReceived,
    PersonDataErased,
    ReceiptIssued,
    ReplySent,
    ReportReceived,
)
from libs.events.contracts.parts import Employer, WorkerLine
from libs.events.contracts.persons import PersonDataCorrected
from libs.events.decider import Rule
from libs.events.testing import Given, given, stamp
from libs.money import Money
from libs.other_channels import DIRECTORY
from services.intake import answering, clue, known
from services.intake.answering import FindReplyImpossible, SendReply
from services.intake.clue import RULES, AdviseChannel, RegisterClue, ScreenClue
from services.intake.noting import RULES as NOTING
from services.intake.noting import MarkVerified
from services.intake.vault import access
from services.intake.vault.access import CorrectPersonData, ErasePersonData

CLUE, PERSON = UUID(int=1), UUID(int=7)
CASE = ids.case_id(CLUE)
EMPLOYER = Employer(employer_id=UUID(int=2), name="演示甲餐饮有限公司（虚构）")
RULE: dict[type, Rule[Any]] = {
    rule.command: rule for rule in (*RULES, *answering.RULES, *NOTING, *access.RULES)
}
COURT = next(one for one in DIRECTORY if one.code == "court")
CENTRE, INSPECTION = (
    stamp(role="centre", unit="LC"),
    stamp(role="inspection", unit="LI"),
)


def asked(**changed: Any) -> RegisterClue:
    said: dict[str, Any] = {
        "clue_id": CLUE,
        "kind": "complaint",
        "channel": "window",
        "mode": "named",
        "reporter_id": PERSON,
        "first_asked_unit": "LC",
        "area": "310199001",
        "employer": EMPLOYER,
        "workers": (WorkerLine(ordinal=1, person_id=PERSON, claimed=None),),
        **changed,
    }
    return RegisterClue(**said)


def registered(**changed: Any) -> Given:
    outcome = given().when(RULE[RegisterClue], asked(**changed), CENTRE)
    return given(clue.KIND, CLUE, *outcome.events)


def owned_by(before: Given, unit: str) -> Given:
    fact = CaseFactNoted(case_id=CASE, fact="owned", unit=unit, cause=UUID(int=3))
    return before.given(known.KIND, CASE, fact)


def test_a_complaint_is_said_registered_and_receipted_in_one_append() -> None:
    outcome = given().when(RULE[RegisterClue], asked(), CENTRE)
    outcome.then_says("ComplaintReceived", "ClueRegistered", "ReceiptIssued")
    assert outcome.new[-1].series is not None
    assert outcome.new[-1].series.area == "310199001"


def test_a_report_is_a_report_whatever_the_channel() -> None:
    outcome = given().when(RULE[RegisterClue], asked(kind="report"), CENTRE)
    received, noted, _ = outcome.events
    assert isinstance(received, ReportReceived)
    assert isinstance(noted, ClueRegistered)
    assert (noted.kind, noted.worker_count) == ("report", 1)


def test_a_channel_number_is_registered_once() -> None:
    registered().when(RULE[RegisterClue], asked(), CENTRE).then_rejected(
        "channel-number-known"
    )


def test_who_does_not_hold_the_case_cannot_screen() -> None:
    command = ScreenClue(clue_id=CLUE, matter="wage")
    before = owned_by(registered(), "LI")
    before.when(RULE[ScreenClue], command, CENTRE).then_rejected("not-yours")
    before.when(RULE[ScreenClue], command, INSPECTION).then_says("ClueScreened")


def test_who_has_nothing_to_do_with_a_clue_does_not_see_it() -> None:
    elsewhere = stamp(role="development", unit="DO")
    command = ScreenClue(clue_id=CLUE, matter="wage")
    registered().when(RULE[ScreenClue], command, elsewhere).then_rejected("not-found")


def test_another_channel_is_advised_only_after_screening_as_not_wages() -> None:
    advice = AdviseChannel(clue_id=CLUE, advised_channel="court", told="printed")
    registered().when(RULE[AdviseChannel], advice, CENTRE).then_rejected("screen-first")
    wage = ClueScreened(clue_id=CLUE, case_id=CASE, matter="wage")
    before = registered().given(clue.KIND, CLUE, wage)
    before.when(RULE[AdviseChannel], advice, CENTRE).then_rejected("screen-first")


def test_a_channel_that_no_directory_names_is_not_advised() -> None:
    """F-2.2.2b: whoever advises gives the directory's text."""
    screened = ClueScreened(clue_id=CLUE, case_id=CASE, matter="not_wage")
    before = registered().given(clue.KIND, CLUE, screened)
    nowhere = AdviseChannel(clue_id=CLUE, advised_channel="nowhere", told="printed")
    outcome = before.when(RULE[AdviseChannel], nowhere, CENTRE)
    outcome.then_rejected("not-in-directory")


def test_advice_closes_what_is_not_wages_and_is_given_once() -> None:
    screened = ClueScreened(clue_id=CLUE, case_id=CASE, matter="project_price")
    before = registered().given(clue.KIND, CLUE, screened)
    advice = AdviseChannel(clue_id=CLUE, advised_channel="court", told="printed")
    outcome = before.when(RULE[AdviseChannel], advice, CENTRE)
    outcome.then(
        ChannelAdvised(
            clue_id=CLUE,
            case_id=CASE,
            advised_channel="court",
            told="printed",
            text_version=1,
            text_sha256=COURT.sha256,
        ),
        ClueClosedNotWage(clue_id=CLUE, case_id=CASE, matter="project_price"),
    )
    after = before.given(clue.KIND, CLUE, *outcome.events)
    after.when(RULE[AdviseChannel], advice, CENTRE).then_nothing()
    again = ScreenClue(clue_id=CLUE, matter="wage")
    after.when(RULE[ScreenClue], again, CENTRE).then_rejected("clue-closed")


def test_an_author_who_left_a_contact_is_answered_once() -> None:
    reply = SendReply(clue_id=CLUE, form="letter", conclusion="paid")
    outcome = registered().when(RULE[SendReply], reply, CENTRE)
    outcome.then_says("ReplySent")
    after = registered().given(clue.KIND, CLUE, *outcome.events)
    after.when(RULE[SendReply], reply, CENTRE).then_rejected("answered-already")


def test_a_reopened_case_owes_another_answer() -> None:
    sent = ReplySent(clue_id=CLUE, case_id=CASE, form="letter", conclusion="paid")
    again = CaseFactNoted(case_id=CASE, fact="reopened", cause=UUID(int=3))
    before = registered().given(clue.KIND, CLUE, sent).given(known.KIND, CASE, again)
    reply = SendReply(clue_id=CLUE, form="letter", conclusion="paid")
    before.when(RULE[SendReply], reply, CENTRE).then_says("ReplySent")


def test_nobody_is_answered_who_left_no_contact() -> None:
    unnamed = registered(kind="report", mode="anonymous", reporter_id=None)
    reply = SendReply(clue_id=CLUE, form="letter", conclusion="paid")
    unnamed.when(RULE[SendReply], reply, CENTRE).then_rejected("no-contact")
    found = FindReplyImpossible(clue_id=CLUE, reason="anonymous")
    unnamed.when(RULE[FindReplyImpossible], found, CENTRE).then_says(
        "ReplyFoundImpossible"
    )


def test_anonymous_is_no_reason_where_a_contact_was_left() -> None:
    found = FindReplyImpossible(clue_id=CLUE, reason="anonymous")
    registered().when(RULE[FindReplyImpossible], found, CENTRE).then_rejected(
        "contact-left"
    )


def noted(before: Given, claim: int, fact: str) -> tuple[Given, list[str]]:
    said = {"clue_id": CLUE, "case_id": CASE, "claim_id": UUID(int=claim)}
    command = MarkVerified(**said, fact=fact, cause=UUID(int=3))  # type: ignore[arg-type]
    outcome = before.when(
        RULE[MarkVerified], command, stamp(role="system", unit="system")
    )
    after = before
    for new in outcome.new:
        kind = known.KIND if new.stream.startswith("known-") else clue.KIND
        subject = CASE if kind is known.KIND else CLUE
        after = after.given(kind, subject, new.event)
    return after, [event.name for event in outcome.events]


def test_a_clue_is_verified_when_the_last_of_its_claims_is() -> None:
    before, _ = noted(registered(), 1, "opened")
    before, _ = noted(before, 2, "opened")
    before, said = noted(before, 1, "no_arrears")
    assert said == ["IntakeClaimFactNoted"]
    before, said = noted(before, 2, "arrears")
    assert said == ["IntakeClaimFactNoted", "ClueVerified"]
    assert before.state(clue.KIND, CLUE).verified == "arrears"
    _, said = noted(before, 2, "arrears")
    assert said == ["IntakeClaimFactNoted"]


def test_a_withdrawn_claim_does_not_hold_the_verification_up() -> None:
    before, _ = noted(registered(), 1, "opened")
    before, _ = noted(before, 2, "opened")
    before, _ = noted(before, 1, "no_arrears")
    _, said = noted(before, 2, "withdrawn")
    assert said[-1] == "ClueVerified"


def test_a_person_is_erased_once() -> None:
    command = ErasePersonData(person_id=PERSON, reason="own-request")
    gone = PersonDataErased(person_id=PERSON, reason="own-request")
    given().when(RULE[ErasePersonData], command).then(gone)
    given(access.PERSON, PERSON, gone).when(
        RULE[ErasePersonData], command
    ).then_nothing()


def test_a_person_is_corrected_by_field_and_never_after_the_erasure() -> None:
    """PIPL 46: the event says which fields, not what they say."""
    said = {"person_id": PERSON, "clue_id": CLUE, "fields": ("phone",)}
    command = CorrectPersonData.model_validate({**said, "reason": "changed"})
    right = PersonDataCorrected.model_validate({**said, "reason": "changed"})
    given().when(RULE[CorrectPersonData], command).then(right)
    gone = PersonDataErased(person_id=PERSON, reason="own-request")
    erased = given(access.PERSON, PERSON, gone)
    erased.when(RULE[CorrectPersonData], command).then_rejected("not-found")


FACTS = st.sampled_from(["opened", "arrears", "no_arrears", "withdrawn"])


@drawn(st.lists(st.tuples(st.integers(1, 4), FACTS), max_size=12))
def test_a_clue_is_never_verified_while_a_claim_is_open(
    steps: list[tuple[int, str]],
) -> None:
    before, latest = registered(), dict[int, str]()
    for claim, fact in steps:
        latest[claim] = fact
        before, said = noted(before, claim, fact)
        if "ClueVerified" in said:
            assert "opened" not in latest.values()


AMOUNTS = st.lists(st.one_of(st.none(), st.integers(0, 10**12)), max_size=6)


@drawn(AMOUNTS, st.integers(0, 5))
def test_erasing_a_person_keeps_every_count_and_sum(
    amounts: list[int | None], place: int
) -> None:
    lines = tuple(
        WorkerLine(
            ordinal=ordinal,
            person_id=UUID(int=100 + ordinal),
            claimed=None if minor is None else Money(minor=minor, currency="CNY"),
        )
        for ordinal, minor in enumerate(amounts, start=1)
    )
    said = registered(workers=lines)
    before = said.streams[clue.KIND.stream(CLUE)][1]
    command = ErasePersonData(person_id=UUID(int=101 + place), reason="own-request")
    outcome = said.when(RULE[ErasePersonData], command)
    after = said.given(access.PERSON, command.person_id, *outcome.events)
    received = after.streams[clue.KIND.stream(CLUE)][1]
    assert received == before
    told = next(e for e in received if isinstance(e, ComplaintReceived))
    total = sum(line.claimed.minor for line in told.workers if line.claimed)
    assert total == sum(minor or 0 for minor in amounts)
    assert len(told.workers) == len(amounts)


@pytest.mark.parametrize(
    "event", [ReceiptIssued, ClueVerified, ReplySent, ClueRegistered]
)
def test_no_event_of_a_clue_has_room_for_a_person(event: Any) -> None:
    names = set(event.model_fields)
    assert not names & {"name", "phone", "id_number", "bank_card", "text", "code"}
    for info in event.model_fields.values():
        assert "Person" not in str(get_args(info.annotation))
