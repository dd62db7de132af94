"""An operator's order is said once, names what its dry run showed, and is paced."""

from uuid import UUID

import pytest

from libs.events.contracts.operation import (
    ParkedRetryOrdered,
    RebuildOrdered,
    RefillOrdered,
    ResendOrdered,
)
from libs.events.event import Actor
from libs.events.testing import AT, given, stamp
from libs.service.ordering import (
    KIND,
    RULES,
    OrderRebuild,
    OrderRefill,
    OrderResend,
    OrderRetry,
)
from libs.service.pacing import LOOK_SECONDS, LOOKS_KEPT, Looks, Pace, confirmed
from libs.web.callers import Officer, SignedIn
from libs.web.limits import Rate
from libs.web.problems import Problem
from services.reporting.console.orders import ORDERS, wanted

ID = UUID(int=7)
RETRY, RESEND, REBUILD, REFILL = RULES
OPERATOR = SignedIn(
    Actor(ID, "operator", "LG"), Officer("op-01", "operator", "LG", "运维", "operator")
)
ANOTHER = SignedIn(
    Actor(UUID(int=8), "operator", "LG"), Officer("op-02", "operator", "LG")
)


def test_each_order_is_on_record_once_with_its_count() -> None:
    retry = OrderRetry(order_id=ID, consumer="claim_v1", events=3)
    said = ParkedRetryOrdered(consumer="claim_v1", events=3)
    given(KIND, ID).when(RETRY, retry, stamp(role="operator")).then(said)
    given(KIND, ID, said).when(RETRY, retry, stamp(role="operator")).then_nothing()
    resend = OrderResend(order_id=ID, partition=2, from_index=5, records=9)
    sent = ResendOrdered(partition=2, from_index=5, records=9)
    given(KIND, ID).when(RESEND, resend, stamp(role="operator")).then(sent)
    rebuild = OrderRebuild(order_id=ID, view="claim", records=9)
    made = RebuildOrdered(view="claim", records=9)
    given(KIND, ID).when(REBUILD, rebuild, stamp(role="operator")).then(made)
    aside = OrderRebuild(order_id=ID, view="claim", records=9, as_of=AT)
    then = RebuildOrdered(view="claim", records=9, as_of=AT)
    given(KIND, ID).when(REBUILD, aside, stamp(role="operator")).then(then)
    refill, filled = OrderRefill(order_id=ID, records=9), RefillOrdered(records=9)
    given(KIND, ID).when(REFILL, refill, stamp(role="operator")).then(filled)


def test_an_order_about_another_number_than_was_seen_is_refused_with_the_new_one() -> (
    None
):
    confirmed(3, 3)
    with pytest.raises(Problem) as refused:
        confirmed(3, 4)
    assert refused.value.status_code == 409
    assert refused.value.more.members == {"count": 4}


def refused(looks: Looks, who: SignedIn, seen: int, now: int, about: str = "a") -> bool:
    try:
        looks.confirmed(who, about, seen, now)
    except Problem as problem:
        return problem.more.members == {"count": now}
    return False


def test_what_grew_since_a_look_is_ordered_and_an_invented_count_is_not() -> None:
    looks = Looks()
    assert looks.show(OPERATOR, "a", 5) == 5
    assert not refused(looks, OPERATOR, 5, 5)
    assert not refused(looks, OPERATOR, 5, 7)
    assert refused(looks, OPERATOR, 5, 4)
    assert refused(looks, OPERATOR, 0, 7)
    assert refused(looks, ANOTHER, 5, 7)
    assert refused(looks, OPERATOR, 5, 7, about="b")


def test_the_present_count_needs_no_look_and_a_refusal_is_one() -> None:
    looks = Looks()
    assert not refused(looks, OPERATOR, 7, 7)
    assert refused(looks, OPERATOR, 7, 8)
    assert not refused(looks, OPERATOR, 8, 9)


def test_a_look_is_good_for_ten_minutes_and_only_the_latest_are_kept() -> None:
    now = [0.0]
    looks = Looks(lambda: now[0])
    looks.show(OPERATOR, "a", 5)
    now[0] = LOOK_SECONDS
    assert not refused(looks, OPERATOR, 5, 6)
    now[0] = LOOK_SECONDS + 1
    assert refused(looks, OPERATOR, 5, 6)
    for number in range(LOOKS_KEPT):
        looks.show(OPERATOR, "b", number)
    assert refused(looks, OPERATOR, 6, 7)
    assert not refused(looks, OPERATOR, 1, 7, about="b")


def test_the_last_order_over_the_pace_is_told_when_to_come_again() -> None:
    pace = Pace(Rate("orders", 2, 60))
    pace.count(OPERATOR)
    pace.count(OPERATOR)
    with pytest.raises(Problem) as refused:
        pace.count(OPERATOR)
    assert refused.value.status_code == 429
    assert int(refused.value.more.headers["Retry-After"]) > 0


def test_the_console_takes_only_plain_words_into_an_address() -> None:
    assert wanted("retry", {"service": "routing"}) is not None
    about = {"service": "routing", "consumer": "claim_v1", "event_id": str(ID)}
    assert wanted("drop", about) is not None
    for wrong in (
        {**about, "event_id": "../../clock"},
        {**about, "service": "elsewhere"},
        {"service": "routing", "consumer": "claim_v1"},
    ):
        assert wanted("drop", wrong) is None
    place = {"service": "routing", "partition": "2", "from_index": "0"}
    assert wanted("resend", place) is not None
    assert wanted("resend", {**place, "partition": "two"}) is None
    assert wanted("burn", place) is None
    assert set(ORDERS) == {"retry", "drop", "resend", "rebuild"}
