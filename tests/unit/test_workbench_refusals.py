"""Bad sheets and bad choices on the workbench: refused clearly, with what to do."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from xlsxwriter import Workbook

from libs.sheets.book import open_book
from libs.sheets.limits import Limits
from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source
from services.intake.profiles.choices import Choices
from services.intake.profiles.composing import composed
from services.intake.profiles.looking import look
from services.intake.profiles.meanings import SORTS
from services.intake.profiles.mending import mends
from services.intake.profiles.result import Outcome
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.shelf import ProfileInvalid, profile, read_profile
from services.intake.profiles.template import write_template
from tests.unit.profile_rows import codes
from tests.unit.sheet_files import Value, written, xlsx, xlsx_of
from tests.unit.workbench import choices, csv, made, results, seen, xls

FIRM = "演示甲建筑有限公司（虚构）"
CANARIES = ("甲某某", "13800000077", "310117189801010012")
HEADERS: list[Value] = ["编号", "登记日期", "单位名称", "反映金额"]
LINE: list[Value] = ["1", date(2023, 11, 10), FIRM, 100]


def refused(look_at: Callable[[], object]) -> str:
    with pytest.raises(SheetRefused) as caught:
        look_at()
    assert caught.value.zh.endswith("。")
    assert caught.value.en.endswith(".")
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "s.csv", "empty"),
        (xlsx([]), "s.xlsx", "empty"),
        (xlsx([[None, " "]]), "s.xlsx", "no-header"),
        (xlsx([["只有一栏"], ["1"]]), "s.xlsx", "no-header"),
        (xlsx([[1, 2], [3, 4]]), "s.xlsx", "no-header"),
        (xlsx([["标题"], LINE]), "s.xlsx", "no-header"),
        (csv([["1", "甲某", "13800000077"], ["2", "乙某", "1"]]), "s.csv", "no-header"),
        ("编号,单位".encode("utf-16"), "s.csv", "bad-encoding"),
        (b"\xff\x81\x00", "s.csv", "bad-encoding"),
        (b"%PDF-1.7", "s.xlsx", "wrong-type"),
    ],
)
def test_a_file_that_cannot_be_mapped_is_refused(
    content: bytes, name: str, code: str
) -> None:
    assert refused(lambda: seen(content, name)) == code


def test_a_row_of_data_is_never_shown_as_a_header() -> None:
    """No name or number of a person comes onto the page, or into a profile."""
    content = xlsx([HEADERS, LINE, ["x", "13800000077", "甲某", "y"]])
    assert seen(content).candidates == (1,)
    for row in (2, 3, 9):
        code = refused(lambda row=row: seen(content, header=row))  # type: ignore[misc]  # bound now
        assert code == "header-not-words"
    assert (
        refused(lambda: look(open_book(Source("s.xlsx", content)), "二月"))
        == "no-such-sheet"
    )


def test_a_huge_sheet_is_refused_before_it_is_mapped() -> None:
    content = xlsx([HEADERS, *([[str(n), None, FIRM, n] for n in range(50)])])
    small = Limits(rows=20)
    assert refused(lambda: open_book(Source("s.xlsx", content), small)) == "too-large"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"columns": []}, "no-columns"),
        ({"columns": [{"column": "C", "meaning": "employer"}]}, "number-missing"),
        (
            {"columns": [{"column": c, "meaning": "channel_number"} for c in "AB"]},
            "meaning-twice",
        ),
        ({"columns": [{"column": "Z", "meaning": "channel_number"}]}, "column-unknown"),
        (
            {
                "columns": [
                    {"column": "A", "meaning": "channel_number"},
                    {"column": "A", "meaning": "claimed"},
                ]
            },
            "column-unknown",
        ),
        ({"columns": [{"column": "A", "meaning": "salary"}]}, "meaning-unknown"),
        ({"name": "ledger"}, "profile-name-taken"),
        ({"formats": ("D/M/YYYY", "M/D/YYYY")}, "formats-ambiguous"),
        ({"formats": ("YY-M-D",)}, "format-unknown"),
        ({"first_on": "2024-01-01", "last_on": "2023-01-01"}, "window-empty"),
        ({"registers": "live", "channel": "patrol"}, "channel-not-live"),
        (
            {
                "registers": "live",
                "channel": "12345",
                "columns": [{"column": "A", "meaning": "channel_number"}],
            },
            "received-missing",
        ),
        (
            {
                "key": ("employer",),
                "columns": [{"column": "A", "meaning": "channel_number"}],
            },
            "key-missing",
        ),
        (
            {"words": [{"words": "了结", "meaning": "status", "code": "closed"}]},
            "word-without-column",
        ),
        ({"words": [{"words": "x", "meaning": "status", "code": "y"}]}, "code-unknown"),
        (
            {"words": [{"words": CANARIES[1], "meaning": "kind", "code": "report"}]},
            "word-personal",
        ),
    ],
)
def test_choices_that_make_no_profile_are_mended_first(
    changed: dict[str, Any], code: str
) -> None:
    found = seen(xlsx([HEADERS, LINE]))
    wrong = mends(choices(found, **changed), found)
    assert code in {one.code for one in wrong}
    assert all(one.zh.endswith("。") and one.en.endswith(".") for one in wrong)


def test_columns_without_any_header_words_are_no_profile() -> None:
    found = seen(xlsx([["甲", "甲", "x"], ["1", "2", "3"]]))
    said = choices(found, columns=[{"column": "A", "meaning": "channel_number"}])
    assert [one.code for one in mends(said, found)] == ["no-header-words"]


def test_year_20_a_formula_and_words_in_cells_are_findings_not_facts() -> None:
    text = csv(
        [HEADERS, ["1", "0020-05-15", FIRM, "=1+1"], ["2", "昨天", FIRM, "若干"]]
    )
    found = seen(text, "s.csv")
    first, second = results(made(found, formats=("YYYY-M-D",)), text, "s.csv")
    assert codes(first) == ["amount-is-text", "date-out-of-window"]
    assert codes(second) == ["amount-is-text", "date-is-text"]

    def write(book: Workbook) -> None:
        page = book.add_worksheet("台账")
        page.write_row("A1", HEADERS)
        page.write_row("A2", ["1", None, FIRM])
        page.write_formula("D2", "=1+1", None, 2)

    content = written(write)
    (only,) = results(made(seen(content)), content)
    assert codes(only) == ["cell-formula"]


def test_a_header_that_looks_like_a_formula_stays_text_everywhere() -> None:
    evil = "=HYPERLINK(1)编号"
    content = xlsx([[evil, "单位名称"], ["1", FIRM]])
    found = seen(content)
    columns = [{"column": "A", "meaning": "channel_number"}]
    template = write_template(made(found, columns=columns))
    (cell,) = [one for one in seen_cells(template) if "HYPERLINK" in one]
    assert cell == evil


def seen_cells(content: bytes) -> list[str]:
    book = open_book(Source("t.xlsx", content))
    return [cell.text for row in book.sheets[0].rows() for cell in row.cells.values()]


def test_columns_that_come_later_are_listed_or_refuse_the_file() -> None:
    content = xlsx([HEADERS, LINE])
    later = xlsx([[*HEADERS, "新栏"], [*LINE, "x"]])
    for unmapped, code in (("listed", None), ("refused", "unknown-columns")):
        profile_ = made(seen(content), unmapped=unmapped)
        if code is None:
            assert results(profile_, later)[0].outcome is Outcome.SUCCESS
        else:
            assert refused(lambda p=profile_: results(p, later)) == code  # type: ignore[misc]  # bound now


def test_a_template_of_an_older_version_is_refused_and_says_which() -> None:
    found = seen(xlsx([HEADERS, LINE]))
    said = choices(found)
    older = read_profile("p", composed(said, found, 1))
    newer = read_profile("p", composed(said, found, 2))
    template = Source("t.xlsx", write_template(older))
    assert open_sheets(older, template).layouts[0].header_row == 1
    with pytest.raises(SheetRefused) as caught:
        open_sheets(newer, template)
    assert caught.value.code == "template-version"
    assert "第 1 版" in caught.value.zh
    assert "第 2 版" in caught.value.zh
    with pytest.raises(SheetRefused) as foreign:
        open_sheets(newer, Source("t.xlsx", write_template(profile("ledger"))))
    assert foreign.value.code == "wrong-template"


def test_a_template_keeps_a_column_known_by_its_place() -> None:
    content = xlsx([["编号", "金额", "金额"], ["1", 1, 2]])
    columns = [
        {"column": "A", "meaning": "channel_number"},
        {"column": "C", "meaning": "claimed"},
    ]
    made_ = made(seen(content), columns=columns)
    (head,) = open_book(Source("t.xlsx", write_template(made_))).sheets[0].rows()
    assert (head.at(0).text, head.at(1).text, head.at(2).text) == ("编号", "", "金额")
    (layout,) = open_sheets(made_, Source("t.xlsx", write_template(made_))).layouts
    assert layout.places["claimed"].letters == "C"


PIECES: tuple[Value, ...] = (
    *CANARIES,
    *("编号", "登记日期", "单位名称", "反映金额", "金额", "合计", "=1+1", "@x"),
    *("", " ", "2023-11-10", "31/12/2023", "0020-01-01", "1,2,3", "A" * 61),
    *("\u202e", "'", '"', "]]>", "<b>", "😀", "\t", "x" * 300),
    *(None, 0, -1, 1.5, 1e300, date(1999, 1, 1), True),
)


@pytest.mark.parametrize("seed", range(120))
def test_garbage_is_refused_or_read_and_nobody_is_named(seed: int) -> None:
    """Whatever the sheet and the choices: a refusal in words, or rows with an end."""
    chance = random.Random(seed)
    rows = [
        [chance.choice(PIECES) for _ in range(chance.randint(0, 6))]
        for _ in range(chance.randint(0, 8))
    ]
    if chance.random() < 0.8:
        rows.insert(chance.randint(0, 1), ["编号", "登记日期", "单位名称", "反映金额"])
    name = chance.choice(["s.csv", "s.xlsx", "s.xls"])
    try:
        content = {"s.csv": as_csv, "s.xlsx": as_xlsx, "s.xls": xls}[name](rows)
        book = open_book(Source(name, content))
        found = look(book)
    except SheetRefused:
        return
    shown = str([one.samples for one in found.columns])
    assert not any(canary in shown for canary in CANARIES)
    said = chosen_at_random(chance, choices(found))
    if mends(said, found):
        return
    text = composed(said, found, 1)
    try:
        ended = list(
            read_rows(open_sheets(read_profile("p", text), Source(name, content)))
        )
    except (SheetRefused, ProfileInvalid):
        return
    assert all(one.outcome in Outcome for one in ended)
    findings = str([finding.value for one in ended for finding in one.findings])
    assert CANARIES[0] not in findings


def as_csv(rows: list[list[Value]]) -> bytes:
    return csv([[f'"{str(v).replace(chr(34), "")}"' for v in row] for row in rows])


def as_xlsx(rows: list[list[Value]]) -> bytes:
    return xlsx_of({"一": rows, "二": rows[:1]})


def chosen_at_random(chance: random.Random, said: Choices) -> Choices:
    columns = [
        {"column": chance.choice("ABCDEF"), "meaning": chance.choice(list(SORTS))}
        for _ in range(chance.randint(0, 4))
    ]
    if chance.random() < 0.5:
        return said
    fields = said.model_dump() | {"columns": columns}
    return Choices.model_validate(fields)
