"""Clocks hear what happens: CLK-02, 05, 10 and 72 are set and stopped."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from libs.calendar.local_days import end_of_day
from libs.events.contracts.clocks import DeadlineSet
from libs.events.contracts.routing import CaseFactNoted
from libs.events.event import Event
from libs.events.testing import Given, Outcome
from libs.events.views.testing import recorded, told
from libs.ids import deadline_id, named
from services.routing import deadline, known
from services.routing.hearing import RULES, HearEvent
from services.routing.reactions import hear_event
from tests.unit.matters import (
    CASE,
    CLUE,
    ONE,
    OPENED,
    ORDER,
    TWO,
    proposed,
    refused,
    routed,
    ruled,
    transfer,
)
from tests.unit.offices import SYSTEM, by, on

(HEAR,) = RULES
FILED = {"unit": "DB", "officer_ids": []}


def heard(type_: str, at: datetime, **fields: Any) -> HearEvent:
    said = {"case_id": str(CASE), "clue_id": str(CLUE), **fields}
    event = named("test-event", type_, at)
    return HearEvent(case_id=CASE, event_id=event, type=type_, at=at, fields=said)


def complaint(at: datetime, kind: str = "complaint") -> HearEvent:
    return heard("ComplaintReceived", at, kind=kind, first_asked_unit="LC")


def hear(story: Given, command: HearEvent) -> Outcome:
    return story.when(HEAR, command, by(SYSTEM, command.at))


def after(story: Given, *commands: HearEvent) -> Given:
    """Go on after these were heard."""
    for command in commands:
        for new in hear(story, command).new:
            story = story.given(deadline.KIND, UUID(new.stream[-36:]), new.event)
    return story


def only(outcome: Outcome) -> Event:
    assert len(outcome.events) == 1, [event.name for event in outcome.events]
    return outcome.events[0]


def set_by(command: HearEvent, story: Given | None = None) -> DeadlineSet:
    event = only(hear(story or routed(), command))
    assert isinstance(event, DeadlineSet)
    return event


def test_a_complaint_is_to_be_accepted_in_five_working_days() -> None:
    """CLK-02 (LIR-IR 18); S1 of the campaign: 11-13 → 11-20."""
    said = set_by(complaint(on(11, 13)))
    assert (said.clock, said.subject, said.unit) == ("CLK-02", CASE, "LC")
    assert (said.start_on, said.due_on) == (date(2023, 11, 13), date(2023, 11, 20))
    assert said.due_at == end_of_day(date(2023, 11, 20))
    assert not said.provisional


def test_a_deadline_carries_its_arithmetic_and_cites_rule_and_calendar() -> None:
    """Domain §5.9, 10: over the festival each day says why it counted or not."""
    said = set_by(complaint(on(2, 5)))
    assert said.due_on == date(2024, 2, 18)
    counted = [line.day.day for line in said.days if line.counted]
    assert counted == [6, 7, 8, 9, 18]
    off = [line for line in said.days if not line.counted][1:]
    assert [line.day.day for line in off] == list(range(10, 18))
    assert all(line.name_zh for line in off)
    assert said.rule_version == 1
    assert said.calendar_version
    assert "第十八条" in said.article


@pytest.mark.parametrize("kind", ["work_order", "platform_clue", "petition"])
def test_another_channels_clue_runs_on_no_complaint_clock(kind: str) -> None:
    """Domain §0, 4; S3 is a hotline order."""
    hear(routed(), complaint(on(12, 4), kind)).then_nothing()


def test_a_report_has_no_acceptance_clock() -> None:
    hear(routed(), heard("ReportReceived", on(11, 16))).then_nothing()


@pytest.mark.parametrize(
    "stop",
    [
        heard("ComplaintAccepted", on(11, 17)),
        heard("ComplaintRefused", on(11, 17)),
        heard("CaseFiled", on(11, 17), **FILED),
        heard("ClueClosedNotWage", on(11, 17)),
        heard("CaseClosed", on(11, 17), kind="not_wage"),
    ],
    ids=lambda stop: stop.type,
)
def test_every_stop_of_the_acceptance_clock_stops_it(stop: HearEvent) -> None:
    story = after(routed(), complaint(on(11, 13)))
    found = [e for e in hear(story, stop).events if e.name == "DeadlineStopped"]
    assert [event.model_dump()["in_time"] for event in found] == [True]


def noted(fact: str, claim_id: UUID) -> CaseFactNoted:
    said = {"case_id": CASE, "fact": fact, "subject": claim_id, "cause": claim_id}
    return CaseFactNoted.model_validate(said)


def test_only_the_last_withdrawal_of_all_claims_stops_the_acceptance_clock() -> None:
    story = after(routed(), complaint(on(11, 13)))
    story = story.given(known.KIND, CASE, noted("claim_opened", ONE))
    story = story.given(known.KIND, CASE, noted("claim_opened", TWO))
    one = heard("ClaimWithdrawn", on(11, 14), claim_id=str(ONE))
    hear(story, one).then_nothing()
    story = story.given(known.KIND, CASE, noted("claim_withdrawn", ONE))
    two = heard("ClaimWithdrawn", on(11, 15), claim_id=str(TWO))
    hear(story, two).then_says("DeadlineStopped")


def test_a_filed_case_is_investigated_in_sixty_working_days() -> None:
    """CLK-05 (LIR 17): from 11-10 the sixtieth is Sunday 2024-02-04, a working day."""
    said = set_by(heard("CaseFiled", on(11, 10), **FILED))
    assert (said.clock, said.unit) == ("CLK-05", "DB")
    assert said.due_on == date(2024, 2, 4)


@pytest.mark.parametrize("type_", ["InvestigationCompleted", "CaseConcluded"])
def test_the_end_of_the_investigation_stops_its_clock(type_: str) -> None:
    story = after(routed(), heard("CaseFiled", on(11, 17), **FILED))
    hear(story, heard(type_, on(12, 12), kind="paid")).then_says("DeadlineStopped")


def test_a_deadline_over_days_not_announced_is_provisional() -> None:
    """Domain §3: 2027 is not announced yet."""
    filed = heard("CaseFiled", datetime(2026, 12, 1, 2, tzinfo=UTC), **FILED)
    assert set_by(filed).provisional


def served(at: datetime, served_on: str, pay_by: str = "2023-12-11") -> HearEvent:
    dates = {"served_on": served_on, "pay_by": pay_by}
    return heard("DocumentServed", at, order_id=str(ORDER), **dates)


def test_an_order_binds_from_service_until_the_date_written_in_it() -> None:
    """CLK-10 (LIR 26; WPR 42): counted from service, entered later."""
    said = set_by(served(on(12, 4), "2023-11-28"))
    assert (said.clock, said.subject) == ("CLK-10", ORDER)
    assert (said.start_on, said.due_on) == (date(2023, 11, 28), date(2023, 12, 11))


def test_the_orders_date_stands_on_a_rest_day_too() -> None:
    assert set_by(served(on(2, 5), "2024-02-05", "2024-02-11")).due_on.day == 11


def test_paying_the_order_in_full_stops_its_clock() -> None:
    story = after(routed(), served(on(11, 28), "2023-11-28"))
    stop = heard("PaymentOrderSatisfied", on(12, 8), order_id=str(ORDER))
    hear(story, stop).then_says("DeadlineStopped")


def asked(at: datetime) -> HearEvent:
    fields = {"transfer_id": str(transfer(1)), "from_unit": "LC", "to_unit": "LI"}
    return heard("TransferProposed", at, **fields)


def test_a_transfer_is_received_or_refused_in_five_working_days() -> None:
    """CLK-72 (XF 23 by analogy): the addressee's duty."""
    said = set_by(asked(on(12, 4)), routed(proposed(1, "LC", "LI")))
    assert (said.clock, said.subject, said.unit) == ("CLK-72", transfer(1), "LI")
    assert said.due_on == date(2023, 12, 11)


@pytest.mark.parametrize("type_", ["CaseTransferred", "TransferRefused"])
def test_receipt_and_refusal_stop_the_transfers_clock(type_: str) -> None:
    story = after(routed(proposed(1, "LC", "LI")), asked(on(12, 4)))
    stop = heard(type_, on(12, 5), transfer_id=str(transfer(1)))
    hear(story, stop).then_says("DeadlineStopped")


@pytest.mark.parametrize("type_", ["OwnershipRuled", "CaseClosed"])
def test_a_ruling_or_the_end_stops_the_transfer_under_way(type_: str) -> None:
    story = after(routed(proposed(1, "LC", "LI")), asked(on(12, 4)))
    hear(story, heard(type_, on(12, 6), to_unit="DO", kind="paid")).then_says(
        "DeadlineStopped"
    )


def test_a_ruling_after_a_refusal_finds_no_clock_to_stop() -> None:
    story = after(
        routed(*refused(1, "LC", "LI"), ruled("LC", "DO")),
        asked(on(12, 4)),
        heard("TransferRefused", on(12, 5), transfer_id=str(transfer(1))),
    )
    hear(story, heard("OwnershipRuled", on(12, 5, 15), to_unit="DO")).then_nothing()


def test_a_clock_that_runs_is_not_started_again() -> None:
    story = after(routed(), complaint(on(11, 13)))
    hear(story, complaint(on(11, 14))).then_nothing()


def test_each_deadline_has_a_stream_of_its_own() -> None:
    """Architecture §4: a machine's event never moves what an officer names."""
    outcome = hear(routed(), complaint(on(11, 13)))
    this = deadline_id("CLK-02", CASE)
    assert [new.stream for new in outcome.new] == [deadline.KIND.stream(this)]


def test_history_is_heard_by_no_clock() -> None:
    """Architecture §4: history is fact, without clocks."""
    old = OPENED.model_copy(update={"history": True})
    assert hear_event(recorded(told("case-1", old))[0]) == []
    assert len(hear_event(recorded(told("case-1", OPENED))[0])) == 1
