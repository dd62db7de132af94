"""Who chose to be told is told once of each thing; nobody else is told anything."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs import ids
from libs.events.contracts.enforcement import WagesPaid
from libs.events.contracts.intake import ReplySent
from libs.events.contracts.messages import (
    MessageAttemptFailed,
    MessageDelivered,
    MessageGivenUp,
    MessageQueued,
    MessageRefused,
    NotificationChosen,
)
from libs.events.contracts.parts import Proof, WorkerLine
from libs.events.contracts.routing import CaseAssigned, CaseTransferred, OwnershipRuled
from libs.events.contracts.supervision import UrgeAnswered
from libs.events.event import Event
from libs.events.testing import AT, Given, Outcome, given, stamp
from libs.events.views.testing import recorded, told
from libs.money import Money
from services.intake import answering, clue, notice
from services.intake.answering import SendReply
from services.intake.app import SERVICE
from services.intake.clue import RegisterClue
from services.intake.news import tell_news
from services.intake.notice import KIND, MESSAGE
from services.intake.telling import RULES, QueueMessage, RecordAttempt, TellMessage
from tests.unit.matters import CASE, CLUE, ONE
from tests.unit.message_scenes import THIS, chosen, waiting
from tests.unit.test_intake_clue import CENTRE, EMPLOYER, PERSON, asked

RULE = {rule.command: rule for rule in (*clue.RULES, *answering.RULES, *RULES)}
OTHER = UUID(int=9)
FIRST = given(KIND, CASE, chosen())
CAUSE = UUID(int=77)


def register(**changed: Any) -> Outcome:
    return given().when(RULE[RegisterClue], asked(notify="sms", **changed), CENTRE)


def test_a_complaint_with_a_choice_is_told_in_the_same_append() -> None:
    """F-2.2.1a: received, with number and query code."""
    outcome = register()
    outcome.then_says(
        "ComplaintReceived",
        "ClueRegistered",
        "NotificationChosen",
        "NotificationChosen",
        "MessageQueued",
        "ReceiptIssued",
    )
    queued = outcome.events[-2]
    assert isinstance(queued, MessageQueued)
    assert (queued.purpose, queued.channel, queued.person_id) == (
        "received",
        "sms",
        PERSON,
    )
    case, own, *_ = (new.stream for new in outcome.new[2:])
    clue_id = asked().clue_id
    assert case == KIND.stream(ids.case_id(clue_id))
    assert own == KIND.stream(ids.claim_id(clue_id, 1))


def test_who_chose_nothing_is_recorded_as_before() -> None:
    outcome = given().when(RULE[RegisterClue], asked(), CENTRE)
    outcome.then_says("ComplaintReceived", "ClueRegistered", "ReceiptIssued")


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "report", "mode": "anonymous", "reporter_id": None},
        {"kind": "report", "mode": "anonymous"},
        {"reporter_id": None},
    ],
)
def test_an_anonymous_report_has_no_message(changed: dict[str, Any]) -> None:
    register(**changed).then_rejected("notify-anonymous")


@pytest.mark.parametrize(
    ("changed", "discreet"),
    [
        ({}, False),
        ({"mode": "confidential"}, True),
        (
            {
                "employer": EMPLOYER.model_copy(
                    update={"individual": True, "name": None}
                )
            },
            True,
        ),
    ],
)
def test_a_confidential_complaint_gets_the_discreet_text(
    changed: dict[str, Any], *, discreet: bool
) -> None:
    (first, *_) = (e for e in register(**changed).events if e.name == "MessageQueued")
    assert isinstance(first, MessageQueued)
    assert first.discreet is discreet


def test_another_workers_claim_is_not_the_authors_news() -> None:
    lines = tuple(
        WorkerLine(ordinal=n, person_id=who, claimed=None)
        for n, who in ((1, OTHER), (2, PERSON))
    )
    found = register(workers=lines)
    streams = [n.stream for n in found.new if isinstance(n.event, NotificationChosen)]
    clue_id = asked().clue_id
    assert streams == [
        KIND.stream(ids.case_id(clue_id)),
        KIND.stream(ids.claim_id(clue_id, 2)),
    ]


def test_each_answer_is_told_once_with_it() -> None:
    before = waiting("LC")
    reply = SendReply(clue_id=CLUE, form="spoken", conclusion="paid")
    outcome = before.when(RULE[SendReply], reply, CENTRE)
    outcome.then_says("ReplySent", "MessageQueued")
    assert isinstance(outcome.events[0], ReplySent)
    assert outcome.new[1].stream == MESSAGE.stream(
        notice.message_id(CASE, "replied", 1)
    )


def news(fact: Event) -> list[QueueMessage]:
    stream = f"case-{CASE}"
    (event,) = recorded(told(stream, fact), service="routing")
    found = list(tell_news(event))
    assert all(isinstance(one, QueueMessage) for one in found)
    return found  # type: ignore[return-value]  # asserted


TRANSFER: dict[str, Any] = {
    "from_unit": "LC",
    "to_unit": "LI",
    "reason": None,
    "article": None,
}
PAID = {
    "claim_id": ONE,
    "case_id": CASE,
    "payment_id": CAUSE,
    "person_id": PERSON,
    "amount": Money(minor=100, currency="CNY"),
    "payer": "employer",
    "proof": Proof(kind="bank"),
    "recorder_id": OTHER,
}


@pytest.mark.parametrize(
    ("fact", "subject", "purpose", "unit"),
    [
        (CaseAssigned(case_id=CASE, unit="LI"), CASE, "moved", "LI"),
        (
            CaseTransferred(case_id=CASE, transfer_id=CAUSE, hop=1, **TRANSFER),
            CASE,
            "moved",
            "LI",
        ),
        (
            OwnershipRuled(case_id=CASE, from_unit="LC", to_unit="LI", article="a"),
            CASE,
            "moved",
            "LI",
        ),
        (
            UrgeAnswered(urge_id=CAUSE, case_id=CASE, unit="LI", answer="done"),
            CASE,
            "urge_answered",
            "LI",
        ),
        (WagesPaid.model_validate(PAID), ONE, "paid", None),
    ],
)
def test_f_2_2_1a_news_of_other_services_become_one_message(
    fact: Event, subject: UUID, purpose: str, unit: str | None
) -> None:
    (command,) = news(fact)
    assert (command.subject, command.purpose, command.unit) == (subject, purpose, unit)
    before = given(KIND, subject, chosen())
    outcome = before.when(RULE[QueueMessage], command)
    (queued,) = outcome.events
    assert isinstance(queued, MessageQueued)
    assert (queued.purpose, queued.unit) == (purpose, unit or "LC")
    again = before.given(MESSAGE, queued.message_id, queued)
    again.when(RULE[QueueMessage], command).then_nothing()
    given().when(RULE[QueueMessage], command).then_nothing()


def test_the_first_assignment_to_the_unit_of_the_receipt_tells_nothing_new() -> None:
    (first,) = news(CaseAssigned(case_id=CASE, unit="LC"))
    FIRST.when(RULE[QueueMessage], first).then_nothing()
    (back,) = news(
        OwnershipRuled(case_id=CASE, from_unit="LI", to_unit="LC", article="a")
    )
    FIRST.when(RULE[QueueMessage], back).then_says("MessageQueued")


def test_history_is_told_to_nobody() -> None:
    assert news(CaseAssigned(case_id=CASE, unit="LI", history=True)) == []
    assert news(WagesPaid.model_validate({**PAID, "history": True})) == []


def test_intake_reacts_to_every_kind_of_news() -> None:
    (reaction,) = [one for one in SERVICE.reactions if one.name == "tell-news"]
    assert {fact.name for fact in reaction.on} == {
        *("CaseAssigned", "CaseTransferred", "OwnershipRuled"),
        *("UrgeAnswered", "WagesPaid"),
    }


ON_IT: dict[str, Any] = {"message_id": THIS, "case_id": CASE}


def failed(attempt: int) -> MessageAttemptFailed:
    return MessageAttemptFailed(
        **ON_IT, attempt=attempt, reason="unreachable", next_at=AT
    )


def tried(before: Given, attempt: int, outcome: str, **more: Any) -> Outcome:
    said = {"message_id": THIS, "attempt": attempt, "outcome": outcome, **more}
    return before.when(RULE[RecordAttempt], RecordAttempt.model_validate(said))


def test_each_try_is_recorded_once_and_in_order() -> None:
    first = waiting("LC")
    tried(first, 1, "sent").then(MessageDelivered(**ON_IT, attempt=1, means="sms"))
    again = AT + timedelta(minutes=1)
    tried(first, 1, "failed", reason="unreachable").then(
        failed(1).model_copy(update={"next_at": again})
    )
    tried(first, 2, "sent").then_nothing()
    tried(waiting("LC", failed(1)), 1, "sent").then_nothing()
    tried(waiting("LC", failed(1)), 2, "failed", reason="unreachable").then(
        failed(2).model_copy(update={"next_at": AT + timedelta(minutes=5)})
    )


def test_a_gateway_that_asks_to_wait_is_left_alone_as_long() -> None:
    (fact,) = tried(
        waiting("LC"), 1, "failed", reason="gateway-busy", wait_seconds=7200
    ).events
    assert isinstance(fact, MessageAttemptFailed)
    assert fact.next_at == AT + timedelta(hours=2)


def test_what_is_refused_is_not_tried_again() -> None:
    refused = MessageRefused(**ON_IT, attempt=1, reason="number-refused")
    tried(waiting("LC"), 1, "refused", reason="number-refused").then(refused)
    tried(waiting("LC", refused), 2, "sent").then_nothing()


def test_after_the_tries_of_the_data_file_it_is_given_up() -> None:
    before = waiting("LC", *(failed(n) for n in range(1, 6)))
    tried(before, 6, "failed", reason="unreachable").then(
        MessageGivenUp(**ON_IT, attempt=6, reason="unreachable")
    )


def test_a_message_is_told_by_hand_once_also_after_it_failed() -> None:
    given_up = MessageGivenUp(**ON_IT, attempt=6, reason="unreachable")
    phone = TellMessage(message_id=THIS, means="phone")
    by_phone = MessageDelivered(**ON_IT, attempt=6, means="phone")
    before = waiting("LC", given_up)
    before.when(RULE[TellMessage], phone, CENTRE).then(by_phone)
    done = waiting("LC", given_up, by_phone)
    done.when(RULE[TellMessage], phone, CENTRE).then_rejected("message-told")
    tried(done, 7, "sent").then_nothing()


def test_nobody_reached_ends_it_too() -> None:
    command = TellMessage(message_id=THIS, means="not_reached")
    nobody = MessageGivenUp(**ON_IT, attempt=0, reason="not_reached", by_hand=True)
    waiting("LC").when(RULE[TellMessage], command, CENTRE).then(nobody)
    tried(waiting("LC", nobody), 1, "sent").then_nothing()


def test_who_has_nothing_to_do_with_a_clue_tells_nothing() -> None:
    command = TellMessage(message_id=THIS, means="phone")
    elsewhere = stamp(role="development", unit="DO")
    waiting("LC").when(RULE[TellMessage], command, elsewhere).then_rejected("not-found")
    given().when(RULE[TellMessage], command, CENTRE).then_rejected("not-found")
