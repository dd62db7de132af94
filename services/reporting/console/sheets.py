"""Sheets: a register as a workbook of typed cells, none of which is a formula."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from fastapi.responses import Response
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from services.reporting.console.formats import local
from services.reporting.console.visit import Visit

WIDTH = 18
LONGEST_NAME = 31
OPTIONS = {
    "in_memory": True,
    # What people typed stays text, also where it begins with = + - or @.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]
"""A sheet's name, its headings, and its lines."""


class Xlsx(Response):
    """An answer that is a workbook."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheets(*told: Sheet) -> bytes:
    """Return a workbook: each sheet with its headings and a row for each line."""
    buffer = BytesIO()
    book = Workbook(buffer, OPTIONS)
    bold = book.add_format({"bold": True, "border": 1})
    styles: dict[type, Any] = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for name, heads, lines in told:
        table = book.add_worksheet(name[:LONGEST_NAME])
        table.freeze_panes(1, 1)
        for column, head in enumerate(heads):
            table.write_string(0, column, head, bold)
            table.set_column(column, column, WIDTH)
        for row, line in enumerate(lines, 1):
            for column, cell in enumerate(line):
                _write(table, (row, column), cell, styles)
    book.close()
    return buffer.getvalue()


def _write(
    table: Worksheet, place: tuple[int, int], cell: Any, styles: dict[type, Any]
) -> None:
    match cell:
        case None | "":
            return
        case str():
            table.write_string(*place, cell)
        case datetime():
            at = local(cell).replace(tzinfo=None)
            table.write_datetime(*place, at, styles[datetime])
        case date():
            table.write_datetime(*place, cell, styles[date])
        case _:
            table.write_number(*place, cell)


def register(
    visit: Visit, name: str, columns: Sequence[str], lines: Iterable[Sequence[Any]]
) -> Xlsx:
    """Return a register's workbook, with the reader's words as headings.

    `name` is the page's key in the catalogue and begins the file's name.
    """
    heads = [visit.words(key) for key in columns]
    content = sheets((visit.words(f"{name}.title"), heads, lines))
    file = f"{name}-{local(visit.running.last_now):%Y%m%d-%H%M}.xlsx"
    disposition = f'attachment; filename="{file}"'
    return Xlsx(content, headers={"Content-Disposition": disposition})
