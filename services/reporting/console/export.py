"""The ledger to take away, of any length: typed cells, totals, and no formula."""

import asyncio
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from typing import Any

from fastapi.responses import StreamingResponse
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from libs.events.views.answered import Answered
from libs.money import DECIMALS
from services.reporting.console.columns import COLUMNS, Column
from services.reporting.console.formats import local
from services.reporting.console.sheets import OPTIONS, Xlsx, breathing, scratch, sent
from services.reporting.console.visit import Visit
from services.reporting.reading.ledger import Filters, Taken, Total
from services.reporting.reading.listed import Line

FIRST_ROW = 4
OF_ANY_LENGTH = {**OPTIONS, "in_memory": False, "constant_memory": True}
"""A row that is written leaves memory."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")

TEMPLATE, CELL = "own-ledger/1", "qingxin_template"
"""What tells intake that the sheet is this system's own: then it registers nothing."""


async def workbook(
    visit: Visit,
    ledger: Taken,
    filters: Filters,
    columns: Sequence[Column] = COLUMNS,
) -> StreamingResponse:
    """Return the ledger as a sheet, headed by its filters and completeness."""
    file = scratch()
    book = Workbook(file, OF_ANY_LENGTH)
    styles = _styles(book)
    sheet = book.add_worksheet(visit.words("ledger.title")[:31])
    paper = _Paper(sheet, styles, visit, columns)
    paper.heading(ledger.of, filters)
    last = FIRST_ROW
    async for line in breathing(ledger.lines):
        paper.line(last, line)
        last += 1
    paper.totals(last, ledger.totals)
    paper.layout(last)
    if columns is COLUMNS:
        # With fewer columns it is a list to read, and no ledger to hand in again.
        _own(book)
    # Packing takes seconds for a hundred thousand lines, and needs nobody's turn.
    await asyncio.to_thread(book.close)
    return sent(file, Xlsx.media_type, f"ledger-{_now(visit)}.xlsx")


async def table(
    visit: Visit, ledger: Taken, columns: Sequence[Column] = COLUMNS
) -> StreamingResponse:
    """Return the ledger as text with commas: a heading and a row for each case.

    UTF-8 with its mark, or spreadsheets take it for GBK; times say their offset.
    """
    file = scratch()
    text = TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    rows = csv.writer(text)
    rows.writerow(visit.words(f"column.{column.key}") for column in columns)
    async for line in breathing(ledger.lines):
        rows.writerow(_plain(visit, line, column) for column in columns)
    text.detach()
    return sent(file, "text/csv; charset=utf-8", f"ledger-{_now(visit)}.csv")


def _plain(visit: Visit, line: Line, column: Column) -> str:
    value = column.value(visit, line)
    match value:
        case None:
            return ""
        case datetime():
            return local(value).isoformat(timespec="minutes")
        case float():
            return f"{value:.{DECIMALS.get(line.currency or 'CNY', 2)}f}"
        case str() if value.startswith(FORMULAS):
            # What people typed stays text, also in a spreadsheet.
            return f"'{value}"
        case _:
            return str(value)


def _now(visit: Visit) -> str:
    return f"{local(visit.running.last_now):%Y%m%d-%H%M}"


def _styles(book: Workbook) -> dict[str, Any]:
    edge = {"border": 1, "border_color": "#999999", "valign": "top"}
    return {
        "text": book.add_format(edge),
        "count": book.add_format({**edge, "num_format": "0"}),
        "money": book.add_format({**edge, "num_format": "#,##0.00"}),
        "day": book.add_format({**edge, "num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({**edge, "num_format": "yyyy-mm-dd hh:mm"}),
        "head": book.add_format(
            {**edge, "bold": True, "bg_color": "#E8EDF3", "text_wrap": True}
        ),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "note": book.add_format({"font_color": "#555555"}),
    }


@dataclass(frozen=True)
class _Paper:
    """One sheet in the making: what it is written with, and its columns."""

    sheet: Worksheet
    styles: dict[str, Any]
    visit: Visit
    columns: Sequence[Column]

    def heading(self, of: Answered, filters: Filters) -> None:
        words, note = self.visit.words, self.styles["note"]
        title = words("ledger.title")
        if self.visit.simulated:
            title += f"（{words('page.demo')}）"
        self.sheet.write_string(0, 0, title, self.styles["title"])
        marks = "；".join(f"{k}={v}" for k, v in filters.marks().items())
        said = marks or words("ledger.no-filter")
        self.sheet.write_string(1, 0, words("ledger.filtered", said=said), note)
        complete = of.complete_up_to
        shown = local(complete).strftime("%Y-%m-%d %H:%M:%S") if complete else "—"
        told = words("ledger.complete", at=shown, version=of.view_version)
        self.sheet.write_string(2, 0, told, note)
        for index, column in enumerate(self.columns):
            head = words(f"column.{column.key}")
            self.sheet.write_string(FIRST_ROW - 1, index, head, self.styles["head"])
            self.sheet.set_column(index, index, column.width)

    def line(self, row: int, line: Line) -> None:
        for index, column in enumerate(self.columns):
            style = self.styles[column.style]
            self.cell((row, index), column.value(self.visit, line), style)

    def cell(self, place: tuple[int, int], value: Any, style: Any) -> None:
        if value is None or value == "":
            self.sheet.write_blank(*place, None, style)
        elif isinstance(value, datetime):
            self.sheet.write_datetime(*place, local(value).replace(tzinfo=None), style)
        elif isinstance(value, str):
            self.sheet.write_string(*place, value, style)
        elif isinstance(value, int | float):
            self.sheet.write_number(*place, value, style)
        else:
            self.sheet.write_datetime(*place, value, style)

    def totals(self, row: int, totals: Sequence[Total]) -> None:
        """Write a line of sums for each currency, under the columns that it has."""
        for total in totals:
            key = "ledger.total" if total.currency else "ledger.total-none"
            head = self.visit.words(key, cases=total.cases)
            for index, column in enumerate(self.columns[1:], start=1):
                value = column.total(total)
                self.cell((row, index), value, self.styles[column.style])
            self.sheet.write_string(row, 0, head, self.styles["head"])
            row += 1

    def layout(self, last: int) -> None:
        sheet, width = self.sheet, len(self.columns)
        sheet.freeze_panes(FIRST_ROW, 1)
        sheet.autofilter(FIRST_ROW - 1, 0, max(last - 1, FIRST_ROW), width - 1)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(FIRST_ROW - 1)


def _own(book: Workbook) -> None:
    hidden = book.add_worksheet("_qingxin")
    hidden.write_string(0, 0, TEMPLATE)
    hidden.very_hidden()
    book.define_name(CELL, "=_qingxin!$A$1")
