"""A row ends as SUCCESS, ERROR, DUPLICATE or SKIPPED, and nothing of it is guessed."""

from datetime import date

import pytest

from libs.money import Money
from services.intake.profiles.findings import Severity
from services.intake.profiles.result import Day, Outcome
from services.intake.profiles.totals import add_up
from tests.unit.profile_rows import (
    GOOD,
    HEADERS,
    amount,
    codes,
    results,
    row_with,
    rows,
    sample,
)
from tests.unit.sheet_files import Value, edited, xlsx


def test_a_good_row_succeeds_with_its_typed_facts() -> None:
    line = {**GOOD, "Received": date(2023, 11, 10), "Area": 1, "Notes": "BR"}
    result = rows([line])[0]
    assert result.outcome is Outcome.SUCCESS
    assert result.severity is None
    assert result.fields is not None
    assert result.fields.channel_number == "10-0001"
    assert result.fields.amounts == {"claimed": Money(minor=38600, currency="USD")}
    assert result.fields.days == {"received_on": Day(date(2023, 11, 10))}
    assert result.fields.codes == {"area": "north"}
    assert result.fields.notes == ("bankrupt",)
    assert result.fields.kind == "complaint"


@pytest.mark.parametrize(
    "words",
    [
        "undet.",
        "$375.00 plus",
        "bankrupt",
        "$253,24",
        "$145,00",
        "$407.25",
        "$1.300.00",
        "approx 760",
        "12/1/2020",
        "386",
    ],
)
def test_an_amount_written_as_text_is_a_finding_and_the_row_still_counts(
    words: str,
) -> None:
    result = row_with("Wages", words)
    assert result.outcome is Outcome.SUCCESS
    assert codes(result) == ["amount-is-text"]
    assert amount(result) is None
    assert result.fields is not None
    assert "claimed" in result.fields.filled
    assert result.findings[0].column == "C"
    assert result.findings[0].header == "Wages"


def test_a_date_in_an_amount_cell_is_a_finding_not_a_number() -> None:
    result = row_with("Amount", date(2020, 2, 21))
    assert codes(result) == ["amount-is-date"]
    assert amount(result, "paid") is None


@pytest.mark.parametrize(
    ("stored", "cents"),
    [(4835.865, 483586), (4835.875, 483588), (225.033, 22503), (1e-7, 0)],
)
def test_a_fraction_of_a_cent_is_rounded_half_to_even_and_listed(
    stored: float, cents: int
) -> None:
    result = row_with("Wages", stored)
    assert amount(result) == cents
    assert codes(result) == ["amount-rounded"]
    assert "→" in result.findings[0].value


def test_a_fraction_of_a_cent_is_not_read_where_no_rounding_is_declared() -> None:
    result = row_with("Wages", 12.345, sample(("half_even", "none")))
    assert amount(result) is None
    assert codes(result) == ["amount-fraction"]


def test_zero_is_a_number_that_was_read_and_no_payment() -> None:
    result = row_with("Amount", 0)
    assert amount(result, "paid") == 0
    assert result.fields is not None
    assert result.fields.payment is None


def test_negative_and_absurd_amounts_are_not_read() -> None:
    assert codes(row_with("Wages", -5)) == ["amount-negative"]
    assert codes(row_with("Wages", 1e18)) == ["amount-absurd"]


def test_an_unusually_large_amount_is_read_and_pointed_at() -> None:
    result = row_with("Amount", 2019015)
    assert amount(result, "paid") == 201901500
    assert codes(result) == ["amount-implausible"]


def test_text_amounts_are_read_only_by_the_declared_marks() -> None:
    declared = sample(
        ('rounding = "half_even"', 'text = true\nthousands = ","\nstrip = ["$"]')
    )
    read = {
        "$1,234.50": 123450,
        "407.25": 40725,
        "１２３": 12300,
        "$253,24": None,
        "1,23,456": None,
        "$375.00 plus": None,
        "٣": None,
    }
    assert {words: amount(row_with("Wages", words, declared)) for words in read} == read


def test_a_column_in_ten_thousands_is_scaled_exactly() -> None:
    scaled = sample(('headers = ["Wages"', 'scale = 10000\nheaders = ["Wages"'))
    assert amount(row_with("Wages", 1.2345, scaled)) == 1234500


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("12/1710", "date-is-text"),
        ("1/511", "date-is-text"),
        ("8/29/", "date-is-text"),
        ("unreadable", "date-is-text"),
        ("2023-02-30", "date-impossible"),
        ("0020-01-05", "date-out-of-window"),
        ("1710-12-01", "date-out-of-window"),
        (date(2029, 2, 7), "date-out-of-window"),
        (date(2003, 12, 17), "date-out-of-window"),
        (1080, "date-is-number"),
        (True, "cell-not-value"),
    ],
)
def test_a_date_that_cannot_be_is_a_finding_and_the_row_still_counts(
    written: Value, code: str
) -> None:
    result = row_with("Closed", written)
    assert result.outcome is Outcome.SUCCESS
    assert codes(result) == [code]
    assert result.fields is not None
    assert result.fields.days == {}
    assert amount(result) == 38600
    # Something stands there: the agency closed it, on a day nobody can read.
    assert result.fields.closed


def test_a_cell_of_spaces_is_empty_and_listed() -> None:
    result = row_with("Closed", "  ")
    assert codes(result) == ["cell-spaces"]
    assert result.fields is not None
    assert not result.fields.closed


def test_a_date_before_an_earlier_step_is_read_and_pointed_at() -> None:
    line = {**GOOD, "Received": date(2020, 3, 2), "Closed": date(2020, 3, 1)}
    result = rows([line])[0]
    assert codes(result) == ["date-order"]
    assert result.fields is not None
    assert result.fields.days["closed_on"].on == date(2020, 3, 1)


def test_formula_and_error_cells_are_not_read() -> None:
    content = xlsx([HEADERS, ["10-0001", "Polar LLC", 386]], sheet="2023")
    sheet = "xl/worksheets/sheet1.xml"
    formula = edited(content, sheet, b"<v>386</v>", b"<f>193*2</f><v>386</v>")
    assert codes(results(formula, sample())[0]) == ["cell-formula"]
    error = edited(
        content, sheet, b'<c r="C2"><v>386</v>', b'<c r="C2" t="e"><v>#REF!</v>'
    )
    assert codes(results(error, sample())[0]) == ["cell-error"]


@pytest.mark.parametrize("number", [None, "   "])
def test_only_a_row_without_its_key_is_an_error(number: Value) -> None:
    result = row_with("Claim #", number)
    assert result.outcome is Outcome.ERROR
    assert result.severity is Severity.ERROR
    assert result.fields is None
    assert codes(result) == ["key-missing"]


@pytest.mark.parametrize("number", ["x" * 201, "10-\u200b0001", date(2020, 1, 1)])
def test_a_key_that_cannot_be_used_is_an_error(number: Value) -> None:
    result = row_with("Claim #", number)
    assert result.outcome is Outcome.ERROR
    assert codes(result) == ["key-unusable"]


def test_a_number_of_unusual_form_is_recorded_as_it_is() -> None:
    result = row_with("Claim #", "Cr-PIT-2-456")
    assert result.outcome is Outcome.SUCCESS
    assert codes(result) == ["number-form"]


def test_a_row_without_an_employer_still_counts() -> None:
    result = row_with("Employer", None)
    assert result.outcome is Outcome.SUCCESS
    assert codes(result) == ["employer-missing"]


def test_one_number_at_two_employers_is_two_claims() -> None:
    both = rows([GOOD, {**GOOD, "Employer": "Tundra Inc"}])
    assert [result.outcome for result in both] == [Outcome.SUCCESS] * 2
    assert both[0].key_digest != both[1].key_digest


def test_the_same_row_twice_counts_once() -> None:
    both = rows([GOOD, {**GOOD, "Employer": "  POLAR  llc "}, GOOD])
    assert [result.outcome for result in both] == [
        Outcome.SUCCESS,
        Outcome.DUPLICATE,
        Outcome.DUPLICATE,
    ]
    assert [codes(result) for result in both[1:]] == [
        ["key-repeated"],
        ["row-repeated"],
    ]
    assert both[2].first == ("2023", 2)
    totals = add_up("USD", both)
    assert totals.all.amount("claimed").minor == 38600
    assert totals.all.rows == 3
