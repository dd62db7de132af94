"""The ledger as a workbook: typed cells, totals, and no cell that is a formula."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from fastapi.responses import Response
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from libs.money import DECIMALS
from services.reporting.console.formats import local
from services.reporting.console.visit import Visit
from services.reporting.reading.asking import Answer
from services.reporting.reading.ledger import Filters, Ledger
from services.reporting.reading.listed import AMOUNTS, Line

FIRST_ROW = 4
MONEY_WIDTH = 14


class Xlsx(Response):
    """An answer that is a workbook."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Column:
    """A column: its key in the catalogue, its value, how its cells are typed."""

    key: str
    value: Callable[[Visit, Line], Any]
    style: str = "text"
    width: int = 12


def _word(kind: str, name: str) -> Callable[[Visit, Line], Any]:
    return lambda visit, line: (
        visit.words.of(kind, code) if (code := getattr(line, name)) else ""
    )


def _plain(name: str) -> Callable[[Visit, Line], Any]:
    return lambda _, line: getattr(line, name)


def _amount(name: str) -> Callable[[Visit, Line], Any]:
    return lambda _, line: _major(getattr(line, name), line.currency)


def _major(minor: int | None, currency: str | None) -> float | None:
    if minor is None:
        return None
    # A sheet's number is a double: exact to the fen below 2^53, and shown rounded.
    digits = DECIMALS.get(currency or "CNY", 2)
    return float(minor) / float(10**digits)


COLUMNS = (
    Column("number", _plain("number"), width=26),
    Column("registered_at", _plain("registered_at"), "moment", 17),
    Column("kind", _word("kind", "kind")),
    Column("channel", _word("channel", "channel")),
    Column("channel_number", _plain("channel_number"), width=18),
    Column("employer", _plain("employer_name"), width=30),
    Column("project", _plain("project_name"), width=20),
    Column("first_asked", lambda visit, line: visit.unit(line.first_asked_unit)),
    Column("unit", lambda visit, line: visit.unit(line.unit)),
    Column("stage", _word("stage", "stage")),
    Column("workers", _plain("workers"), "count", 8),
    Column("currency", _plain("currency"), width=8),
    *(Column(name, _amount(name), "money", MONEY_WIDTH) for name in AMOUNTS),
    Column("due_on", _plain("due_on"), "day"),
    Column("closed_at", _plain("closed_at"), "moment", 17),
    Column("mark", _plain("mark"), width=42),
)
TEMPLATE, CELL = "own-ledger/1", "qingxin_template"
"""What tells intake that the sheet is this system's own: then it registers nothing."""


def workbook(visit: Visit, answer: Answer[Ledger], filters: Filters) -> Xlsx:
    """Return the ledger as a sheet, headed by its filters and completeness."""
    buffer = BytesIO()
    options = {
        "in_memory": True,
        # What people typed stays text, also where it begins with = + - or @.
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(buffer, options)
    styles = _styles(book)
    sheet = book.add_worksheet(visit.words("ledger.title")[:31])
    _heading(sheet, styles, visit, (answer, filters))
    last = _rows(sheet, styles, visit, answer.found.lines)
    _totals(sheet, styles, visit, (last, answer.found))
    _paper(sheet, last)
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


def _heading(
    sheet: Worksheet,
    styles: dict[str, Any],
    visit: Visit,
    about: tuple[Answer[Ledger], Filters],
) -> None:
    answer, filters = about
    words = visit.words
    title = words("ledger.title")
    if visit.simulated:
        title += f"（{words('page.demo')}）"
    sheet.write_string(0, 0, title, styles["title"])
    marks = "；".join(f"{k}={v}" for k, v in filters.marks().items())
    said = marks or words("ledger.no-filter")
    sheet.write_string(1, 0, words("ledger.filtered", said=said), styles["note"])
    complete = answer.of.complete_up_to
    shown = local(complete).strftime("%Y-%m-%d %H:%M:%S") if complete else "—"
    note = words("ledger.complete", at=shown, version=answer.of.view_version)
    sheet.write_string(2, 0, note, styles["note"])
    for index, column in enumerate(COLUMNS):
        head = words(f"column.{column.key}")
        sheet.write_string(FIRST_ROW - 1, index, head, styles["head"])
        sheet.set_column(index, index, column.width)


def _rows(
    sheet: Worksheet, styles: dict[str, Any], visit: Visit, lines: Sequence[Line]
) -> int:
    row = FIRST_ROW
    for line in lines:
        for index, column in enumerate(COLUMNS):
            style = styles[column.style]
            _cell(sheet, (row, index), column.value(visit, line), style)
        row += 1
    return row


def _cell(sheet: Worksheet, place: tuple[int, int], value: Any, style: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(*place, None, style)
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, local(value).replace(tzinfo=None), style)
    elif isinstance(value, str):
        sheet.write_string(*place, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(*place, value, style)
    else:
        sheet.write_datetime(*place, value, style)


def _totals(
    sheet: Worksheet,
    styles: dict[str, Any],
    visit: Visit,
    about: tuple[int, Ledger],
) -> None:
    row, found = about
    keys = [column.key for column in COLUMNS]
    for total in found.totals:
        key = "ledger.total" if total.currency else "ledger.total-none"
        head = visit.words(key, cases=total.cases)
        sheet.write_string(row, 0, head, styles["head"])
        sheet.write_number(row, keys.index("workers"), total.workers, styles["count"])
        _cell(sheet, (row, keys.index("currency")), total.currency, styles["text"])
        for name in AMOUNTS:
            value = _major(getattr(total, name), total.currency)
            _cell(sheet, (row, keys.index(name)), value, styles["money"])
        row += 1


def _own(book: Workbook) -> None:
    hidden = book.add_worksheet("_qingxin")
    hidden.write_string(0, 0, TEMPLATE)
    hidden.very_hidden()
    book.define_name(CELL, "=_qingxin!$A$1")


def _paper(sheet: Worksheet, last: int) -> None:
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.autofilter(FIRST_ROW - 1, 0, max(last - 1, FIRST_ROW), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(FIRST_ROW - 1)
