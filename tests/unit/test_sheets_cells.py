"""Cells come out as they were stored: exact decimals, real days, nothing guessed."""

import io
import struct
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from libs.sheets.cell import CellKind, column_index, column_letters
from libs.sheets.oldstrings import shared_strings
from libs.sheets.stored import day_of, shortest_decimal
from libs.sheets.styles import read_format
from tests.unit.sheet_files import cells, edited, opened, written, xlsx, xlsx_of

SHEET = "xl/worksheets/sheet1.xml"


def test_each_kind_of_cell_is_told_apart() -> None:
    row = cells(xlsx([["字", 12.5, date(2023, 11, 10), True, None, "尾"]]))[0]
    assert [cell.kind for cell in row] == [
        CellKind.TEXT,
        CellKind.NUMBER,
        CellKind.DATE,
        CellKind.BOOL,
        CellKind.EMPTY,
        CellKind.TEXT,
    ]
    assert row[1].decimal == Decimal("12.5")
    assert row[2].day == date(2023, 11, 10)


@pytest.mark.parametrize(
    ("stored", "shortest"),
    [
        ("386", "386"),
        ("0.10000000000000001", "0.1"),
        ("4835.8649999999998", "4835.865"),
        ("23239.809999999998", "23239.809999999998"),
        ("1E3", "1000"),
        ("-5.50", "-5.5"),
        ("1e-7", "0.0000001"),
    ],
)
def test_a_number_is_the_shortest_decimal_that_gives_it_back(
    stored: str, shortest: str
) -> None:
    assert shortest_decimal(stored) == shortest


@pytest.mark.parametrize("text", ["", "abc", "1_000", "nan", "inf", "0x10", "1,5", "٣"])
def test_what_is_no_stored_number_is_not_made_one(text: str) -> None:
    assert shortest_decimal(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_no_number_changes_on_its_way_through(number: float) -> None:
    text = shortest_decimal(repr(number))
    assert text is not None
    assert float(text) == number


def test_a_formula_and_an_error_are_no_values() -> None:
    def write(book: Workbook) -> None:
        page = book.add_worksheet()
        page.write_formula(0, 0, "=1+1", None, 2)
        page.write_formula(0, 1, "=1/0", None, "#DIV/0!")

    book = opened(written(write))
    row = next(book.sheets[0].rows())
    assert [row.at(0).kind, row.at(1).kind] == [CellKind.FORMULA, CellKind.ERROR]
    assert row.at(1).text == "#DIV/0!"
    assert (book.sheets[0].survey.formulas, book.sheets[0].survey.errors) == (2, 1)


def test_what_lies_under_a_merge_has_no_value_of_its_own() -> None:
    def write(book: Workbook) -> None:
        page = book.add_worksheet()
        page.merge_range(0, 0, 1, 1, "甲厂")
        page.write_string(1, 2, "x")

    first, second = cells(written(write))
    assert [cell.kind for cell in first] == [CellKind.TEXT, CellKind.MERGED]
    assert [cell.kind for cell in second] == [
        CellKind.MERGED,
        CellKind.MERGED,
        CellKind.TEXT,
    ]


def test_leading_zeros_of_a_number_format_are_kept() -> None:
    def write(book: Workbook) -> None:
        page = book.add_worksheet()
        page.write_number(0, 0, 603, book.add_format({"num_format": "000000"}))

    cell = cells(written(write))[0][0]
    assert (cell.text, cell.display) == ("603", "000603")


def test_a_date_displayed_by_month_is_known_by_month_only() -> None:
    def write(book: Workbook) -> None:
        page = book.add_worksheet()
        month = book.add_format({"num_format": "mmm-yy"})
        page.write_datetime(0, 0, date(2023, 11, 1), month)
        page.write_datetime(0, 1, date(2023, 11, 19), month)

    first, later = cells(written(write))[0]
    assert first.display == "2023-11"
    # Someone typed that day; only its display is short.
    assert later.display == "2023-11-19"


def test_a_workbook_that_counts_from_1904_gives_the_same_days() -> None:
    def write(book: Workbook) -> None:
        page = book.add_worksheet()
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_datetime(0, 0, date(2023, 11, 10), form)

    for from_1904 in (False, True):
        row = cells(written(write, date_1904=from_1904))[0]
        assert row[0].day == date(2023, 11, 10)


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        ("1", date(1900, 1, 1)),
        ("59", date(1900, 2, 28)),
        ("60", None),
        ("61", date(1900, 3, 1)),
        ("45240.75", date(2023, 11, 10)),
        ("2958465", date(9999, 12, 31)),
        ("2958466", None),
        ("-1", None),
        ("0.5", None),
    ],
)
def test_serial_numbers_become_days_only_where_there_is_one(
    serial: str, day: date | None
) -> None:
    assert day_of(Decimal(serial), from_1904=False) == day


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("yyyy-mm-dd", True),
        ('yyyy"年"m"月"d"日"', True),
        ("m/d/yy;@", True),
        ("[$-409]d-mmm-yy;@", True),
        ("h:mm:ss", False),
        ('"$"#,##0.00_);[Red]\\("$"#,##0.00\\)', False),
        ('#,##0.00"days"', False),
        ("General", False),
        ("0.00%", False),
    ],
)
def test_a_format_tells_whether_a_number_is_a_date(code: str, is_date: bool) -> None:  # noqa: FBT001 - a table of cases
    assert read_format(code).is_date is is_date


def test_rich_text_is_joined_and_phonetic_guides_are_left_out() -> None:
    rich = (
        b"<si><r><t>\xe5\xb9\xbf\xe5\xaf\x8c</t></r><r><t>\xe6\x9e\x97</t></r>"
        b'<rPh sb="0" eb="1"><t>guang</t></rPh></si></sst>'
    )
    content = edited(xlsx([["甲"]]), "xl/sharedStrings.xml", b"</sst>", rich)
    content = edited(content, SHEET, b"<v>0</v>", b"<v>1</v>")
    assert cells(content)[0][0].text == "广富林"


def test_inline_strings_escapes_and_rare_characters_are_read() -> None:
    inline = b't="inlineStr"><is><t>_x0041_\xf0\xa0\xae\xb7</t></is>'
    content = edited(xlsx([["甲"]]), SHEET, b't="s"><v>0</v>', inline)
    assert cells(content)[0][0].text == "A𠮷"


def test_a_workbook_of_another_maker_is_read_the_same() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["编号", 1234.56, date(2023, 11, 10), None])
    target = io.BytesIO()
    book.save(target)
    row = cells(target.getvalue())[0]
    assert [cell.display for cell in row] == ["编号", "1234.56", "2023-11-10"]


def test_rows_keep_the_numbers_the_sheet_shows() -> None:
    content = xlsx([["a"], [None], ["c"]])
    rows = list(opened(content).sheets[0].rows())
    assert [row.number for row in rows] == [1, 3]


def test_sheets_come_in_their_order_and_can_be_read_again() -> None:
    book = opened(xlsx_of({"2023": [["a"]], "2024": [["b"]]}))
    assert [sheet.name for sheet in book.sheets] == ["2023", "2024"]
    twice = [list(book.sheets[1].rows()), list(book.sheets[1].rows())]
    assert twice[0] == twice[1]


def test_a_named_cell_is_found() -> None:
    def write(book: Workbook) -> None:
        book.add_worksheet("台账").write_string(0, 0, "x")
        book.add_worksheet("_meta").write_string(1, 2, "ledger/1")
        book.define_name("version", "=_meta!$C$2")

    book = opened(written(write))
    assert book.named_cell("version").text == "ledger/1"
    assert book.named_cell("other").blank


@given(st.integers(min_value=0, max_value=20_000))
def test_column_letters_and_index_are_each_others_inverse(column: int) -> None:
    assert column_index(column_letters(column)) == column


def test_an_old_xls_gives_the_same_cells() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    zeros = xlwt.easyxf(num_format_str="000000")
    for column, value in enumerate(["编号", 1234.56, 7, -3.5, 19.99, True]):
        page.write(0, column, value)
    page.write(0, 6, date(2023, 11, 10), day)
    page.write(0, 7, 603, zeros)
    page.write(0, 8, xlwt.Formula("1+1"))
    page.write_merge(1, 1, 0, 1, "合并")
    target = io.BytesIO()
    book.save(target)
    first, second = cells(target.getvalue(), "sheet.xls")
    assert [cell.display for cell in first] == [
        "编号",
        "1234.56",
        "7",
        "-3.5",
        "19.99",
        "TRUE",
        "2023-11-10",
        "000603",
        "",
    ]
    assert first[8].kind is CellKind.FORMULA
    assert second[1].kind is CellKind.MERGED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_its_encoding(encoding: str) -> None:
    text = "编号,单位\n1,𠮷祥餐厅\n"
    rows = cells(text.encode(encoding), "sheet.csv")
    assert [cell.text for cell in rows[1]] == ["1", "𠮷祥餐厅"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_csv_is_read_by_its_own_delimiter(mark: str) -> None:
    text = f'a{mark}b\n"x{mark}y"{mark}2\n'
    rows = cells(text.encode(), "sheet.csv")
    assert [cell.text for cell in rows[1]] == [f"x{mark}y", "2"]


def test_every_cell_of_a_csv_is_text_and_quotes_may_span_lines() -> None:
    rows = cells(b'a,b\r\n"one\r\ntwo",0012\r\n', "sheet.csv")
    assert [(cell.kind, cell.text) for cell in rows[1]] == [
        (CellKind.TEXT, "one\r\ntwo"),
        (CellKind.TEXT, "0012"),
    ]


def test_a_word_split_between_records_is_joined_with_its_rare_characters() -> None:
    wide = "a𠮷b".encode("utf-16-le")
    for cut in (0, 2, 4, 6, 8):
        first = struct.pack("<IIHB", 2, 2, 4, 1) + wide[:cut]
        then = (b"\x01" if cut < len(wide) else b"") + wide[cut:]
        last = struct.pack("<HB", 2, 0) + b"xy"
        split = (first, then + last) if cut < len(wide) else (first + last,)
        assert shared_strings(split) == ("a𠮷b", "xy")
    narrow = (struct.pack("<IIHB", 1, 1, 3, 1) + wide[:2], b"\x00bc")
    assert shared_strings(narrow) == ("abc",)


def test_words_of_an_old_xls_run_over_many_records() -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    words = [f"{'吉祥餐厅' if row % 3 else 'Polar '}{row}" * 9 for row in range(3000)]
    for row, text in enumerate(words):
        page.write(row, 0, text)
    target = io.BytesIO()
    book.save(target)
    read = cells(target.getvalue(), "sheet.xls")
    assert [row[0].text for row in read] == words
