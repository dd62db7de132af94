"""The directory of other channels: versions, texts that stay, and what is printed."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from libs.events.contracts.intake import ChannelAdvised
from libs.events.views.testing import recorded, told
from libs.other_channels import DIRECTORY, in_force, load
from libs.other_channels import told as told_in
from services.intake.pages.story import story
from services.reporting.console.acts import ACTS
from services.reporting.reading.advice import advised
from tests.unit.matters import CASE, CLUE
from tests.unit.test_usual_next import page

COURT = next(one for one in DIRECTORY if one.code == "court")
GIVEN = {
    ("court", 1): "9506a00f36d573e6",
    ("arbitration", 1): "969beb47f4db4687",
    ("housing", 1): "90254d45c29d94e9",
    ("police", 1): "bbf16f8c576f42a7",
    ("12345", 1): "2e26942463c2af98",
    ("other", 1): "e34807e8a8f29cf8",
}
"""What was given once stays word for word: another text is another version."""


def entry(**changed: Any) -> str:
    said = {**COURT.model_dump(mode="json"), **changed}
    day = said.pop("effective_from")
    lines = [f"{k} = {v if isinstance(v, int) else repr(v)}" for k, v in said.items()]
    return "\n".join(["[[channels]]", f"effective_from = {day}", *lines, ""])


def test_no_text_that_was_given_has_changed() -> None:
    assert {(o.code, o.version): o.sha256[:16] for o in DIRECTORY} == GIVEN


def test_a_new_version_has_effect_from_its_own_day() -> None:
    later = entry(version=2, effective_from="2024-01-01", text_zh="新")
    found = load(entry() + later)
    before = in_force("court", date(2023, 12, 31), found)
    after = in_force("court", date(2024, 1, 1), found)
    assert before is not None
    assert after is not None
    assert (before.version, after.version, after.text("zh")) == (1, 2, "新")
    assert in_force("court", date(2022, 12, 31), found) is None
    assert in_force("nowhere", date(2024, 1, 1), found) is None


@pytest.mark.parametrize(
    "text", [entry() + entry(), entry(colour="red"), entry(version=0), "channels = []"]
)
def test_an_unsound_directory_is_refused(text: str) -> None:
    assert load(entry())
    with pytest.raises(ValidationError):
        load(text)


def test_the_form_offers_the_directory_and_nothing_else() -> None:
    (field,) = [f for f in ACTS["AdviseChannel"].fields if f.name == "advised_channel"]
    assert set(field.codes) == {one.code for one in DIRECTORY}


def told_of(**changed: Any) -> ChannelAdvised:
    said = {"text_version": 1, "text_sha256": COURT.sha256, **changed}
    return ChannelAdvised(
        clue_id=CLUE, case_id=CASE, advised_channel="court", told="printed", **said
    )


def test_f_2_2_2b_the_worker_reads_the_text_that_was_given() -> None:
    """F-2.2.2b: also on the page of the query code."""
    events = recorded(told(f"clue-{CLUE}", told_of()), service="intake")
    (line,) = story(events, ()).lines
    assert (line.key, line.advice) == ("advised", COURT)
    old = told_of(text_version=None, text_sha256=None)
    (line,) = story(recorded(told(f"clue-{CLUE}", old)), ()).lines
    assert line.advice is None
    assert told_in("court", 99) is None


def happened(event: ChannelAdvised) -> Any:
    at = datetime(2023, 11, 13, 1, tzinfo=UTC)
    return SimpleNamespace(
        type=event.name,
        said=event.model_dump(mode="json"),
        occurred_at=at,
        recorded_at=at,
        unit="LC",
    )


def test_what_is_printed_is_the_text_of_then_or_says_that_it_is_not() -> None:
    found = advised(page(trail=[happened(told_of())]))
    assert found is not None
    assert (found.entry, found.unit, found.same) == (COURT, "LC", True)
    other = advised(page(trail=[happened(told_of(text_sha256="0" * 64))]))
    assert other is not None
    assert not other.same
    assert advised(page(trail=[])) is None
