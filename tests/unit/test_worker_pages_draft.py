"""A report as it is filled in: what it carries, and what is said at which field."""

from datetime import UTC, datetime

import pytest

from services.intake.pages.checked import Checked, check_draft
from services.intake.pages.draft import MOST_ROWS, STEPS, Draft, shown_at, step_of
from services.intake.said import ComplaintSaid, ReportSaid

NOW = datetime(2023, 11, 13, 2, tzinfo=UTC)
NAMED = {
    "employer": "演示甲建筑劳务有限公司",
    "mode": "named",
    "w1_name": "演示工001",
    "w1_amount": "12,000.50元",
    "w1_from": "2023年7月",
    "w1_to": "2023-09",
}


def draft(rows: int = 1, **typed: str) -> Draft:
    return Draft.of({"rows": str(rows), **typed})


def checked(rows: int = 1, **changed: str) -> Checked:
    return check_draft(draft(rows, **{**NAMED, **changed}), NOW)


def test_a_named_draft_becomes_a_complaint_as_the_interface_takes_it() -> None:
    said = checked(phone="13800000001", place="演示路1号", summary="三个月").said
    assert isinstance(said, ComplaintSaid)
    worker = said.workers[0]
    assert worker.claimed is not None
    assert worker.claimed.minor == 1_200_050
    assert (worker.months_from, worker.months_to) == ("2023-07", "2023-09")
    assert (worker.phone, said.reporter) == ("13800000001", None)
    assert said.summary == "地点：演示路1号\n\n三个月"


def test_a_worker_says_whether_and_how_to_be_told() -> None:
    """F-2.2.1a: by text, by e-mail or not at all, in the language of the page."""
    said = checked(phone="13800000001", notify="sms", told_in="en").said
    assert said is not None
    assert (said.notify, said.notify_language) == ("sms", "en")
    assert checked(notify="no").said is not None
    nobody = checked(notify="no").said
    assert nobody is not None
    assert nobody.notify is None
    mail = checked(email="gong@example.org", notify="email", role="family").said
    assert mail is not None
    assert mail.reporter is not None
    assert mail.reporter.email == "gong@example.org"
    hidden = checked(mode="anonymous", phone="13800000001", notify="sms").said
    assert hidden is not None
    assert hidden.notify is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"notify": "sms"}, "notify"),
        ({"notify": "email", "phone": "13800000001"}, "notify"),
        ({"notify": "email", "email": "nobody"}, "email"),
        ({"notify": "email", "email": "a@b.cn,c@d.cn"}, "email"),
        ({"role": "family", "email": "a b@c.cn"}, "email"),
    ],
)
def test_to_be_told_one_says_where(typed: dict[str, str], field: str) -> None:
    assert field in checked(1, **typed).troubles


def test_an_anonymous_draft_names_nobody_whatever_was_typed_before() -> None:
    said = checked(mode="anonymous", phone="13800000001", reporter_name="某").said
    assert isinstance(said, ReportSaid)
    assert (said.mode, said.reporter) == ("anonymous", None)
    assert (said.workers[0].name, said.workers[0].phone) == (None, None)


def test_who_reports_for_others_is_kept_apart_from_the_workers() -> None:
    said = checked(role="family", reporter_name="家人", phone="13800000002").said
    assert said is not None
    assert said.reporter is not None
    assert (said.reporter.role, said.reporter.name) == ("family", "家人")
    assert said.workers[0].phone is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"employer": ""}, "employer"),
        ({"employer": "甲\n乙"}, "employer"),
        ({"employer": "甲" * 201}, "employer"),
        ({"mode": "loud"}, "mode"),
        ({"w1_name": ""}, "w1_name"),
        ({"w1_name": "甲" * 101}, "w1_name"),
        ({"w1_amount": "一万二"}, "w1_amount"),
        ({"w1_amount": "-5"}, "w1_amount"),
        ({"w1_amount": "1.234"}, "w1_amount"),
        ({"w1_amount": "9" * 19}, "w1_amount"),
        ({"w1_from": "2023年13月"}, "w1_from"),
        ({"w1_from": "2024-01"}, "w1_from"),
        ({"w1_to": "2023-06"}, "w1_to"),
        ({"w1_number": "310117189802300019"}, "w1_number"),
        ({"w1_number": "310117189801010012", "w1_document": "x"}, "w1_number"),
        ({"phone": "12"}, "phone"),
        ({"role": "king", "reporter_name": "某"}, "role"),
        ({"role": "family"}, "reporter_name"),
        ({"summary": "长" * 2001}, "summary"),
        ({"place": "长" * 201}, "place"),
    ],
)
def test_each_wrong_field_is_told_at_itself(typed: dict[str, str], field: str) -> None:
    found = check_draft(draft(1, **{**NAMED, **typed}), NOW)
    assert field in found.troubles
    assert found.said is None
    assert found.first_step(1) == step_of(field, 1)


def test_rare_characters_and_emoji_in_names_are_fine() -> None:
    said = checked(w1_name="𠮷田😀").said
    assert said is not None
    assert said.workers[0].name == "𠮷田😀"


def test_an_odd_credit_code_is_a_hint_and_no_trouble() -> None:
    found = checked(credit_code="91350100M0001TGQXM")
    assert list(found.hints) == ["credit_code"]
    assert found.said is not None


def test_an_empty_row_in_the_middle_moves_no_trouble_to_another_worker() -> None:
    found = checked(rows=3, w3_name="演示工003", w3_number="310117189802300019")
    assert list(found.troubles) == ["w3_number"]


def test_a_step_is_asked_for_its_own_fields_only() -> None:
    first = draft(employer="演示甲")
    assert check_draft(first, NOW, 1).troubles == {}
    assert list(check_draft(first, NOW, 2).troubles) == ["mode"]


def test_what_a_step_does_not_show_travels_hidden_and_once() -> None:
    whole = draft(2, **NAMED, w2_name="演示工002", phone="1", step="3", go="next")
    for step in range(1, len(STEPS) + 1):
        hidden = dict(whole.hidden(step))
        assert not shown_at(step, 2) & hidden.keys()
        carried = {**hidden, **{n: whole[n] for n in shown_at(step, 2) if whole[n]}}
        assert Draft.of(carried) == whole


def test_a_dropped_row_takes_its_words_along_and_the_later_move_up() -> None:
    left = draft(3, w1_name="一", w2_name="二", w3_name="三").without_row(2)
    assert (left.rows, left["w1_name"], left["w2_name"]) == (2, "一", "三")
    assert draft(1, w1_name="一").without_row(1)["w1_name"] == "一"


@pytest.mark.parametrize("rows", ["0", "-1", "9999999", "x", "٣", ""])
def test_a_forged_number_of_rows_stays_within_bounds(rows: str) -> None:
    assert 1 <= Draft.of({"rows": rows}).rows <= MOST_ROWS


def test_a_forged_key_is_replaced() -> None:
    assert Draft.of({"key": "short"}).key != "short"
    kept = Draft.new().key
    assert Draft.of({"key": kept}).key == kept
