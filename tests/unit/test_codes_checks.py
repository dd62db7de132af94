"""Codes that people type: what is right, what is warned about, what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.codes import (
    Verdict,
    check_bank_card,
    check_citizen_id,
    check_credit_code,
    check_phone,
    to_e164,
)
from libs.codes.bank_card import luhn_holds
from libs.codes.citizen_id import CHECKS, id_check_character
from libs.codes.credit_code import ALPHABET, credit_check_character

TODAY = date(2023, 11, 10)
# Persons who cannot exist: born before 1900.
IMPOSSIBLE = ["310117189801010012", "310117189912310026", "34122118970615003X"]
# Worked examples of the standard, and codes printed in public registers.
ID_EXAMPLES = ["11010519491231002X", "440524188001010014"]
CREDIT_CODES = [
    "914403001922038216",
    "9144030071526726XG",
    "91330100799655058B",
    "91310117MA1J90005J",
    "91310117MA1J90013D",
    "91310117MA1J900218",
    "91310199MADEM0011W",
]
PILOT_CODES = [("91350100M0001TGQXM", "1"), ("91350211M0000XUF46", "R")]


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_a_right_credit_code_passes(code: str) -> None:
    assert check_credit_code(code) == Verdict(code)


@pytest.mark.parametrize(("code", "computed"), PILOT_CODES)
def test_a_pilot_code_is_warned_about_and_kept(code: str, computed: str) -> None:
    verdict = check_credit_code(code)
    assert (verdict.warned, verdict.refused) == (True, False)
    assert (verdict.value, codes(verdict)) == (code, ["credit-code-check"])
    assert credit_check_character(code[:-1]) == computed


@pytest.mark.parametrize("typed", ["91310117ma1j90005j", " 91310117-MA1J90005J\t",
    "９１３１０１１７ＭＡ１Ｊ９０００５Ｊ"])  # fmt: skip
def test_a_credit_code_is_kept_in_one_form(typed: str) -> None:
    assert check_credit_code(typed) == Verdict("91310117MA1J90005J")


@pytest.mark.parametrize(
    "typed",
    ["", "9131", "91310117MA1J90005JJ", "91310117MA1J9O005J", "91310117MA1J9000演",
     "91310117MA1J90005\x00", "91310117MA1J9٠005J"],
)  # fmt: skip
def test_what_has_not_the_shape_of_a_credit_code_is_refused(typed: str) -> None:
    verdict = check_credit_code(typed)
    assert verdict.refused
    assert codes(verdict) == ["credit-code-shape"]


@given(st.text(ALPHABET, min_size=17, max_size=17), st.sampled_from(ALPHABET))
def test_exactly_one_check_character_fits_a_credit_code(body: str, last: str) -> None:
    fits = last == credit_check_character(body)
    assert check_credit_code(body + last).warned is not fits


@given(st.sampled_from(CREDIT_CODES), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_one_wrong_character_of_a_credit_code_is_noticed(
    code: str, place: int, other: str
) -> None:
    typed = code[:place] + other + code[place + 1 :]
    assert check_credit_code(typed).warned is (typed != code)


@pytest.mark.parametrize("number", IMPOSSIBLE + ID_EXAMPLES)
def test_a_right_id_number_passes(number: str) -> None:
    assert check_citizen_id(number, TODAY) == Verdict(number)


def test_a_small_x_and_blanks_are_tidied() -> None:
    verdict = check_citizen_id(" 341221 18970615 003x ", TODAY)
    assert verdict == Verdict("34122118970615003X")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "id-number-shape"),
        ("310117980101001", "id-number-shape"),
        ("3101171898010100122", "id-number-shape"),
        ("31011718980101001Y", "id-number-shape"),
        ("X10117189801010012", "id-number-shape"),
        ("010117189801010012", "id-number-shape"),
        ("31011718980101001٢", "id-number-shape"),
        ("310117189802300012", "id-number-birth-date"),
        ("310117189813010012", "id-number-birth-date"),
        ("310117189900000012", "id-number-birth-date"),
        ("310117190002290012", "id-number-birth-date"),
        ("310117000001010012", "id-number-birth-date"),
        ("310117202311110012", "id-number-birth-date"),
        ("310117189801010013", "id-number-check"),
        ("34122118970615003 1", "id-number-check"),
    ],
)
def test_a_wrong_id_number_is_refused_with_its_code(typed: str, code: str) -> None:
    verdict = check_citizen_id(typed, TODAY)
    assert verdict.refused
    assert codes(verdict) == [code]


def test_a_birth_date_may_be_today_but_not_tomorrow() -> None:
    body = "31011720231110001"
    number = body + id_check_character(body)
    assert not check_citizen_id(number, date(2023, 11, 10)).refused
    assert check_citizen_id(number, date(2023, 11, 9)).refused


@given(st.sampled_from(IMPOSSIBLE), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_one_wrong_character_of_an_id_number_is_refused(
    number: str, place: int, other: str
) -> None:
    typed = number[:place] + other + number[place + 1 :]
    assert check_citizen_id(typed, TODAY).refused is (typed != number)


@given(st.from_regex(r"[1-9][0-9]{16}", fullmatch=True))
def test_every_id_body_has_one_check_character(body: str) -> None:
    assert id_check_character(body) in CHECKS


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800000000", "+8613800000000"),
        ("138 0000 0000", "+8613800000000"),
        ("138-0000-0000", "+8613800000000"),
        ("+86 13800000000", "+8613800000000"),
        ("008613800000000", "+8613800000000"),
        ("8613800000000", "+8613800000000"),
        ("１３８００００００００", "+8613800000000"),
        ("021-57000000", "+862157000000"),
        ("(021) 5700 0000", "+862157000000"),
        ("+86 21 57000000", "+862157000000"),
    ],
)
def test_a_telephone_number_is_kept_as_e164(typed: str, kept: str) -> None:
    assert check_phone(typed) == Verdict(kept)


@pytest.mark.parametrize(
    "typed",
    ["", "1380000000", "138000000000", "12800000000", "23800000000", "110",
     "+113800000000", "021-17000000", "1380000000a", "1380000000٠"],
)  # fmt: skip
def test_what_cannot_be_called_is_refused(typed: str) -> None:
    assert codes(check_phone(typed)) == ["phone-shape"]
    assert to_e164(typed) is None


@pytest.mark.parametrize("typed", ["4111111111111111", "6200 0000 0000 0005"])
def test_a_card_with_a_right_digit_passes(typed: str) -> None:
    assert not check_bank_card(typed).findings


def test_a_card_with_a_wrong_digit_is_only_warned_about() -> None:
    verdict = check_bank_card("4111111111111112")
    assert (verdict.warned, verdict.refused) == (True, False)
    assert check_bank_card("41111").refused
    assert check_bank_card("4" * 20).refused


@given(st.from_regex(r"[0-9]{11,18}", fullmatch=True))
def test_exactly_one_last_digit_fits_a_card(body: str) -> None:
    assert sum(luhn_holds(f"{body}{last}") for last in range(10)) == 1


@given(st.text(max_size=40))
def test_no_text_breaks_a_check_and_no_finding_repeats_it(text: str) -> None:
    verdicts = [
        check_credit_code(text),
        check_citizen_id(text, TODAY),
        check_phone(text),
        check_bank_card(text),
    ]
    for verdict in verdicts:
        for finding in verdict.findings:
            assert finding.message_zh.endswith("。")
            assert finding.message_en.endswith(".")
