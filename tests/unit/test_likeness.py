"""Likely duplicates (F-2.2.3c): how alike two clues are, why, and by which weights."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.codes.pinyin import initials
from libs.events.contracts.parts import WorkerLine
from libs.ids import named
from services.intake.duplicates import Advice
from services.intake.likeness.names import alike, core
from services.intake.likeness.score import Profile, advice
from services.intake.likeness.weights import FILE, load, weights
from services.intake.vault.same_person import months_overlap, same_workers
from tests.unit.offices import on

TEXT = FILE.read_text("utf-8")
BOTH = (b"id-1", b"id-2")
MONTHS = {"months_from": "2023-07", "months_to": "2023-10"}


def profile(name: str = "A", **changed: Any) -> Profile:
    said: dict[str, Any] = {
        "clue_id": named("test-clue", name),
        "registered_at": on(11, 21),
        "employer_id": named("test-employer", 6),
        "employer_code": None,
        "employer_name": "演示己餐饮有限公司（虚构）",
        "project_id": None,
        **MONTHS,
        "claimed": 1_360_000,
        "ids": BOTH,
        "phones": (None, None),
    }
    return Profile(**{**said, **changed})


def score(one: Profile, other: Profile) -> Advice:
    found = advice(one, other, weights())
    turned = advice(other, one, weights())
    assert found.score == turned.score, "whichever is asked about"
    return found


def test_f_2_2_3c_the_same_workers_on_two_channels_are_suggested_with_reasons() -> None:
    """S5 of the campaign: 740k + 620k by letter, 800k + 620k by hotline: 0.96."""
    found = score(profile(), profile("B", claimed=1_420_000))
    assert found.score == 96 >= weights().suggest_from
    assert found.reasons == (
        "same-id", "same-employer", "months-overlap", "amount-near",
    )  # fmt: skip
    assert found.rule_version == weights().version


def test_a_colleague_at_the_same_employer_is_no_duplicate() -> None:
    """Same employer, months and sum, but other workers: two facts."""
    other = profile("B", ids=(b"id-8", b"id-9"))
    assert score(profile(), other).score < weights().show_from


def test_a_report_without_names_is_shown_and_not_suggested() -> None:
    """What one clue leaves out tells nothing: little to compare is held against it."""
    unnamed = profile("B", ids=(), phones=(), claimed=None)
    found = score(profile(), unnamed)
    assert found.reasons == ("same-employer", "months-overlap")
    assert found.score < weights().show_from
    site = named("test-project", 1)
    there = profile(project_id=site)
    found = score(there, profile("B", ids=(), phones=(), project_id=site))
    assert weights().show_from <= found.score < weights().suggest_from


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ids": (None, None), "phones": (b"p-1", None)}, "same-phone"),
        ({"employer_id": named("test-employer", 7), "employer_code": "c"}, "like-name"),
        (
            {"employer_id": named("test-employer", 7), "employer_name": "眼是几餐饮"},
            "same-initials",
        ),
        ({"project_id": named("test-project", 1)}, "same-project"),
    ],
)
def test_each_likeness_is_a_reason(changed: dict[str, Any], reason: str) -> None:
    phones, site = (b"p-1", b"p-2"), named("test-project", 1)
    one = profile(phones=phones, project_id=site)
    assert reason in score(one, profile("B", **changed)).reasons


def test_different_codes_are_different_employers_whatever_the_name() -> None:
    one, other = profile(employer_code="x"), profile("B", employer_code="y")
    reasons = score(one, other).reasons
    assert not {"same-code", "same-employer", "like-name"} & {*reasons}
    assert "same-code" in score(one, profile("B", employer_code="x")).reasons


@pytest.mark.parametrize(
    ("claimed", "near"), [(1_360_000, True), (1_500_000, True), (1_520_000, False)]
)
def test_sums_are_near_within_a_tenth(claimed: int, near: bool) -> None:  # noqa: FBT001 -- a table's column.
    """Domain §5.4: amount ±10 %."""
    reasons = score(profile(), profile("B", claimed=claimed)).reasons
    assert ("amount-near" in reasons) is near


@given(st.text(max_size=12), st.text(max_size=12))
def test_names_are_as_alike_as_one_looks_from_either_side(one: str, other: str) -> None:
    assert 0 <= alike(one, other) == alike(other, one) <= 100
    assert alike(one, one) == 100
    assert len(initials(one)) == len(one)


def test_what_most_names_have_tells_nothing() -> None:
    common = weights().employer.common
    assert core("上海 演示己餐饮有限公司（虚构）", common) == "演示己餐饮"
    assert initials("演示己餐饮") == initials("眼是几餐饮") == "ysjcy"


@pytest.mark.parametrize(
    ("these", "those", "share"),
    [
        (("2023-07", "2023-10"), ("2023-10", None), True),
        (("2023-07", "2023-09"), ("2023-10", "2023-12"), False),
        ((None, None), ("2023-10", "2023-12"), True),
        (("2023-07", None), ("2023-08", None), False),
    ],
)
def test_months_overlap(
    these: tuple[str | None, str | None],
    those: tuple[str | None, str | None],
    share: bool,  # noqa: FBT001 -- a table's column.
) -> None:
    assert months_overlap(these, those) is share
    assert months_overlap(those, these) is share


def line(ordinal: int, person: str, **months: str) -> WorkerLine:
    who: UUID = named("test-person", person)
    return WorkerLine.model_validate(
        {"ordinal": ordinal, "person_id": who, "claimed": None, **months}
    )


def test_the_same_worker_is_paired_once_by_id_or_telephone_in_the_same_months() -> None:
    own = [line(1, "a"), line(2, "b"), line(3, "c", months_from="2023-01")]
    others = [line(1, "x"), line(2, "a"), line(3, "c", months_from="2023-05")]
    phones = {named("test-person", name): b"p" for name in ("b", "x")}
    assert same_workers(own, others, phones) == [(1, 2), (2, 1)]
    assert same_workers([line(1, "a"), line(2, "a")], [line(1, "a")], {}) == [(1, 1)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("show_from = 60", "show_from = 95"),
        ("months = 15\n", ""),
        ("project = 10", "project = 40"),
        ("workers = 50", "workers = -1"),
        ('version = "', 'unknown = 1\nversion = "'),
    ],
)
def test_unsound_weights_are_refused(before: str, after: str) -> None:
    assert before in TEXT
    with pytest.raises(ValueError):  # noqa: PT011 -- each line has its own words.
        load(TEXT.replace(before, after))
