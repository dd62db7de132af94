"""12345 work orders: their kind, urgings, re-dispatches and call-backs (domain §1B)."""

from dataclasses import replace
from datetime import date
from typing import Any

from libs.events.contracts.channels import (
    CallBackRecorded,
    ClueRedispatched,
    ClueUrged,
    WorkOrderClassified,
)
from libs.events.contracts.intake import CaseFactNoted, ReplySent
from libs.events.contracts.routing import CaseReopened
from libs.events.decider import Rule
from libs.events.event import Actor, Event
from libs.events.testing import Given, stamp
from libs.events.views.testing import recorded, told
from services.intake import answering, clue, known, petitions, work_orders
from services.intake.answering import SendReply
from services.intake.reactions import note_fact
from services.intake.work_orders import (
    ClassifyOrder,
    RecordCallBack,
    RedispatchOrder,
    UrgeClue,
)
from tests.unit.channel_scenes import ANSWERED, NOT_REACHED, cleared
from tests.unit.matters import CASE, CLUE, ONE
from tests.unit.offices import on
from tests.unit.test_intake_clue import CENTRE, asked, registered

RULE: dict[type, Rule[Any]] = {
    rule.command: rule
    for rule in (*work_orders.RULES, *petitions.RULES, *answering.RULES, *clue.RULES)
}
INSPECTION = stamp(role="inspection", unit="LI", at=on(11, 14))
OFFICE = stamp(role="leading-group", unit="LG", at=on(11, 14))
ELSEWHERE = stamp(role="development", unit="DO", at=on(11, 14))
RECEIVED = date(2023, 11, 13)
HELP = ClassifyOrder(clue_id=CLUE, order_kind="help", received_on=RECEIVED)
AGAIN = RedispatchOrder(clue_id=CLUE, order_kind="supervision", received_on=RECEIVED)
URGE = UrgeClue(clue_id=CLUE)
REPLY = SendReply(clue_id=CLUE, conclusion="paid")
CLASSIFIED = WorkOrderClassified(
    clue_id=CLUE, case_id=CASE, order_kind="help", received_on=RECEIVED
)
REDISPATCHED = ClueRedispatched(
    clue_id=CLUE, case_id=CASE, episode=2, order_kind="help", received_on=RECEIVED
)


def order(*more: Event, unit: str = "LI") -> Given:
    return cleared(unit, *more, channel="12345")


def test_an_order_is_classified_and_another_kind_corrects_it() -> None:
    """CLK-80: the time limit follows from the kind."""
    order().when(RULE[ClassifyOrder], HELP, INSPECTION).then(CLASSIFIED)
    classified = order(CLASSIFIED)
    classified.when(RULE[ClassifyOrder], HELP, INSPECTION).then_rejected(
        "classified-already"
    )
    advice = HELP.model_copy(update={"order_kind": "advice"})
    outcome = classified.when(RULE[ClassifyOrder], advice, INSPECTION)
    outcome.then_says("WorkOrderClassified")


def test_a_complex_order_is_the_offices_to_approve() -> None:
    """CLK-80: fifteen working days with approval."""
    complex_ = HELP.model_copy(update={"order_kind": "complex"})
    order().when(RULE[ClassifyOrder], complex_, INSPECTION).then_rejected("not-yours")
    outcome = order().when(RULE[ClassifyOrder], complex_, OFFICE)
    outcome.then_says("WorkOrderClassified")


def test_an_order_of_tomorrow_or_of_another_channel_is_refused() -> None:
    tomorrow = HELP.model_copy(update={"received_on": date(2023, 11, 15)})
    order().when(RULE[ClassifyOrder], tomorrow, INSPECTION).then_rejected(
        "received-later"
    )
    cleared("LI").when(RULE[ClassifyOrder], HELP, INSPECTION).then_rejected(
        "not-an-order"
    )


def test_each_urging_counts_until_the_answer() -> None:
    urged = ClueUrged(clue_id=CLUE, case_id=CASE)
    order().when(RULE[UrgeClue], URGE, INSPECTION).then(urged)
    order(urged).when(RULE[UrgeClue], URGE, INSPECTION).then(urged)
    answered = order(urged, ANSWERED)
    answered.when(RULE[UrgeClue], URGE, INSPECTION).then_rejected("answered-already")


def test_the_first_asked_takes_down_an_urging_of_what_it_passed_on() -> None:
    """Domain §5.9, 1: the first-asked unit never changes."""
    moved = CaseFactNoted(case_id=CASE, fact="owned", unit="DB", cause=ONE)
    passed_on = order().given(known.KIND, CASE, moved)
    passed_on.when(RULE[UrgeClue], URGE, INSPECTION).then_says("ClueUrged")
    outcome = passed_on.when(RULE[UrgeClue], URGE, ELSEWHERE)
    outcome.then_rejected("not-found")


def test_an_order_that_came_again_is_the_next_episode_of_its_clue() -> None:
    """Domain §5.9, 14: no second clue is registered, S06 and S07 count nothing."""
    order().when(RULE[RedispatchOrder], AGAIN, INSPECTION).then_rejected("not-answered")
    outcome = order(ANSWERED).when(RULE[RedispatchOrder], AGAIN, INSPECTION)
    outcome.then(REDISPATCHED.model_copy(update={"order_kind": "supervision"}))
    third = order(ANSWERED, REDISPATCHED, ANSWERED)
    (event,) = third.when(RULE[RedispatchOrder], AGAIN, INSPECTION).events
    assert isinstance(event, ClueRedispatched)
    assert event.episode == 3


def test_each_episode_owes_one_answer() -> None:
    again = order(ANSWERED, REDISPATCHED)
    again.when(RULE[SendReply], REPLY, INSPECTION).then_says("ReplySent")
    answered = order(ANSWERED, REDISPATCHED, ANSWERED)
    answered.when(RULE[SendReply], REPLY, INSPECTION).then_rejected("answered-already")


def test_the_case_that_an_order_opened_again_is_counted_by_the_clue_itself() -> None:
    """One answer more is owed, not two: the reopening is the clue's own doing."""
    reopened = CaseReopened(case_id=CASE, reason="dissatisfied")
    (by_officer,) = recorded(told(f"case-{CASE}", reopened), service="routing")
    by_routing = replace(by_officer, actor=Actor(ONE, "system", "system"))
    assert note_fact(by_routing) == []
    assert len(note_fact(by_officer)) == 1


def test_an_order_is_answered_through_its_platform() -> None:
    """Each channel is answered in its own form, the first where none is named."""
    (sent,) = order(CLASSIFIED).when(RULE[SendReply], REPLY, INSPECTION).events
    assert isinstance(sent, ReplySent)
    assert sent.form == "platform"
    spoken = REPLY.model_copy(update={"form": "spoken"})
    outcome = order(CLASSIFIED).when(RULE[SendReply], spoken, INSPECTION)
    outcome.then_rejected("channel-form")
    cleared("LI").when(RULE[SendReply], REPLY, INSPECTION).then_rejected("form-missing")


def test_a_call_back_follows_an_answer_and_every_one_is_kept() -> None:
    """S26: none is ever written over."""
    satisfied = RecordCallBack(clue_id=CLUE, result="satisfied")
    outcome = order().when(RULE[RecordCallBack], satisfied, INSPECTION)
    outcome.then_rejected("not-answered")
    found = CallBackRecorded(clue_id=CLUE, case_id=CASE, result="satisfied")
    later = order(ANSWERED, NOT_REACHED)
    later.when(RULE[RecordCallBack], satisfied, INSPECTION).then(found)
    again = order(ANSWERED, found)
    again.when(RULE[RecordCallBack], satisfied, INSPECTION).then(found)


def test_an_order_is_registered_with_its_kind_in_one_append() -> None:
    item = {"item": "work_order", "order_kind": "help", "received_on": "2023-11-13"}
    said = asked(channel="12345", kind="work_order", item=item)
    outcome = registered().when(
        RULE[clue.RegisterClue], said.model_copy(update={"clue_id": ONE}), CENTRE
    )
    assert [event.name for event in outcome.events] == [
        "ComplaintReceived", "ClueRegistered", "WorkOrderClassified", "ReceiptIssued",
    ]  # fmt: skip
    elsewhere = said.model_copy(update={"clue_id": ONE, "channel": "window"})
    registered().when(RULE[clue.RegisterClue], elsewhere, CENTRE).then_rejected(
        "other-channel"
    )
