"""Texts of messages: versions, placeholders, and what a confidential one never says."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from libs.events.contracts.messages import (
    MessageAttemptFailed,
    MessageChannel,
    MessageDelivered,
    MessageGivenUp,
    MessageLanguage,
    MessagePurpose,
    MessageRefused,
)
from libs.events.event import Event
from libs.events.views.testing import given, recorded, told
from libs.message_view import VIEW, MessageRow
from libs.messages import BOOK, KNOWN, delivery_on, load, template_on
from tests.unit.matters import CASE
from tests.unit.message_scenes import THIS, message

ON = date(2026, 1, 5)
FILLED = {name: f"<{name}>" for name in KNOWN}
GIVEN = {
    ("received", "zh", 1): "8e0b4610c7a33e74",
    ("received", "en", 1): "08eb99eb3ca1aa11",
    ("moved", "zh", 1): "8e355ace2a90dd48",
    ("moved", "en", 1): "1548d58888f4abdf",
    ("replied", "zh", 1): "12eefd85999c194c",
    ("replied", "en", 1): "785663348e209d6b",
    ("paid", "zh", 1): "d6e33bf7e37f1d47",
    ("paid", "en", 1): "9c96462093761c07",
    ("urge_answered", "zh", 1): "6078e2086f62c7e7",
    ("urge_answered", "en", 1): "b00f5970c18b2a15",
}
"""What was sent once stays word for word: another text is another version."""
DELIVERY = """
[[delivery]]
version = 1
effective_from = 2023-01-01
quiet_from = 21:00:00
quiet_to = 08:00:00
retry_minutes = [1]
"""


def book(**changed: Any) -> str:
    said = {
        "purpose": "moved",
        "language": "zh",
        "channels": ["sms"],
        "version": 1,
        "placeholders": ["number", "unit"],
        "subject": "s",
        "text": "{number} {unit}",
        **changed,
    }
    lines = [f"{name} = {value!r}" for name, value in said.items()]
    day = "effective_from = 2023-01-01"
    return "\n".join([DELIVERY, "[[templates]]", day, *lines, ""])


def test_every_purpose_has_a_text_in_both_languages_on_both_channels() -> None:
    kinds = [get_args(one) for one in (MessagePurpose, MessageLanguage, MessageChannel)]
    for kind in product(*kinds):
        assert template_on(kind, ON) is not None, kind


def test_no_text_that_was_sent_has_changed() -> None:
    held = {(o.purpose, o.language, o.version): o.sha256[:16] for o in BOOK.templates}
    assert held == GIVEN


def test_a_discreet_text_names_no_employer() -> None:
    """PIPL 28, LIR 9: who reads over a shoulder learns of no employer."""
    for one in BOOK.templates:
        subject, text = one.filled(FILLED, discreet=True)
        assert "<employer>" not in subject + text, one.purpose
        subject, _ = one.filled(FILLED, discreet=False)
        assert "<employer>" not in subject, one.purpose
    named = template_on(("received", "zh", "sms"), ON)
    assert named is not None
    assert "<employer>" in named.filled(FILLED, discreet=False)[1]
    # Of an individual no name is known outside the vault: then it is the discreet text.
    assert (
        named.filled({**FILLED, "employer": ""}, discreet=False)[1]
        == (named.filled(FILLED, discreet=True)[1])
    )


def test_no_text_says_an_amount_and_every_placeholder_is_filled() -> None:
    for one in BOOK.templates:
        for discreet in (True, False):
            text = " ".join(one.filled(FILLED, discreet=discreet))
            assert "{" not in text
            assert "元" not in text, one.purpose


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"text": "{number} {unit} {code}"}, "not declared"),
        ({"text": "{number}", "placeholders": ["number"]}, "misses"),
        ({"text_named": "{number}"}, "misses"),
        ({"placeholders": ["number", "unit", "wages"]}, "nothing fills"),
        ({"placeholders": ["number", "unit", "code"]}, "not used"),
        ({"text": "{number.real} {unit}"}, "plain name"),
        ({"text": "{number!r} {unit}"}, "plain name"),
        (
            {
                "text": "{number} {unit} {employer}",
                "placeholders": ["number", "unit", "employer"],
            },
            "no employer",
        ),
        (
            {"subject": "{employer}", "placeholders": ["number", "unit", "employer"]},
            "no employer",
        ),
        ({"channels": []}, "at least 1"),
        ({"colour": "red"}, "not permitted"),
        ({"version": 0}, "greater than"),
    ],
)
def test_an_unsound_text_is_refused(changed: dict[str, Any], why: str) -> None:
    assert load(book()).templates
    with pytest.raises(ValidationError, match=why):
        load(book(**changed))


def test_a_version_stands_once_for_a_channel() -> None:
    twice = book() + book(channels=["email", "sms"]).replace(DELIVERY, "")
    with pytest.raises(ValidationError, match="twice"):
        load(twice)


def test_a_new_version_has_effect_from_its_own_day() -> None:
    later = book(version=2, text="新 {number} {unit}").replace(DELIVERY, "")
    later = later.replace("2023-01-01", "2024-01-01")
    found = load(book() + later).templates
    kind = ("moved", "zh", "sms")
    versions = [
        one.version
        for day in (date(2023, 12, 31), date(2024, 1, 1))
        if (one := template_on(kind, day, found))  # type: ignore[arg-type]  # literals
    ]
    assert versions == [1, 2]
    assert template_on(kind, date(2022, 12, 31), found) is None  # type: ignore[arg-type]  # literals


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(20, 59, False), (21, 0, True), (0, 0, True), (7, 59, True), (8, 0, False)],
)
def test_nobody_is_written_to_at_night_in_shanghai(
    hour: int, minute: int, *, quiet: bool
) -> None:
    shanghai = datetime(2026, 1, 5, hour, minute, tzinfo=UTC) - timedelta(hours=8)
    assert delivery_on(ON).quiet(shanghai) is quiet


def test_tries_end_and_a_gateways_own_wait_is_never_shortened() -> None:
    rules, at = delivery_on(ON), datetime(2026, 1, 5, 4, tzinfo=UTC)
    usual = [rules.again(n, at, timedelta()) for n in (1, 2, 3, 4, 5, 6)]
    minutes = [
        None if one is None else (one - at) // timedelta(minutes=1) for one in usual
    ]
    assert minutes == [1, 5, 30, 120, 480, None]
    assert rules.again(1, at, timedelta(hours=1)) == at + timedelta(hours=1)
    assert rules.again(6, at, timedelta(hours=1)) is None


NEXT = datetime(2023, 11, 13, 2, tzinfo=UTC)
ON_IT: dict[str, Any] = {"message_id": THIS, "case_id": CASE}
FAILED = MessageAttemptFailed(**ON_IT, attempt=1, reason="unreachable", next_at=NEXT)
REFUSED = MessageRefused(**ON_IT, attempt=2, reason="number-refused")
BY_PHONE = MessageDelivered(**ON_IT, attempt=2, means="phone")
GIVEN_UP = MessageGivenUp(**ON_IT, attempt=6, reason="unreachable")
NOBODY = MessageGivenUp(**ON_IT, attempt=0, reason="not_reached", by_hand=True)


@pytest.mark.parametrize(
    ("events", "state", "attempts", "failed"),
    [
        ((), "waiting", 0, False),
        ((FAILED,), "waiting", 1, False),
        ((FAILED, REFUSED), "refused", 2, True),
        ((FAILED, REFUSED, BY_PHONE), "delivered", 2, False),
        ((GIVEN_UP,), "given_up", 6, True),
        ((NOBODY,), "not_reached", 0, False),
    ],
)
def test_how_a_message_stands(
    events: tuple[Event, ...], state: str, attempts: int, *, failed: bool
) -> None:
    """A5: the case page shows each message with its end."""
    name = f"message-{THIS}"
    row: MessageRow | None = None
    for one in recorded(told(name, message(), *events), service="intake"):
        row = VIEW.evolve(row, one)
    assert row is not None
    given(told(name, message(), *events)).project(VIEW).then({name: row})
    assert (row.state, row.attempts, row.failed) == (state, attempts, failed)
    assert row.next_at == (NEXT if FAILED in events else row.queued_at)
