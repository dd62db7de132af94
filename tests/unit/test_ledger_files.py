"""The ledger as files: of any length, typed, and no cell is a formula."""

import csv
import weakref
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO, StringIO
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from fastapi.responses import StreamingResponse
from openpyxl import load_workbook

from libs.events.views.answered import Answered
from services.reporting.console.columns import COLUMNS, chosen
from services.reporting.console.export import FIRST_ROW, table, workbook
from services.reporting.console.words import words
from services.reporting.reading.ledger import Filters, Taken, Total
from services.reporting.reading.listed import Line

NOW = datetime(2023, 12, 20, 4, tzinfo=UTC)
AT_ONCE = 3
"""The line that is written, the one that comes, and the last one's loop."""
SOME = chosen("employer,claimed,registered_at")
VISIT: Any = SimpleNamespace(
    words=words("zh"),
    unit=lambda code: code or "",
    simulated=False,
    running=SimpleNamespace(last_now=NOW),
)
UNKNOWN: dict[str, Any] = dict.fromkeys(Line.__dataclass_fields__)


def a_line(number: int, **more: Any) -> Line:
    said: dict[str, Any] = {
        **UNKNOWN,
        "number": f"SH{number}",
        "registered_at": NOW,
        "channel": "window",
        "first_asked_unit": "LC",
        "stage": "registered",
        "currency": "CNY",
        "workers": 1,
        "claimed": 1_234_567,
        "clue_id": UUID(int=number),
        **more,
    }
    return Line(**said)


async def told(*lines: Line) -> AsyncIterator[Line]:
    for line in lines:
        yield line


def of(lines: AsyncIterator[Line], cases: int = 0) -> Taken:
    sums = (1_234_567 * cases, *(None,) * 6)
    total = Total("CNY", cases, cases, *sums)
    return Taken(Answered("case_file_v2", NOW), [total], lines)


async def body(answer: StreamingResponse) -> bytes:
    whole = b"".join([bytes(piece) async for piece in answer.body_iterator])  # type: ignore[arg-type]  # bytes alone
    assert int(answer.headers["content-length"]) == len(whole)
    return whole


async def test_text_with_commas_says_money_exactly_and_times_with_their_offset() -> (
    None
):
    answer = await table(VISIT, of(told(a_line(1, employer_name="甲,乙"))), SOME)
    text = (await body(answer)).decode("utf-8-sig")
    head, row = csv.reader(StringIO(text))
    assert head == ["编号", "登记时间", "用人单位", "反映金额"]
    assert row == ["SH1", "2023-12-20T12:00+08:00", "甲,乙", "12345.67"]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
async def test_what_people_typed_is_no_formula_in_a_spreadsheet(begins: str) -> None:
    typed = f"{begins}1+1"
    line = a_line(1, employer_name=typed)
    text = (await body(await table(VISIT, of(told(line)), SOME))).decode("utf-8-sig")
    _, row = csv.reader(StringIO(text, newline=""))
    assert row[2] == f"'{typed}"


async def test_a_workbook_has_its_head_lines_and_totals() -> None:
    lines = told(*map(a_line, range(3)))
    answer = await workbook(VISIT, of(lines, 3), Filters(state="open"))
    book = load_workbook(BytesIO(await body(answer)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[1][0] == "条件：state=open"
    assert len(rows[FIRST_ROW - 1]) == len(COLUMNS)
    assert [row[0] for row in rows[FIRST_ROW:]] == ["SH0", "SH1", "SH2", "合计 3 件"]
    claimed = [column.key for column in COLUMNS].index("claimed")
    assert [row[claimed] for row in rows[FIRST_ROW:]] == [*[12345.67] * 3, 37037.01]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_a_line_that_was_written_leaves_memory(kind: str) -> None:
    alive: weakref.WeakSet[Line] = weakref.WeakSet()
    most = 0

    async def many() -> AsyncIterator[Line]:
        nonlocal most
        for number in range(300):
            line = a_line(number)
            alive.add(line)
            most = max(most, len(alive))
            yield line

    if kind == "xlsx":
        await workbook(VISIT, of(many(), 300), Filters())
    else:
        await table(VISIT, of(many()))
    assert 0 < most <= AT_ONCE
