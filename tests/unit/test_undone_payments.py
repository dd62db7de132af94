"""A payment that did not stand: the order's term goes on, the case is open again."""

from datetime import date, datetime
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from libs.calendar.local_days import end_of_day
from libs.events.contracts.clocks import DeadlineResumed
from libs.events.contracts.enforcement import (
    CaseConcluded,
    DocumentServed,
    PaymentOrderExpired,
    PaymentOrderSatisfied,
    PaymentOrderUnsatisfied,
    WagePaymentDisputed,
    WagePaymentReversed,
    WageReceiptConfirmed,
)
from libs.events.event import Event
from libs.events.testing import Given
from libs.events.views.testing import recorded, told
from libs.ids import deadline_id, named
from services.enforcement import claim, known, order, payment, proceeding
from services.enforcement.conclusion import RULES as CONCLUDING
from services.enforcement.conclusion import ConcludeCase
from services.enforcement.order import CheckOrders
from services.enforcement.reactions import check_orders
from services.routing import deadline
from services.routing.case import ReopenCase
from services.routing.deadline import RULES as DEADLINES
from services.routing.deadline import MissDeadline
from services.routing.reactions import REACTIONS
from tests.unit import matters
from tests.unit.matters import (
    CASE,
    FILED,
    ONE,
    ORDER,
    TWO,
    held,
    opened,
    ordered,
    paid,
    routed,
    verified,
    yuan,
)
from tests.unit.offices import SYSTEM, by, listed_officers, officer, on
from tests.unit.test_hearing import after, complaint, hear, heard, served

CHECK = next(r for r in order.RULES if r.command is CheckOrders)
DISPUTE = next(r for r in payment.RULES if r.command is payment.DisputePayment)
(CONCLUDE,) = CONCLUDING
MISS = DEADLINES[0]
ORDERS_CLOCK = deadline_id("CLK-10", ORDER)
LATER = on(12, 20)
DUE = end_of_day(date(2023, 12, 11))
SERVED = DocumentServed(
    case_id=CASE,
    order_id=ORDER,
    served_on=date(2023, 11, 28),
    method="handed",
    pay_by=date(2023, 12, 11),
)
ON_PAYMENT: dict[str, Any] = {
    "claim_id": ONE,
    "case_id": CASE,
    "payment_id": matters.payment(1),
    "person_id": named("test-person", 1),
    "amount": yuan(12_000),
}
REVERSED = WagePaymentReversed(**ON_PAYMENT, confirmed_before=False, reason="r")
DISPUTED = WagePaymentDisputed(**ON_PAYMENT, reason="not-received")
CONFIRMED = WageReceiptConfirmed(**ON_PAYMENT, method="call")


def satisfied(at: datetime | None = None) -> PaymentOrderSatisfied:
    return PaymentOrderSatisfied(case_id=CASE, order_id=ORDER, paid_at=at)


def unsatisfied(*, expired: bool = False) -> PaymentOrderUnsatisfied:
    return PaymentOrderUnsatisfied(case_id=CASE, order_id=ORDER, expired=expired)


def standing(*steps: Event, one: tuple[Event, ...] = ()) -> Given:
    """Begin with an order of 12,000 yuan over one claim, served in November."""
    first = (verified(12_000), ordered(12_000), *one)
    stream = (FILED, matters.order(one=12_000), SERVED, *steps)
    return held(one=first, proceeding_=stream)


def check(story: Given, at: datetime = LATER) -> list[tuple[Event, Any]]:
    outcome = story.when(CHECK, CheckOrders(case_id=CASE, at=at), by(SYSTEM))
    assert outcome.refusal is None
    return [(new.event, new.occurred_at) for new in outcome.new]


@pytest.mark.parametrize("entered", list(permutations(range(3))))
def test_an_order_is_paid_when_the_payment_that_completed_it_was_made(
    entered: tuple[int, ...],
) -> None:
    """Whatever is entered first: the sum was complete on 8 December."""
    made = [(on(12, 4), 5_000), (on(12, 6), 5_000), (on(12, 8), 2_000)]
    lines = [paid(made[i][1], i, at=made[i][0]) for i in entered]
    found = check(standing(one=tuple(lines)), at=made[entered[0]][0])
    assert found == [(satisfied(on(12, 8)), on(12, 8))]


def test_of_two_workers_the_later_completes_the_order() -> None:
    story = held(
        one=(ordered(12_000), paid(12_000, at=on(12, 8))),
        proceeding_=(FILED, matters.order(one=12_000, two=8_000), SERVED),
    )
    second = (opened(TWO), ordered(8_000, TWO), paid(8_000, 2, TWO, at=on(12, 5)))
    found = check(story.given(claim.KIND, TWO, *second))
    assert found == [(satisfied(on(12, 8)), on(12, 8))]


def test_a_payment_entered_later_may_show_that_it_was_paid_earlier() -> None:
    late = (paid(12_000, at=on(12, 14)), paid(12_000, 2, at=on(12, 8)))
    story = standing(satisfied(on(12, 14)), one=late)
    assert check(story) == [(satisfied(on(12, 8)), on(12, 8))]
    assert check(standing(satisfied(on(12, 8)), one=late)) == []


def test_a_reversal_makes_a_paid_order_owed_again() -> None:
    """LIR 26: the order stands until it is performed."""
    gone = (paid(12_000, at=on(12, 4)), REVERSED)
    story = standing(satisfied(on(12, 4)), one=gone)
    assert check(story, on(12, 6)) == [(unsatisfied(), on(12, 6))]
    again = standing(satisfied(on(12, 4)), unsatisfied(), one=gone)
    assert check(again) == []
    expired = PaymentOrderExpired(case_id=CASE, order_id=ORDER)
    story = standing(expired, satisfied(on(12, 14)), one=gone)
    assert check(story, on(12, 20)) == [(unsatisfied(expired=True), on(12, 20))]


def test_an_order_owed_again_can_be_paid_again() -> None:
    money = (paid(12_000, at=on(12, 4)), REVERSED, paid(12_000, 2, at=on(12, 8)))
    story = standing(satisfied(on(12, 4)), unsatisfied(), one=money)
    assert check(story) == [(satisfied(on(12, 8)), on(12, 8))]


def test_reversals_are_checked_like_payments() -> None:
    (record,) = recorded(told("claim-1", REVERSED))
    assert [type(c).__name__ for c in check_orders(record)] == ["CheckOrders"]


def resumed(*, missed: bool = False, by_event: UUID) -> DeadlineResumed:
    return DeadlineResumed(
        deadline_id=ORDERS_CLOCK,
        clock="CLK-10",
        case_id=CASE,
        by_event=by_event,
        by_type="PaymentOrderUnsatisfied",
        due_at=DUE,
        missed=missed,
    )


def paid_and_undone(paid_on: datetime, undone_on: datetime) -> tuple[Given, Any]:
    stop = heard("PaymentOrderSatisfied", paid_on, order_id=str(ORDER))
    story = after(routed(), served(on(11, 28), "2023-11-28"), stop)
    return story, heard("PaymentOrderUnsatisfied", undone_on, order_id=str(ORDER))


def test_the_orders_clock_runs_on_to_its_own_date() -> None:
    story, undone = paid_and_undone(on(12, 4), on(12, 6))
    outcome = hear(story, undone)
    outcome.then(resumed(by_event=undone.event_id))
    state = after(story, undone).state(deadline.KIND, ORDERS_CLOCK)
    assert (state.running, state.due_at) == (True, DUE)


def test_a_date_that_passed_meanwhile_is_found_missed() -> None:
    story, undone = paid_and_undone(on(12, 4), on(12, 20))
    command = MissDeadline(deadline_id=ORDERS_CLOCK, due_at=DUE)
    story.when(MISS, command, by(SYSTEM)).then_nothing()
    after(story, undone).when(MISS, command, by(SYSTEM)).then_says("DeadlineMissed")


def test_a_clock_that_runs_is_not_resumed() -> None:
    story = after(routed(), served(on(11, 28), "2023-11-28"))
    undone = heard("PaymentOrderUnsatisfied", on(12, 6), order_id=str(ORDER))
    hear(story, undone).then_nothing()


def test_a_miss_that_stands_is_not_found_twice() -> None:
    story = after(routed(), served(on(11, 28), "2023-11-28"))
    command = MissDeadline(deadline_id=ORDERS_CLOCK, due_at=DUE)
    missed = story.when(MISS, command, by(SYSTEM)).events
    story = story.given(deadline.KIND, ORDERS_CLOCK, *missed)
    stop = heard("PaymentOrderSatisfied", on(12, 14), order_id=str(ORDER))
    undone = heard("PaymentOrderUnsatisfied", on(12, 20), order_id=str(ORDER))
    story = after(story, stop)
    outcome = hear(story, undone)
    outcome.then(resumed(missed=True, by_event=undone.event_id))
    after(story, undone).when(MISS, command, by(SYSTEM)).then_nothing()


def test_an_earlier_day_of_payment_lifts_the_miss_of_a_late_stop() -> None:
    story = after(routed(), served(on(11, 28), "2023-11-28"))
    command = MissDeadline(deadline_id=ORDERS_CLOCK, due_at=DUE)
    missed = story.when(MISS, command, by(SYSTEM)).events
    story = story.given(deadline.KIND, ORDERS_CLOCK, *missed)
    story = after(
        story, heard("PaymentOrderSatisfied", on(12, 14), order_id=str(ORDER))
    )
    better = heard("PaymentOrderSatisfied", on(12, 8), order_id=str(ORDER))
    hear(story, better).then_says("DeadlineStopped", "DeadlineMissWithdrawn")
    hear(after(story, better), better).then_nothing()


def test_a_dispute_opens_a_closed_case_again_by_a_reaction_of_its_own() -> None:
    (reaction,) = [one for one in REACTIONS if one.name == "reopen-disputed"]
    (record,) = recorded(told("claim-1", DISPUTED))
    assert reaction.fires(record)
    assert reaction.commands(record) == [ReopenCase(case_id=CASE, reason="dispute")]


def conclusion_of(*one: Event) -> Given:
    return held(one=(verified(12_000), paid(12_000), *one))


def test_a_dispute_lifts_a_conclusion_that_did_not_yet_close_the_case() -> None:
    concluded = CaseConcluded(case_id=CASE, kind="paid", by_district=False)
    command = payment.DisputePayment(
        case_id=CASE, claim_id=ONE, payment_id=matters.payment(1), reason="not-received"
    )
    story = conclusion_of().given(proceeding.KIND, CASE, concluded)
    story.when(DISPUTE, command, by("LC")).then_says(
        "WagePaymentDisputed", "EnforcementCaseFactNoted"
    )
    closed = story.given(known.KIND, CASE, matters.noted("closed"))
    closed.when(DISPUTE, command, by("LC")).then_says("WagePaymentDisputed")


def test_a_disputed_payment_is_settled_before_the_case_is_concluded_again() -> None:
    said = {"case_id": CASE, "kind": "paid", "reviewer_id": officer("LG")}
    command = ConcludeCase.model_validate({**said, "named": listed_officers()})
    open_ = conclusion_of(DISPUTED)
    open_.when(CONCLUDE, command, by("LI")).then_rejected("payment-disputed")
    settled = conclusion_of(DISPUTED, CONFIRMED)
    settled.when(CONCLUDE, command, by("LI")).then_says("CaseConcluded")


def test_a_complaint_that_ended_undecided_is_to_be_decided_after_reopening() -> None:
    """CLK-02 is counted anew; the days between are nobody's delay."""
    closed = heard("CaseClosed", on(11, 17), kind="not_wage")
    story = after(routed(), complaint(on(11, 13)), closed)
    outcome = hear(story, heard("CaseReopened", on(12, 4), reason="new_claim"))
    outcome.then_says("DeadlineSet")
    said = outcome.events[0].model_dump()
    assert (said["start_on"], said["due_on"]) == (date(2023, 12, 4), date(2023, 12, 11))


def test_a_complaint_that_was_decided_stays_decided() -> None:
    accepted = heard("ComplaintAccepted", on(11, 17))
    story = after(routed(), complaint(on(11, 13)), accepted)
    hear(story, heard("CaseReopened", on(12, 4), reason="review")).then_nothing()


def test_a_duty_that_was_late_already_is_not_given_new_days() -> None:
    closed = heard("CaseClosed", on(11, 24), kind="not_wage")
    story = after(routed(), complaint(on(11, 13)), closed)
    hear(story, heard("CaseReopened", on(12, 4), reason="review")).then_nothing()


@pytest.mark.parametrize("type_", ["CaseReopened", "WagePaymentDisputed"])
def test_an_investigation_that_only_the_conclusion_ended_runs_again(type_: str) -> None:
    filed = heard("CaseFiled", on(11, 17), unit="DB", officer_ids=[])
    concluded = heard("CaseConcluded", on(12, 12), kind="paid")
    story = after(routed(), filed, concluded)
    outcome = hear(story, heard(type_, on(12, 20), reason="dispute"))
    outcome.then_says("DeadlineSet")
    assert outcome.events[0].model_dump()["unit"] == "DB"
    done = heard("InvestigationCompleted", on(12, 1))
    ended = after(routed(), filed, done, concluded)
    hear(ended, heard(type_, on(12, 20), reason="dispute")).then_nothing()
