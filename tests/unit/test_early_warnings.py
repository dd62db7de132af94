"""Early warnings (F-2.1.1c): issued, acknowledged in one working day, rectified."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.events.contracts.duties import EarlyWarningAcknowledged
from libs.events.decider import Rule
from libs.events.testing import given
from libs.events.views.testing import told
from services.reporting.views.early_warning import VIEW
from services.routing import early_warnings
from services.routing.early_warnings import (
    KIND,
    AcknowledgeEarlyWarning,
    IssueEarlyWarning,
)
from tests.unit.duty_scenes import WARNING, row_of, warned
from tests.unit.matters import routed
from tests.unit.offices import by, on

RULE: dict[type, Rule[Any]] = {rule.command: rule for rule in early_warnings.RULES}
ISSUE = IssueEarlyWarning(
    warning_id=WARNING,
    unit="DO",
    by_unit="LC",
    about="虚构一号工地",
    colour="red",
    basis="account",
)
RECTIFYING = AcknowledgeEarlyWarning(warning_id=WARNING, result="rectifying")
RECTIFIED = RECTIFYING.model_copy(update={"result": "rectified"})
ACKNOWLEDGED = EarlyWarningAcknowledged(
    warning_id=WARNING, unit="DO", result="rectifying"
)


def test_f_2_1_1c_a_warning_is_to_be_acknowledged_in_one_working_day() -> None:
    """F-2.1.1c, CLK-98: the day of issue does not count, nor does a weekend."""
    rule = RULE[IssueEarlyWarning]
    monday = by("LC", on(11, 13))
    routed().when(rule, ISSUE, monday).then(warned("DO"))
    (event,) = routed().when(rule, ISSUE, by("LC", on(11, 17))).events
    due = event.model_dump()["acknowledge_by"]
    assert due == datetime(2023, 11, 20, 16, tzinfo=UTC)
    held = routed().given(KIND, WARNING, warned("DO"))
    held.when(rule, ISSUE, monday).then_rejected("warning-issued")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"unit": "LC"}, "warns-itself"),
        ({"unit": "XX"}, "no-such-unit"),
        ({"about": "张三 13800000001"}, "personal-number"),
    ],
)
def test_a_warning_goes_to_another_unit_and_names_no_person(
    changed: dict[str, object], code: str
) -> None:
    asked = ISSUE.model_copy(update=changed)
    routed().when(RULE[IssueEarlyWarning], asked, by("LC")).then_rejected(code)


def test_the_warned_unit_acknowledges_and_later_has_rectified() -> None:
    rule = RULE[AcknowledgeEarlyWarning]
    waiting = given(KIND, WARNING, warned("DO"))
    waiting.when(rule, RECTIFYING, by("DO")).then(ACKNOWLEDGED)
    waiting.when(rule, RECTIFYING, by("LC")).then_rejected("not-yours")
    waiting.when(rule, RECTIFYING, by("LI")).then_rejected("not-found")
    begun = given(KIND, WARNING, warned("DO"), ACKNOWLEDGED)
    begun.when(rule, RECTIFYING, by("DO")).then_rejected("acknowledged")
    done = ACKNOWLEDGED.model_copy(update={"result": "rectified"})
    begun.when(rule, RECTIFIED, by("DO")).then(done)
    over = given(KIND, WARNING, warned("DO"), ACKNOWLEDGED, done)
    over.when(rule, RECTIFIED, by("DO")).then_rejected("acknowledged")


def test_the_register_says_what_waits_and_keeps_the_first_time() -> None:
    stream = KIND.stream(WARNING)
    due = warned("DO").acknowledge_by
    waits = row_of(VIEW, told(stream, warned("DO")))
    assert (waits.result, waits.late(due - timedelta(seconds=1))) == (None, False)
    assert waits.late(due)
    done = ACKNOWLEDGED.model_copy(update={"result": "rectified"})
    over = row_of(VIEW, told(stream, warned("DO"), ACKNOWLEDGED, done))
    first = row_of(VIEW, told(stream, warned("DO"), ACKNOWLEDGED))
    assert over.result == "rectified"
    assert over.acknowledged_at == first.acknowledged_at
    assert not over.late(due + timedelta(days=9))
