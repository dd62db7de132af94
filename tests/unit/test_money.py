"""Money is whole minor units of one currency, read and printed without a loss."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from libs.money import (
    MAX_MINOR,
    MinorUnits,
    Money,
    MoneyRefused,
    format_minor,
    parse_money,
    sum_by_currency,
)


def yuan(minor: int) -> Money:
    return Money(minor=minor, currency="CNY")


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", 0),
        ("0.00", 0),
        ("0.01", 1),
        ("1234", 123_400),
        ("1234.5", 123_450),
        ("1,234.56", 123_456),
        ("1,234,567.89", 123_456_789),
        (" 15000 ", 1_500_000),
        ("１２３４．５６", 123_456),
        ("12.340", 1_234),
        ("100000000000", MAX_MINOR),
    ],
)
def test_an_amount_is_read_exactly(text: str, minor: int) -> None:
    assert parse_money(text) == yuan(minor)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.001", "money-fraction"),
        ("4835.865", "money-fraction"),
        ("-1", "money-negative"),
        ("-0.01", "money-negative"),
        ("−5", "money-negative"),
        ("(5.00)", "money-negative"),
        ("100000000000.01", "money-absurd"),
        ("99999999999999999999", "money-absurd"),
        ("9" * 5000, "money-format"),
        ("253,24", "money-format"),
        ("1,23", "money-format"),
        ("12,345,6", "money-format"),
        ("1,234,", "money-format"),
        ("¥12", "money-format"),
        ("$407.25", "money-format"),
        ("12元", "money-format"),
        ("1e5", "money-format"),
        ("+5", "money-format"),
        ("0x10", "money-format"),
        ("1_000", "money-format"),
        ("NaN", "money-format"),
        ("Infinity", "money-format"),
        ("", "money-format"),
        (" ", "money-format"),
        (".5", "money-format"),
        ("5.", "money-format"),
        ("1 000", "money-format"),
        ("1.2.3", "money-format"),
        ("一百", "money-format"),
        ("١٢٣", "money-format"),
        ("12\x00", "money-format"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(MoneyRefused) as refused:
        parse_money(text)
    assert refused.value.code == code
    assert refused.value.message.endswith(".")


def test_a_refusal_never_repeats_what_was_typed() -> None:
    with pytest.raises(MoneyRefused) as refused:
        parse_money("310117189801010012元")
    assert "310117" not in str(refused.value)


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(MoneyRefused) as refused:
        parse_money("1", "XYZ")
    assert refused.value.code == "money-currency"


def test_a_currency_without_decimals_takes_none() -> None:
    assert parse_money("1,500", "JPY") == Money(minor=1500, currency="JPY")
    assert format_minor(1500, "JPY") == "1,500"
    with pytest.raises(MoneyRefused):
        parse_money("1.5", "JPY")


@pytest.mark.parametrize("minor", [1.0, "1", True, None])
def test_only_a_whole_number_is_money(minor: object) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"minor": minor, "currency": "CNY"})


@pytest.mark.parametrize("minor", [-1, MAX_MINOR + 1, 1.5, "1", True])
def test_a_boundary_takes_no_negative_absurd_or_broken_amount(minor: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(MinorUnits).validate_python(minor)


def test_currencies_are_never_added() -> None:
    with pytest.raises(MoneyRefused) as refused:
        yuan(1) + Money(minor=1, currency="USD")
    assert refused.value.code == "money-currencies-differ"
    totals = sum_by_currency([yuan(1), Money(minor=5, currency="USD"), yuan(2)])
    assert totals == (yuan(3), Money(minor=5, currency="USD"))
    assert sum_by_currency([]) == ()


def test_a_difference_may_be_below_zero_and_prints_its_sign() -> None:
    assert str(yuan(100) - yuan(123_556)) == "-1,234.56 CNY"


@given(st.integers(min_value=0, max_value=MAX_MINOR))
def test_what_is_printed_reads_back_as_the_same_amount(minor: int) -> None:
    assert parse_money(format_minor(minor)) == yuan(minor)


@given(st.text(max_size=60))
def test_any_text_is_an_amount_or_a_refusal(text: str) -> None:
    with contextlib.suppress(MoneyRefused):
        assert 0 <= parse_money(text).minor <= MAX_MINOR
