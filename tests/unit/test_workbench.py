"""The workbench: sheets nobody has seen before are mapped by choosing, without code."""

from collections.abc import Callable
from datetime import date

import pytest

from services.intake.profiles.looking import look
from services.intake.profiles.meanings import SORTS, WORDS
from services.intake.profiles.result import Outcome
from tests.unit.sheet_files import Value, opened, written, xlsx, xlsx_of
from tests.unit.workbench import Rows, csv, made, results, seen, xls, xlsx_1904

FIRM = "演示甲建筑有限公司（虚构）"
PHONE, CLOSED = "13800000077", date(2023, 12, 1)
HEADERS = [
    *("序号", "台账编号", "登记日期", "单位名称", "人数"),
    *("反映金额", "办结日期", "反映人", "电话"),
]
PAPER: Rows = [
    ["虚构街道2023年欠薪台账（单位：万元）"],
    HEADERS,
    [1, "纸-001", date(2023, 11, 10), FIRM, 3, 1.25, CLOSED, "甲某", PHONE],
    [2, "纸-002", date(2023, 11, 11), FIRM, 1, 0.5, None, "乙某", PHONE],
    HEADERS,
    [3, "纸-003", date(2023, 11, 12), FIRM, 2, 2, None, None, None],
    ["合 计", None, None, None, 6, 3.75],
]  # fmt: skip
PLATFORM: Rows = [
    ["线索编号", "流入日期", "被反映单位", "涉及人数", "涉及金额(元)"],
    ["PT-1", "2023/11/10", FIRM, 3, "12,000.50"],
]
ORDERS: Rows = [
    [
        *("工单编号", "派单日期", "诉求类型", "被反映单位"),
        *("市民姓名", "联系电话", "诉求内容"),
    ],
    ["H-1", "2023-11-10", "求助", FIRM, "甲某", "13800000077", "欠薪"],
]  # fmt: skip
PETITIONS: Rows = [
    ["信访编号", "收到日期", "信访形式", "信访人", "用人单位", "信访人数"],
    ["XF-1", "2023年11月10日", "来访", "甲某", FIRM, "5"],
]
PATROL: Rows = [
    ["巡查编号", "巡查日期", "受检单位", "农民工人数", "拖欠工资(分)", "问题描述"],
    ["XC-1", "2023.11.10", FIRM, "12", "1200050", "调解中"],
]
ROSTER: Rows = [
    ["序号", "班组所属单位", "工人姓名", "身份证号", "拖欠工资"],
    ["1", FIRM, "甲某", "310117189801010012", "8000"],
    ["2", FIRM, "乙某", "310117189801010020", "9000.50"],
]
KINDS: dict[str, Callable[[Rows], bytes]] = {
    "s.xlsx": xlsx,
    "s.xls": xls,
    "s.csv": csv,
}


def by_header(content: bytes, name: str = "s.xlsx") -> dict[str, str | None]:
    return {one.header: one.meaning for one in seen(content, name).columns}


def test_every_meaning_is_called_something_in_both_languages() -> None:
    assert set(WORDS) == set(SORTS)
    assert all(zh and en for zh, en in WORDS.values())


def test_a_paper_ledger_is_mapped_as_it_stands_and_read_whole() -> None:
    """F-2.2.3c: merged title, 序号, a header on each page, 合计, amounts in 万元."""
    content = xlsx(PAPER)
    found = seen(content)
    assert (found.header_row, found.column("F")) == (2, found.columns[5])
    assert found.columns[5].unit == "wan"
    assert by_header(content) == {
        "序号": None,
        "台账编号": "channel_number",
        "登记日期": "received_on",
        "单位名称": "employer",
        "人数": "workers",
        "反映金额": "claimed",
        "办结日期": "closed_on",
        "反映人": "reporter_name",
        "电话": "reporter_phone",
    }
    ended = results(made(found), content)
    skipped, good = Outcome.SKIPPED, Outcome.SUCCESS
    assert [one.outcome for one in ended] == [good, good, skipped, good, skipped]
    facts = [one.fields for one in ended if one.fields]
    assert [one.amounts["claimed"].minor for one in facts] == [
        1250000,
        500000,
        2000000,
    ]
    assert [one.closed for one in facts] == [True, False, False]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    ("rows", "changed", "claimed"),
    [
        (PLATFORM, {"registers": "live", "channel": "platform"}, 1200050),
        (ORDERS, {"registers": "live", "channel": "12345"}, None),
        (PETITIONS, {"registers": "live", "channel": "petition"}, None),
        (PATROL, {"channel": "patrol"}, 1200050),
    ],
    ids=["platform", "12345", "petitions", "patrol"],
)
def test_the_channels_sheets_are_read_through_made_profiles(
    name: str, rows: Rows, changed: dict[str, str], claimed: int | None
) -> None:
    """F-2.2.3c: each channel's sheet, in each kind of file, without code."""
    content = KINDS[name](rows) if claimed is None or name != "s.csv" else quoted(rows)
    found = seen(content, name)
    assert [one.header for one in found.columns if one.meaning is None] == []
    (only,) = results(made(found, **changed), content, name)
    assert only.outcome is Outcome.SUCCESS, only.findings
    assert only.fields is not None
    assert only.fields.days["received_on"].on == date(2023, 11, 10)
    amount = only.fields.amounts.get("claimed")
    assert (amount and amount.minor) == claimed
    assert "code-unknown" not in {one.code for one in only.findings}


def quoted(rows: Rows) -> bytes:
    return csv([[f'"{value}"' for value in row] for row in rows])


def test_a_crew_leaders_roster_has_its_numbering_for_a_number() -> None:
    content = csv(ROSTER)
    found = seen(content, "r.csv")
    columns = [
        {"column": "A", "meaning": "channel_number"},
        {"column": "B", "meaning": "employer"},
        {"column": "C", "meaning": "reporter_name"},
        {"column": "D", "meaning": "reporter_id_number"},
        {"column": "E", "meaning": "claimed"},
    ]
    profile = made(found, columns=columns, key=("sheet", "employer"))
    assert profile.key.columns == ("channel_number", "sheet", "employer")
    facts = [one.fields for one in results(profile, content, "r.csv")]
    assert [one and one.amounts["claimed"].minor for one in facts] == [800000, 900050]
    assert [one and one.private["reporter_name"] for one in facts] == ["甲某", "乙某"]


def test_gb18030_and_both_date_systems_give_the_same_days() -> None:
    heads: list[Value] = ["编号", "登记日期", "单位名称"]
    table: Rows = [heads, ["1", date(2023, 11, 10), FIRM]]
    text: Rows = [heads, ["1", "2023-11-10", FIRM]]
    for content, name in (
        (xlsx(table), "s.xlsx"),
        (xlsx_1904(table), "s.xlsx"),
        (xls(table), "s.xls"),
        (csv(text, "gb18030"), "s.csv"),
        (csv(text, "utf-8-sig"), "s.csv"),
    ):
        (only,) = results(made(seen(content, name)), content, name)
        assert only.fields is not None
        assert only.fields.days["received_on"].on == date(2023, 11, 10)


def test_samples_are_masked_and_at_most_five() -> None:
    lines: Rows = [[f"{n}", "甲某", 13800000000 + n, f"1000{n}"] for n in range(9)]
    found = seen(xlsx([["编号", "反映人", "电话", "反映金额"], *lines]))
    assert [len(one.samples) for one in found.columns] == [1, 1, 1, 1]
    assert found.columns[1].samples == ("某某",)
    assert found.columns[2].samples == ("99999999999",)
    # A landline stored as a number has no shape of its own: it is masked all the same.
    landline = seen(xlsx([["编号", "电话"], ["1", 57612345]]))
    assert landline.columns[1].samples == ("99999999",)
    numbers: Rows = [[str(n), n] for n in range(9)]
    amounts = seen(xlsx([["编号", "反映金额"], *numbers]))
    assert amounts.columns[1].samples == ("0", "1", "2", "3", "4")


def test_date_forms_are_seen_and_day_or_month_first_is_decided_by_the_sheet() -> None:
    def forms(*texts: str) -> tuple[str, ...]:
        lines = [[str(number), text] for number, text in enumerate(texts)]
        return seen(xlsx([["编号", "日期"], *lines])).formats

    assert forms("2023年1月2日", "2023.1.2") == ("YYYY.M.D", "YYYY年M月D日")
    assert forms("3/4/2023", "13/4/2023") == ("D/M/YYYY",)
    assert forms("3/4/2023", "4/13/2023") == ("M/D/YYYY",)
    assert forms("3/4/2023") == ("D/M/YYYY",)


def test_repeated_and_missing_headers_are_mapped_by_their_place() -> None:
    rows: Rows = [
        ["编号", "金额", "金额", None, "单位名称"],
        ["1", 100, 200, "x", FIRM],
    ]
    content = xlsx(rows)
    found = seen(content)
    assert [one.by_place for one in found.columns] == [False, True, True, True, False]
    columns = [
        {"column": "A", "meaning": "channel_number"},
        {"column": "B", "meaning": "claimed"},
        {"column": "C", "meaning": "paid"},
        {"column": "E", "meaning": "employer"},
    ]
    (only,) = results(made(found, columns=columns), content)
    assert only.fields is not None
    assert [only.fields.amounts[one].minor for one in ("claimed", "paid")] == [
        10000,
        20000,
    ]


def test_a_header_of_two_rows_is_read_by_its_lower_one() -> None:
    def write(book: object) -> None:
        page = book.add_worksheet("台账")  # type: ignore[attr-defined]  # untyped
        page.merge_range("A1:A2", "编号")
        page.merge_range("B1:C1", "金额")
        page.write_row("B2", ["反映金额", "已付金额"])
        page.write_row("A3", ["1", 100, 50])

    content = written(write)
    found = seen(content, header=2)
    columns = [
        {"column": "A", "meaning": "channel_number"},
        {"column": "B", "meaning": "claimed"},
        {"column": "C", "meaning": "paid"},
    ]
    (only,) = results(made(found, columns=columns), content)
    assert only.outcome is Outcome.SUCCESS
    assert only.fields is not None
    assert only.fields.amounts["paid"].minor == 5000


def test_another_sheet_of_the_book_is_looked_at_by_its_name() -> None:
    book = opened(
        xlsx_of({"封面": [["x", "y"]], "一月": [["编号", "单位"], ["1", FIRM]]})
    )
    assert look(book, "一月").columns[1].meaning == "employer"


def test_amounts_in_fen_are_exact() -> None:
    content = xlsx([["编号", "反映金额(分)"], ["1", 123456789], ["2", 5]])
    found = seen(content)
    assert found.columns[1].unit == "fen"
    facts = [one.fields for one in results(made(found), content)]
    assert [one and one.amounts["claimed"].minor for one in facts] == [123456789, 5]
