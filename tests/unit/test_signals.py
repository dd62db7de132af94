"""Signals and public opinion: taken in once, dismissed or linked, counted by source."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from pydantic import ValidationError

from libs.events.contracts.channels import (
    OpinionItemRegistered,
    OpinionLinkedToClue,
    RiskSignalReceived,
    SignalDismissed,
    SignalLinkedToClue,
)
from libs.events.decider import Rule
from libs.events.testing import given
from libs.events.views.testing import given as told_of
from libs.events.views.testing import told
from services.intake import signals
from services.intake.signals import (
    OPINION,
    DismissSignal,
    LinkOpinion,
    LinkSignal,
    ReceiveSignal,
    RegisterOpinion,
)
from services.intake.signals import SIGNAL as KIND
from services.reporting.reading.signals import Hits
from services.reporting.views.signal import OPINIONS, SIGNALS, OpinionRow, SignalRow
from tests.unit.channel_scenes import SIGNAL, signalled
from tests.unit.matters import CLUE
from tests.unit.offices import by, on

RULE: dict[type, Rule[Any]] = {rule.command: rule for rule in signals.RULES}
BY = by("LI", on(11, 14))
DAY = date(2023, 11, 13)
ASK = ReceiveSignal(
    signal_id=SIGNAL,
    source="district",
    source_number="YJ-1",
    signal="account_short",
    employer_name="演示甲餐饮有限公司（虚构）",
    received_on=DAY,
    unit="LI",
)
RECEIVED = RiskSignalReceived.model_validate(ASK.model_dump())
URL = "https://example.test/u/somebody/1"
SEEN = RegisterOpinion(
    opinion_id=SIGNAL,
    item_number="WX-1",
    url=URL,
    first_seen_at=on(11, 13),
    grade="major",
    unit="LI",
)
LINK = LinkSignal(signal_id=SIGNAL, clue_id=CLUE)


def test_a_signal_is_taken_in_once_for_its_sources_number() -> None:
    """F-2.1.1a."""
    given().when(RULE[ReceiveSignal], ASK, BY).then(RECEIVED)
    known = given(KIND, SIGNAL, RECEIVED)
    known.when(RULE[ReceiveSignal], ASK, BY).then_rejected("signal-known")
    tomorrow = ASK.model_copy(update={"received_on": date(2023, 11, 15)})
    given().when(RULE[ReceiveSignal], tomorrow, BY).then_rejected("received-later")


@pytest.mark.parametrize("name", ["source_number", "employer_name", "project_name"])
def test_a_persons_number_does_not_travel_in_a_signal(name: str) -> None:
    said = ASK.model_copy(update={name: "张三 13800000001"})
    given().when(RULE[ReceiveSignal], said, BY).then_rejected("personal-number")


def test_f_2_1_1a_a_signal_ends_once_dismissed_or_as_a_clue() -> None:
    dismiss = DismissSignal(signal_id=SIGNAL, reason="no_arrears")
    given().when(RULE[DismissSignal], dismiss, BY).then_rejected("item-unknown")
    dismissed = SignalDismissed(signal_id=SIGNAL, reason="no_arrears")
    waiting = given(KIND, SIGNAL, RECEIVED)
    waiting.when(RULE[DismissSignal], dismiss, BY).then(dismissed)
    over = signalled("LI").given(KIND, SIGNAL, dismissed)
    over.when(RULE[LinkSignal], LINK, BY).then_rejected("item-ended")
    linked = SignalLinkedToClue(signal_id=SIGNAL, clue_id=CLUE)
    signalled("LI").when(RULE[LinkSignal], LINK, BY).then(linked)
    became = signalled("LI").given(KIND, SIGNAL, linked)
    became.when(RULE[DismissSignal], dismiss, BY).then_rejected("item-ended")


def test_a_signal_becomes_a_clue_that_its_linker_may_see() -> None:
    outcome = signalled("DO").when(RULE[LinkSignal], LINK, BY)
    outcome.then_rejected("not-found")
    link = LinkOpinion(opinion_id=SIGNAL, clue_id=CLUE)
    signalled("DO").when(RULE[LinkOpinion], link, BY).then_rejected("not-found")
    outcome = signalled("LI").when(RULE[LinkOpinion], link, BY)
    outcome.then(OpinionLinkedToClue(opinion_id=SIGNAL, clue_id=CLUE))


def test_of_an_opinions_address_site_and_digest_travel_alone() -> None:
    (event,) = given().when(RULE[RegisterOpinion], SEEN, BY).events
    assert isinstance(event, OpinionItemRegistered)
    assert (event.site_name, event.grade) == ("example.test", "major")
    assert event.url_sha256 == sha256(URL.encode()).hexdigest()
    assert "somebody" not in event.model_dump_json()
    known = given(OPINION, SIGNAL, event)
    known.when(RULE[RegisterOpinion], SEEN, BY).then_rejected("opinion-known")


def test_an_opinion_of_tomorrow_or_without_an_address_is_refused() -> None:
    later = SEEN.model_copy(update={"first_seen_at": BY.at + timedelta(hours=1)})
    given().when(RULE[RegisterOpinion], later, BY).then_rejected("seen-later")
    with pytest.raises(ValidationError):
        RegisterOpinion.model_validate({**SEEN.model_dump(), "url": "javascript:0"})


def test_a_row_says_what_became_of_it() -> None:
    stream = f"signal-{SIGNAL}"
    said = (SIGNAL, "district", "YJ-1", "account_short", RECEIVED.employer_name, None)
    row = SignalRow(*said, DAY, "LI", clue_id=CLUE)
    linked = SignalLinkedToClue(signal_id=SIGNAL, clue_id=CLUE)
    told_of(told(stream, RECEIVED, linked)).project(SIGNALS).then({stream: row})
    dismissed = SignalDismissed(signal_id=SIGNAL, reason="unclear")
    row = SignalRow(*said, DAY, "LI", dismissed="unclear")
    told_of(told(stream, RECEIVED, dismissed)).project(SIGNALS).then({stream: row})


def test_f_3_3a_f_3_3b_an_opinion_waits_until_it_has_a_clue() -> None:
    (event,) = given().when(RULE[RegisterOpinion], SEEN, BY).events
    stream = f"opinion-{SIGNAL}"
    row = OpinionRow(SIGNAL, "WX-1", "example.test", on(11, 13), "major", "LI")
    told_of(told(stream, event)).project(OPINIONS).then({stream: row})


def test_hits_are_of_what_was_looked_at() -> None:
    """F-2.1.1a: hit rate by source."""
    assert Hits("district", 5, 1, 2).rate == "33.3"
    assert Hits("district", 5, 0, 0).rate is None
