"""An operator's order is said once, names what its dry run showed, and is paced."""

from uuid import UUID

import pytest

from libs.events.contracts.operation import (
    ParkedRetryOrdered,
    RebuildOrdered,
    ResendOrdered,
)
from libs.events.event import Actor
from libs.events.testing import given, stamp
from libs.service.ordering import KIND, RULES, OrderRebuild, OrderResend, OrderRetry
from libs.service.pacing import Pace, confirmed
from libs.web.callers import Officer, SignedIn
from libs.web.limits import Rate
from libs.web.problems import Problem
from services.reporting.console.orders import ORDERS, wanted

ID = UUID(int=7)
RETRY, RESEND, REBUILD = RULES
OPERATOR = SignedIn(
    Actor(ID, "operator", "LG"), Officer("op-01", "operator", "LG", "运维", "operator")
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


def test_an_order_about_another_number_than_was_seen_is_refused_with_the_new_one() -> (
    None
):
    confirmed(3, 3)
    with pytest.raises(Problem) as refused:
        confirmed(3, 4)
    assert refused.value.status_code == 409
    assert refused.value.more.members == {"count": 4}


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
