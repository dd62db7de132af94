"""An office's own 台账 goes in as it is kept, and its findings come back."""

import io
import json
from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source
from services.intake.profiles.error_workbook import write_error_workbook
from services.intake.profiles.report import ImportReport, make_report
from services.intake.profiles.result import Outcome, RowResult
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.shelf import profile
from services.intake.profiles.template import write_template
from tests.unit.profile_rows import codes
from tests.unit.sheet_files import Value, xlsx

HEADERS = ["编号", "登记日期", "渠道", "单位名称", "统一社会信用代码", "人数"]
MORE = [
    "反映金额（元）",
    "认定金额",
    "已付金额",
    "办结日期",
    "反映人",
    "身份证号",
    "备注",
]
TITLE: list[Value] = ["广富林街道欠薪台账"]
FULL: list[Value] = [
    "0012",
    "2023年11月10日",
    "热线",
    "白熊建筑工程有限公司",
    "91310117MA1J90005J",
    3,
    "12,000.50元",
    12000.5,
    12000.5,
    date(2023, 12, 1),
    "甲某",
    "310117189801010012",
    "经调解已付清",
]
OPEN: list[Value] = ["0013", "2023.11.11", "窗口", "白熊餐厅", None, 1, "约5000", None]
BAD: list[Value] = [None, "2023-11-12", "窗口", "白熊餐厅", None, 1, 100]
ODD: list[Value] = ["=1+2", "2023/11/31", "微博", "白熊", "123", "几个", -5]
SUM: list[Value] = ["合计", None, None, None, None, 4, 12100.5]


def read(*lines: list[Value]) -> list[RowResult]:
    return list(read_rows(open_sheets(profile("ledger"), source(*lines))))


def source(*lines: list[Value]) -> Source:
    return Source("台账.xlsx", xlsx([TITLE, [*HEADERS, *MORE], *lines]))


def report(*lines: list[Value]) -> ImportReport:
    file = open_sheets(profile("ledger"), source(*lines))
    return make_report(file, read_rows(file))


def test_a_full_line_is_read_whole() -> None:
    fields = read(FULL)[0].fields
    assert fields is not None
    assert read(FULL)[0].findings == ()
    assert fields.channel_number == "0012"
    assert {name: money.minor for name, money in fields.amounts.items()} == {
        "claimed": 1200050,
        "verified": 1200050,
        "paid": 1200050,
    }
    assert fields.days["received_on"].on == date(2023, 11, 10)
    assert (fields.codes["channel"], fields.workers, fields.closed) == (
        "12345",
        3,
        True,
    )
    assert fields.notes == ("paid-in-full", "mediated")
    assert set(fields.private) == {"reporter_name", "reporter_id_number", "notes"}


def test_every_line_ends_and_every_bad_cell_is_named() -> None:
    ended = read(FULL, OPEN, BAD, ODD, SUM)
    assert [result.outcome for result in ended] == [
        Outcome.SUCCESS,
        Outcome.SUCCESS,
        Outcome.ERROR,
        Outcome.SUCCESS,
        Outcome.SKIPPED,
    ]
    assert codes(ended[1]) == ["amount-is-text"]
    assert ended[1].fields is not None
    assert not ended[1].fields.closed
    assert sorted(codes(ended[3])) == [
        "amount-negative",
        "code-unknown",
        "count-unreadable",
        "credit-code-form",
        "date-impossible",
        "employer-withheld",
    ]


def test_a_csv_of_the_same_ledger_gives_the_same_facts() -> None:
    lines = [",".join(HEADERS), "0012,2023-11-10,热线,白熊餐厅,,3"]
    text = "\n".join(lines).encode("gb18030")
    file = open_sheets(profile("ledger"), Source("台账.csv", text))
    result = next(read_rows(file))
    assert result.findings == ()
    assert result.fields is not None
    assert result.fields.channel_number == "0012"


def test_the_report_counts_sums_and_names_nobody() -> None:
    made = report(FULL, OPEN, BAD, ODD, SUM)
    plain = json.dumps(made.to_json(), ensure_ascii=False)
    data = json.loads(plain)
    assert data["counts"] == {"SUCCESS": 3, "ERROR": 1, "DUPLICATE": 0, "SKIPPED": 1}
    assert data["totals"]["amounts"]["claimed"] == {
        "numeric": 1,
        "above_zero": 1,
        "minor": 1200050,
    }
    assert data["findings"][0]["message"]["zh"].endswith("。")
    for secret in ("甲某", "310117189801010012", "约5000", "白熊", "微博"):
        assert secret not in plain
    text = made.to_text()
    assert "SUCCESS 3" in text
    assert "试运行" in text
    assert "12,000.50 CNY" in text
    assert "dry run" in made.to_text("en")


def test_a_header_nobody_maps_is_listed() -> None:
    content = xlsx([[*HEADERS, "反映金额(万元)"], FULL[:6]])
    file = open_sheets(profile("ledger"), Source("台账.xlsx", content))
    made = make_report(file, read_rows(file))
    assert made.unmapped_columns == (("台账", "反映金额(万元)"),)


def findings_sheet(*lines: list[Value]) -> Worksheet:
    content = write_error_workbook(read(*lines))
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(page, Worksheet)
    return page


def test_the_error_workbook_gives_each_finding_its_place() -> None:
    page = findings_sheet(FULL, OPEN, BAD)
    lines = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert [line[:7] for line in lines] == [
        ["台账", 4, "G", "反映金额（元）", "SUCCESS", "warning", "amount-is-text"],
        ["台账", 5, "A", "编号", "ERROR", "error", "key-missing"],
    ]


def test_no_cell_of_the_error_workbook_is_a_formula_or_holds_words() -> None:
    wild: list[Value] = [
        "A-1",
        "2023-11-10",
        "窗口",
        "白熊餐厅",
        None,
        1,
        "=cmd|' /C'!A0",
    ]
    page = findings_sheet(wild, ["A-2", "+1", "-1", "@x", None, 1, "http://x.invalid"])
    for row in page.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n")
            assert cell.hyperlink is None
    values = [row[9].value for row in page.iter_rows(min_row=2)]
    assert "=xxx|' /x'!x9" in values
    assert not any("cmd" in str(value) for value in values)


def test_the_template_is_read_by_its_own_profile() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template(profile("ledger"))))
    page = book.worksheets[0]
    headers = [cell.value for cell in page[1]]
    for header, value in (("编号", "0001"), ("登记日期", date(2023, 11, 10))):
        page.cell(2, headers.index(header) + 1, value)
    target = io.BytesIO()
    book.save(target)
    file = open_sheets(profile("ledger"), Source("台账.xlsx", target.getvalue()))
    assert [result.outcome for result in read_rows(file)] == [Outcome.SUCCESS]
    assert file.ignored_sheets == ("_qingxin",)


def test_a_template_of_another_version_is_refused() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template(profile("ledger"))))
    book["_qingxin"]["A1"] = "ledger/0"
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(SheetRefused) as caught:
        open_sheets(profile("ledger"), Source("台账.xlsx", target.getvalue()))
    assert caught.value.code == "template-version"
