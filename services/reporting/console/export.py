"""The ledger as a workbook: typed cells, totals, and no cell that is a formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from services.reporting.console.columns import COLUMNS, Column
from services.reporting.console.formats import local
from services.reporting.console.sheets import OPTIONS, Xlsx
from services.reporting.console.visit import Visit
from services.reporting.reading.asking import Answer
from services.reporting.reading.ledger import Filters, Ledger
from services.reporting.reading.listed import Line

FIRST_ROW = 4


TEMPLATE, CELL = "own-ledger/1", "qingxin_template"
"""What tells intake that the sheet is this system's own: then it registers nothing."""


def workbook(
    visit: Visit,
    answer: Answer[Ledger],
    filters: Filters,
    columns: Sequence[Column] = COLUMNS,
) -> Xlsx:
    """Return the ledger as a sheet, headed by its filters and completeness."""
    buffer = BytesIO()
    book = Workbook(buffer, OPTIONS)
    styles = _styles(book)
    sheet = book.add_worksheet(visit.words("ledger.title")[:31])
    paper = _Paper(sheet, styles, visit, columns)
    paper.heading(answer, filters)
    last = paper.rows(answer.found.lines)
    paper.totals(last, answer.found)
    paper.layout(last)
    if columns is COLUMNS:
        # With fewer columns it is a list to read, and no ledger to hand in again.
        _own(book)
    book.close()
    name = f"ledger-{local(visit.running.last_now):%Y%m%d-%H%M}.xlsx"
    disposition = f'attachment; filename="{name}"'
    return Xlsx(buffer.getvalue(), headers={"Content-Disposition": disposition})


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

    def heading(self, answer: Answer[Ledger], filters: Filters) -> None:
        words, note = self.visit.words, self.styles["note"]
        title = words("ledger.title")
        if self.visit.simulated:
            title += f"（{words('page.demo')}）"
        self.sheet.write_string(0, 0, title, self.styles["title"])
        marks = "；".join(f"{k}={v}" for k, v in filters.marks().items())
        said = marks or words("ledger.no-filter")
        self.sheet.write_string(1, 0, words("ledger.filtered", said=said), note)
        complete = answer.of.complete_up_to
        shown = local(complete).strftime("%Y-%m-%d %H:%M:%S") if complete else "—"
        told = words("ledger.complete", at=shown, version=answer.of.view_version)
        self.sheet.write_string(2, 0, told, note)
        for index, column in enumerate(self.columns):
            head = words(f"column.{column.key}")
            self.sheet.write_string(FIRST_ROW - 1, index, head, self.styles["head"])
            self.sheet.set_column(index, index, column.width)

    def rows(self, lines: Sequence[Line]) -> int:
        """Write the lines; return the row behind the last."""
        row = FIRST_ROW
        for line in lines:
            for index, column in enumerate(self.columns):
                style = self.styles[column.style]
                self.cell((row, index), column.value(self.visit, line), style)
            row += 1
        return row

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

    def totals(self, row: int, found: Ledger) -> None:
        """Write a line of sums for each currency, under the columns that it has."""
        for total in found.totals:
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
