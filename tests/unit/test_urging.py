"""The office urges; whom it addresses signs and answers, each once (F-2.4.1b)."""

from datetime import date
from typing import Any

import pytest

from libs.events.contracts.routing import CaseClosed
from libs.events.contracts.supervision import CaseUrged, UrgeAnswered, UrgeRead
from libs.events.decider import NotVisible, NotYours
from libs.events.testing import Given, Outcome
from libs.ids import named
from services.reporting.views.urge import VIEW
from services.routing import case, urging
from services.routing.urging import AnswerUrge, ReadUrge, UrgeCase
from tests.unit.matters import CASE, routed
from tests.unit.offices import by, on
from tests.unit.supervision_scenes import rows_of
from tests.unit.test_climbing import climb, rung
from tests.unit.test_deadline import ACCEPTANCE, DUE, INVESTIGATION, complained, miss
from tests.unit.test_hearing import after, heard

URGE, READ, ANSWER = urging.RULES
THIS = named("test-urge", 1)
SIGN = ReadUrge(case_id=CASE, urge_id=THIS)
SAY = AnswerUrge(case_id=CASE, urge_id=THIS, answer="in_hand")
SIGNED = UrgeRead(urge_id=THIS, case_id=CASE, unit="LC")
ANSWERED = UrgeAnswered(urge_id=THIS, case_id=CASE, unit="LC", answer="in_hand")
BY_DAY = date(2023, 11, 15)


def urge(story: Given | None = None, unit: str = "LG", **said: Any) -> Outcome:
    fields = {"level": "urge", "reason": "slow", "answer_by": BY_DAY, **said}
    command = UrgeCase.model_validate({"case_id": CASE, "urge_id": THIS, **fields})
    return (story or routed()).when(URGE, command, by(unit))


def urged(*more: Any) -> Given:
    return routed().given(urging.KIND, THIS, *urge().events, *more)


def test_the_office_urges_who_holds_the_case() -> None:
    urge().then(
        CaseUrged(
            urge_id=THIS,
            case_id=CASE,
            level="urge",
            reason="slow",
            unit="LC",
            answer_by=BY_DAY,
        )
    )


def test_it_supervises_a_deadline_where_its_duty_lies() -> None:
    story = after(routed(), heard("CaseFiled", on(11, 10), unit="DB", officer_ids=[]))
    this = INVESTIGATION
    (fact,) = urge(story, level="supervise", deadline_id=this).events
    assert isinstance(fact, CaseUrged)
    assert (fact.unit, fact.clock, fact.deadline_id) == ("DB", "CLK-05", this)


def test_a_deadline_that_does_not_run_in_the_case_is_not_urged() -> None:
    urge(deadline_id=ACCEPTANCE).then_rejected("clock-not-running")
    over = after(complained(), heard("ComplaintAccepted", on(11, 28)))
    urge(over, deadline_id=ACCEPTANCE).then_rejected("clock-not-running")


def test_the_day_to_answer_is_not_over() -> None:
    urge(answer_by=date(2023, 11, 12)).then_rejected("answer-by-past")


def test_a_closed_case_is_urged_no_more() -> None:
    closed = CaseClosed(case_id=CASE, kind="paid")
    urge(routed().given(case.KIND, CASE, closed)).then_rejected("case-closed")


@pytest.mark.parametrize("unit", ["LC", "DB", "HD", "AU"])
def test_nobody_else_urges_and_is_told_who_does(unit: str) -> None:
    outcome = urge(unit=unit)
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("leading-group",)


def test_the_addressee_signs_once() -> None:
    urged().when(READ, SIGN, by("LC")).then(SIGNED)
    urged(SIGNED).when(READ, SIGN, by("LC", number=2)).then_rejected("urge-read")


def test_it_is_answered_once_and_only_after_signing() -> None:
    urged().when(ANSWER, SAY, by("LC")).then_rejected("urge-unread")
    urged(SIGNED).when(ANSWER, SAY, by("LC")).then(ANSWERED)
    story = urged(SIGNED, ANSWERED)
    story.when(ANSWER, SAY, by("LC")).then_rejected("urge-answered")


def test_nobody_signs_for_another_unit() -> None:
    outcome = urged().when(READ, SIGN, by("LG"))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("LC",)
    hidden = urged().when(READ, SIGN, by("LI"))
    assert isinstance(hidden.refusal, NotVisible)


def test_an_urge_that_is_none_of_the_case_is_not_signed() -> None:
    routed().when(READ, SIGN, by("LC")).then_rejected("no-such-urge")


def test_a_rung_of_the_ladder_is_signed_for_like_any_urge() -> None:
    story = miss(complained())
    found = rung(climb(story, "urge", DUE))
    story = story.given(urging.KIND, found.urge_id, found)
    sign = SIGN.model_copy(update={"urge_id": found.urge_id})
    story.when(READ, sign, by("LC")).then_says("UrgeRead")


def test_the_row_of_an_urge_has_its_receipt_and_answer() -> None:
    stream = urging.KIND.stream(THIS)
    (sent,) = urge().events
    blank, signed, answered = rows_of(VIEW, stream, sent, SIGNED, ANSWERED)
    assert (blank.rung, blank.sender, blank.read_at) == ("urge", "office", None)
    assert signed.read_at is not None
    assert (answered.answer, answered.answer_by) == ("in_hand", BY_DAY)
