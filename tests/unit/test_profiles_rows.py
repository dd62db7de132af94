"""A row ends as SUCCESS, ERROR, DUPLICATE or SKIPPED, and nothing of it is guessed."""

from datetime import date

import pytest

from libs.money import Money
from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source
from services.intake.profiles.again import judged_again
from services.intake.profiles.findings import Severity
from services.intake.profiles.result import Day, Outcome, RowResult
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.totals import add_up
from tests.unit.profile_rows import (
    GOOD,
    HEADERS,
    codes,
    results,
    row,
    row_with,
    rows,
    sample,
)
from tests.unit.sheet_files import Value, edited, xlsx, xlsx_of


def amount(result: RowResult, meaning: str = "claimed") -> int | None:
    assert result.fields is not None
    money = result.fields.amounts.get(meaning)
    return None if money is None else money.minor


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


def test_a_total_line_is_skipped_and_a_blank_line_is_no_row() -> None:
    lines: list[dict[str, Value]] = [GOOD, {}, {"Claim #": "Total", "Wages": 386}]
    ended = rows(lines)
    assert [result.outcome for result in ended] == [Outcome.SUCCESS, Outcome.SKIPPED]
    assert add_up("USD", ended).all.amount("claimed").minor == 38600


def test_a_second_import_of_the_same_file_changes_nothing() -> None:
    first = rows([GOOD, {**GOOD, "Claim #": "10-0002"}])
    known = {result.key_digest: result.fingerprint for result in first}
    again = [judged_again(result, known) for result in rows([GOOD])]
    assert [(r.outcome, codes(r)) for r in again] == [
        (Outcome.SKIPPED, ["already-imported"])
    ]
    changed = judged_again(row_with("Wages", 387), known)
    assert (changed.outcome, codes(changed)) == (
        Outcome.DUPLICATE,
        ["imported-differs"],
    )
    fresh = row_with("Claim #", "10-0003")
    assert judged_again(fresh, known) is fresh


def test_reading_a_file_twice_gives_the_same_results() -> None:
    content = xlsx([HEADERS, ["10-0001", "Polar LLC", "undet."]], sheet="2023")
    assert results(content, sample()) == results(content, sample())


def test_digests_under_a_secret_are_others_and_stable() -> None:
    file = open_sheets(sample(), Source("s.xlsx", xlsx([HEADERS, ["10-0001", "P", 1]])))
    plain, keyed, again = (
        next(read_rows(file, secret)).key_digest for secret in (b"", b"k", b"k")
    )
    assert plain != keyed == again


def test_a_name_that_may_be_a_persons_is_marked_and_never_shown() -> None:
    result = row_with("Employer", "Polar Bear")
    assert codes(result) == ["employer-withheld"]
    assert result.fields is not None
    assert result.fields.employer is not None
    assert result.fields.employer.individual
    assert "Polar" not in repr(result)
    assert row().fields is not None


def test_personal_words_stay_apart_and_out_of_every_print() -> None:
    line = {**GOOD, "Phone": "13800000000", "Notes": "boss fled to the north"}
    result = rows([line])[0]
    assert result.fields is not None
    assert result.fields.private == {
        "reporter_phone": "13800000000",
        "notes": "boss fled to the north",
    }
    assert codes(result) == ["note-uncoded"]
    shown = repr(result) + str([finding.to_json() for finding in result.findings])
    assert "13800000000" not in shown
    assert "boss" not in shown


def test_codes_and_counts_outside_their_tables_are_findings() -> None:
    assert codes(row_with("Area", "3K")) == ["code-unknown"]
    assert codes(row_with("Workers", "several")) == ["count-unreadable"]
    assert codes(row_with("Workers", 0)) == ["count-unreadable"]
    assert row_with("Workers", 12).findings == ()


def test_a_credit_code_with_a_wrong_check_is_kept_and_pointed_at() -> None:
    good = row_with("Code", "91310117MA1J90005J")
    assert good.fields is not None
    assert good.fields.employer is not None
    assert good.fields.employer.code_check == "ok"
    early = row_with("Code", "91350100M0001TGQXM")
    assert codes(early) == ["credit-code-check"]
    assert codes(row_with("Code", "12345")) == ["credit-code-form"]


def test_a_long_number_stored_as_a_numeral_is_pointed_at() -> None:
    assert "digits-lost" in codes(row_with("Claim #", 1234567890123456789.0))


def test_what_stands_under_no_header_is_listed() -> None:
    table: list[list[Value]] = [
        [*HEADERS],
        ["10-0001", "Polar LLC", 386, *[None] * 9, "stray"],
    ]
    result = results(xlsx(table), sample())[0]
    assert codes(result) == ["cell-outside"]


def test_headers_may_stand_lower_and_be_written_differently() -> None:
    table: list[list[Value]] = [
        ["Claims of the year"],
        [],
        ["  claim  # ", "EMPLOYER", "Amount Claimed"],
    ]
    ended = results(xlsx([*table, ["10-0001", "Polar LLC", 5]]), sample())
    assert [amount(result) for result in ended] == [500]


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ([["Name", "Sum"], ["x", 1]], "wrong-template"),
        ([["Claim #", "Employer", "Wages", "Amount claimed"]], "ambiguous-header"),
    ],
)
def test_a_sheet_of_another_shape_is_refused(
    table: list[list[Value]], code: str
) -> None:
    with pytest.raises(SheetRefused) as caught:
        open_sheets(sample(), Source("s.xlsx", xlsx(table)))
    assert caught.value.code == code


def test_a_file_kind_or_sheet_the_profile_does_not_name_is_refused() -> None:
    only = sample(('kinds = ["xlsx", "csv"]', 'kinds = ["csv"]'))
    named = sample(("[dates]", '[[sheets]]\nmatch = "2010"\n\n[dates]'))
    for profile in (only, named):
        with pytest.raises(SheetRefused) as caught:
            open_sheets(profile, Source("s.xlsx", xlsx([HEADERS])))
        assert caught.value.code == "wrong-template"


MOVED = """
[[sheets]]
name = "2012"
columns.notes = { at = "L" }

[[sheets]]
match = "20.."

[dates]
"""


def test_a_sheet_may_keep_a_column_elsewhere() -> None:
    moved = sample(
        (
            "[dates]",
            MOVED,
        )
    )
    line = ["10-0001", "Polar LLC", 386, *[None] * 8, "bankrupt"]
    content = xlsx_of({"2012": [HEADERS, line], "2013": [HEADERS, line], "x": [["y"]]})
    file = open_sheets(moved, Source("s.xlsx", content))
    ended = list(read_rows(file))
    assert [r.fields.notes for r in ended if r.fields] == [("bankrupt",), ()]
    assert codes(ended[1]) == ["cell-outside"]
    assert file.ignored_sheets == ("x",)


def test_a_cover_page_is_no_reason_to_refuse_but_a_named_sheet_must_fit() -> None:
    content = xlsx_of({"封面": [["说明"]], "2013": [HEADERS, ["10-0001", "P", 1]]})
    file = open_sheets(sample(), Source("s.xlsx", content))
    assert (len(list(read_rows(file))), file.ignored_sheets) == (1, ("封面",))
    named = sample(("[dates]", '[[sheets]]\nmatch = ".*"\n\n[dates]'))
    with pytest.raises(SheetRefused, match="封面"):
        open_sheets(named, Source("s.xlsx", content))
