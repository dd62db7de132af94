"""Small sheets made for a test: good ones, and every kind of bad one."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime

import xlsxwriter

from libs.sheets.book import Book, Sheet, open_book
from libs.sheets.cell import Cell
from libs.sheets.limits import LIMITS, Limits
from libs.sheets.source import Source

Value = str | int | float | bool | date | None


def xlsx(rows: Sequence[Sequence[Value]], sheet: str = "台账") -> bytes:
    """Write an xlsx of one sheet; a date becomes a date cell, None nothing."""
    return xlsx_of({sheet: rows})


def xlsx_of(sheets: dict[str, Sequence[Sequence[Value]]]) -> bytes:
    """Write an xlsx of several sheets."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a sheet knows no zone
                    page.write_datetime(number, column, moment, day)
                elif isinstance(value, str):
                    page.write_string(number, column, value)
                elif value is not None:
                    page.write(number, column, value)
    book.close()
    return target.getvalue()


def written(write: Callable[[xlsxwriter.Workbook], None], **options: object) -> bytes:
    """Keep an xlsx written by the test itself."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, options)
    write(book)
    book.close()
    return target.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return the xlsx with one part more, or another one in its place."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, part)
    return target.getvalue()


def edited(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return the xlsx with words of one part replaced; they must be there."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.read(name)
    assert old in part
    return with_part(content, name, part.replace(old, new))


def opened(content: bytes, name: str = "sheet.xlsx", limits: Limits = LIMITS) -> Book:
    """Return the opened book of some bytes."""
    return open_book(Source(name, content), limits)


def cells(content: bytes, name: str = "sheet.xlsx") -> list[list[Cell]]:
    """All cells of the first sheet, row by row, up to each row's last."""
    return rows_of(opened(content, name).sheets[0])


def rows_of(sheet: Sheet) -> list[list[Cell]]:
    """All cells of a sheet, row by row."""
    return [
        [row.at(column) for column in range(max(row.cells) + 1)] for row in sheet.rows()
    ]
