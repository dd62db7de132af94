"""The workbook of findings that goes back to the office: coordinates, code, words."""

import io
from collections.abc import Iterable

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from services.intake.profiles.result import CellFinding, RowResult

_HEADERS = (
    ("工作表 Sheet", 24),
    ("行 Row", 8),
    ("列 Column", 8),
    ("表头 Header", 20),
    ("结果 Result", 12),
    ("级别 Severity", 10),
    ("代码 Code", 20),
    ("说明", 50),
    ("Message", 50),
    ("内容(已遮盖) Value (masked)", 26),
)
_MOST_ROWS = 1_000_000


def write_error_workbook(results: Iterable[RowResult]) -> bytes:
    """Write every finding of the results as an xlsx, in the order of the sheet.

    All words are typed as text and quoted, so that no cell becomes a formula or a
    link, in this file or in a csv saved from it. Cell values appear masked only.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "constant_memory": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet("问题 Findings")
    bold = book.add_format({"bold": True, "bg_color": "#EEEEEE"})
    quoted = book.add_format({"quote_prefix": True})
    for column, (header, width) in enumerate(_HEADERS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, bold)
    line = 0
    for result in results:
        for finding in result.findings:
            if line < _MOST_ROWS:
                line += 1
                _write(sheet, line, _cells(result, finding), quoted)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(line, 1), len(_HEADERS) - 1)
    book.close()
    return target.getvalue()


def _cells(result: RowResult, finding: CellFinding) -> tuple[str | int, ...]:
    return (
        finding.sheet,
        finding.row,
        finding.column,
        finding.header,
        result.outcome.value,
        finding.kind.severity.value,
        finding.code,
        finding.kind.zh,
        finding.kind.en,
        finding.value,
    )


def _write(
    sheet: Worksheet, line: int, cells: tuple[str | int, ...], quoted: object
) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, int):
            sheet.write_number(line, column, value)
        else:
            sheet.write_string(line, column, value, quoted)
