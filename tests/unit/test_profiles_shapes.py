"""Lines that are no rows, repeats, persons' words, and sheets of other shapes."""

import pytest

from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source
from services.intake.profiles.again import judged_again
from services.intake.profiles.result import Outcome
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.totals import add_up
from tests.unit.profile_rows import (
    GOOD,
    HEADERS,
    amount,
    codes,
    results,
    row,
    row_with,
    rows,
    sample,
)
from tests.unit.sheet_files import Value, xlsx, xlsx_of


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
