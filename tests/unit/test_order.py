"""The payment order: the bureau's head alone gives it; served, paid, or expired."""

from datetime import date
from typing import Any

import pytest

from libs.events.command import Command
from libs.events.contracts.enforcement import (
    ClaimWithdrawn,
    DocumentServed,
    PaymentOrderExpired,
    PaymentOrderSatisfied,
)
from libs.events.decider import NotVisible, NotYours, Rule
from libs.events.event import Event
from libs.events.testing import Given
from services.enforcement import claim
from services.enforcement.order import (
    RULES,
    CheckOrders,
    ExpireOrder,
    OrderPayment,
    ServeDocument,
)
from tests.unit.matters import (
    CASE,
    CLUE,
    FILED,
    ONE,
    ORDER,
    TWO,
    held,
    noted,
    opened,
    order,
    ordered,
    paid,
    verified,
    yuan,
)
from tests.unit.offices import SYSTEM, by, on

RULE: dict[type[Command], Rule[Any]] = {rule.command: rule for rule in RULES}
HD = by("HD", on(11, 27))
SERVED = DocumentServed(
    case_id=CASE,
    order_id=ORDER,
    served_on=date(2023, 11, 28),
    method="handed",
    pay_by=date(2023, 12, 11),
)
SATISFIED = PaymentOrderSatisfied(case_id=CASE, order_id=ORDER)
EXPIRED = PaymentOrderExpired(case_id=CASE, order_id=ORDER)
CHECK = CheckOrders(case_id=CASE, at=on(12, 8))
EXPIRE = ExpireOrder(case_id=CASE, order_id=ORDER, at=on(12, 12))


def ordering(*amounts: int, pay_by: str = "2023-12-11", **more: Any) -> OrderPayment:
    lines = [
        {"claim_id": claim_id, "amount": yuan(amount)}
        for claim_id, amount in zip((ONE, TWO), amounts, strict=False)
    ]
    said = {"case_id": CASE, "order_id": ORDER, "pay_by": pay_by, "lines": lines}
    return OrderPayment.model_validate({**said, **more})


def filed(*one: Event, two: tuple[Event, ...] = ()) -> Given:
    """Begin with a filed case; the first claim is verified."""
    story = held(one=(verified(12_000), *one), proceeding_=(FILED,))
    return story.given(claim.KIND, TWO, opened(TWO), *two)


def standing(*one: Event, two: tuple[Event, ...] = ()) -> Given:
    """Begin with an order over both claims, served in November."""
    story = held(
        one=(verified(12_000), ordered(12_000), *one),
        proceeding_=(FILED, order(one=12_000, two=8_000), SERVED),
    )
    return story.given(claim.KIND, TWO, opened(TWO), ordered(8_000, TWO), *two)


def test_an_order_is_on_the_case_and_on_every_claim_in_one_append() -> None:
    """LIR 26; WPR 42."""
    story = filed(two=(verified(8_000, TWO),))
    outcome = story.when(RULE[OrderPayment], ordering(12_000, 8_000), HD)
    outcome.then(order(one=12_000, two=8_000), ordered(12_000), ordered(8_000, TWO))


@pytest.mark.parametrize("unit", ["LI", "LC", "DB", "LG"])
def test_only_the_head_of_the_bureau_orders(unit: str) -> None:
    outcome = filed().when(RULE[OrderPayment], ordering(12_000), by(unit))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("hrss-head",)


def test_an_order_needs_a_filed_case_and_verified_sums() -> None:
    held(one=(verified(12_000),)).when(
        RULE[OrderPayment], ordering(12_000), HD
    ).then_rejected("not-filed")
    filed().when(RULE[OrderPayment], ordering(12_000, 8_000), HD).then_rejected(
        "not-verified"
    )


def test_an_order_names_each_claim_once_and_none_withdrawn() -> None:
    line = {"claim_id": ONE, "amount": yuan(1)}
    twice = ordering(lines=[line, line])
    filed().when(RULE[OrderPayment], twice, HD).then_rejected("claim-twice")
    gone = ClaimWithdrawn(claim_id=ONE, case_id=CASE, clue_id=CLUE, reason="r")
    filed(gone).when(RULE[OrderPayment], ordering(1), HD).then_rejected(
        "claim-withdrawn"
    )


def test_an_order_of_nothing_or_in_another_currency_is_refused() -> None:
    filed().when(RULE[OrderPayment], ordering(0), HD).then_rejected("bad-amount")
    dollars = [{"claim_id": ONE, "amount": {"minor": 5, "currency": "USD"}}]
    filed().when(RULE[OrderPayment], ordering(lines=dollars), HD).then_rejected(
        "bad-amount"
    )


def test_a_claim_of_another_case_is_not_ordered() -> None:
    strange = [{"claim_id": CLUE, "amount": yuan(1)}]
    outcome = filed().when(RULE[OrderPayment], ordering(lines=strange), HD)
    assert isinstance(outcome.refusal, NotVisible)


@pytest.mark.parametrize(
    "pay_by", ["2023-11-26", "1980-01-01", "2024-12-01", "9999-12-31"]
)
def test_the_date_of_an_order_is_neither_past_nor_absurd(pay_by: str) -> None:
    """A date that no calendar can end would park the clock."""
    filed().when(RULE[OrderPayment], ordering(1, pay_by=pay_by), HD).then_rejected(
        "pay-by-out-of-range"
    )


def test_an_order_entered_later_is_measured_by_its_own_day() -> None:
    late = by("HD", on(12, 20))
    command = ordering(1, occurred_at=on(11, 27))
    filed().when(RULE[OrderPayment], command, late).then_says(
        "PaymentOrdered", "ClaimOrdered"
    )
    filed().when(RULE[OrderPayment], ordering(1), late).then_rejected(
        "pay-by-out-of-range"
    )


def test_a_closed_case_gets_no_order() -> None:
    story = held(noted("closed"), one=(verified(1),), proceeding_=(FILED,))
    story.when(RULE[OrderPayment], ordering(1), HD).then_rejected("case-closed")


def serving(**more: Any) -> ServeDocument:
    said = {"case_id": CASE, "order_id": ORDER, "served_on": "2023-11-28"}
    return ServeDocument.model_validate({**said, "method": "handed", **more})


def unserved(*more: Event) -> Given:
    return held(proceeding_=(FILED, order(one=12_000), *more))


def test_service_carries_the_orders_date() -> None:
    unserved().when(RULE[ServeDocument], serving(), by("DB")).then(SERVED)
    unserved(SERVED).when(RULE[ServeDocument], serving(), by("DB")).then_rejected(
        "served-already"
    )


def test_an_order_that_is_posted_needs_a_photograph() -> None:
    """Domain §0, 15: SPC3 4."""
    rule = RULE[ServeDocument]
    unserved().when(rule, serving(method="posted"), by("DB")).then_rejected(
        "posting-needs-proof"
    )
    shown = serving(method="posted", proof={"kind": "photo"})
    unserved().when(rule, shown, by("DB")).then_says("DocumentServed")


def test_the_street_serves_nothing_and_no_unknown_order_is_served() -> None:
    outcome = unserved().when(RULE[ServeDocument], serving(), by("LI"))
    assert isinstance(outcome.refusal, NotYours)
    held(proceeding_=(FILED,)).when(
        RULE[ServeDocument], serving(), by("DB")
    ).then_rejected("no-such-order")


def test_an_order_paid_before_its_service_stops_the_clock_of_service() -> None:
    outcome = unserved(SATISFIED).when(RULE[ServeDocument], serving(), by("DB"))
    outcome.then(SERVED, SATISFIED)


def test_an_order_is_satisfied_when_every_line_is_covered() -> None:
    rule = RULE[CheckOrders]
    standing(paid(12_000)).when(rule, CHECK, by(SYSTEM)).then_nothing()
    part = standing(paid(12_000), two=(paid(7_999, 2, TWO),))
    part.when(rule, CHECK, by(SYSTEM)).then_nothing()
    full = standing(paid(12_000), two=(paid(8_000, 2, TWO),))
    outcome = full.when(rule, CHECK, by(SYSTEM))
    outcome.then(SATISFIED)
    assert outcome.new[0].occurred_at == CHECK.at, "the payments name no time"


def test_instalments_and_overpayment_satisfy_and_once() -> None:
    lines = (paid(6_000), paid(6_500, 3))
    story = standing(*lines, two=(paid(8_000, 2, TWO),))
    story.when(RULE[CheckOrders], CHECK, by(SYSTEM)).then(SATISFIED)
    done = held(
        one=(ordered(12_000), *lines),
        proceeding_=(FILED, order(one=12_000), SERVED, SATISFIED),
    )
    done.when(RULE[CheckOrders], CHECK, by(SYSTEM)).then_nothing()


def test_a_missed_clock_lets_the_order_expire_once() -> None:
    """Architecture §1: routing finds the miss, enforcement reacts."""
    outcome = standing().when(RULE[ExpireOrder], EXPIRE, by(SYSTEM))
    outcome.then(EXPIRED)
    for more in ((EXPIRED,), (SATISFIED,)):
        story = held(proceeding_=(FILED, order(one=12_000), SERVED, *more))
        story.when(RULE[ExpireOrder], EXPIRE, by(SYSTEM)).then_nothing()


def test_no_unknown_order_expires() -> None:
    held(proceeding_=(FILED,)).when(
        RULE[ExpireOrder], EXPIRE, by(SYSTEM)
    ).then_nothing()
