"""A sheet on the workbench for tests: looked at, mapped as guessed, read on trial."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
import xlwt

from libs.sheets.book import open_book
from libs.sheets.source import Source
from services.intake.profiles.choices import Choices
from services.intake.profiles.composing import composed
from services.intake.profiles.looking import SheetSeen, look
from services.intake.profiles.mending import mends
from services.intake.profiles.profile import Profile
from services.intake.profiles.result import RowResult
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.shelf import read_profile
from services.intake.profiles.start import start_of
from tests.unit.sheet_files import Value

Rows = Sequence[Sequence[Value]]


def seen(content: bytes, name: str = "s.xlsx", **view: Any) -> SheetSeen:
    """Look at a file's sheet."""
    return look(open_book(Source(name, content)), **view)


def choices(found: SheetSeen, **changed: Any) -> Choices:
    """Return what the workbench proposes for a sheet, with some of it changed."""
    begun = start_of(None, found)
    said: dict[str, Any] = {
        "name": "site-sheet",
        "title_zh": "巡查表",
        "title_en": "Patrol sheet",
        "sheet": found.name,
        "header_row": found.header_row,
        "channel": "patrol",
        "formats": found.formats,
        "columns": [
            {"column": at, "meaning": meaning, "unit": unit}
            for at, (meaning, unit) in begun.columns.items()
        ],
        **changed,
    }
    return Choices.model_validate(said)


def made(found: SheetSeen, **changed: Any) -> Profile:
    """Compose a profile from what is proposed; nothing is to be mended."""
    said = choices(found, **changed)
    assert mends(said, found) == []
    return read_profile(said.name, composed(said, found, 1))


def results(profile: Profile, content: bytes, name: str = "s.xlsx") -> list[RowResult]:
    """Read a file by a profile."""
    return list(read_rows(open_sheets(profile, Source(name, content))))


def xls(rows: Rows, sheet: str = "台账") -> bytes:
    """Write an old xls; a date becomes a date cell."""
    book = xlwt.Workbook()
    page = book.add_sheet(sheet)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                page.write(number, column, value, day)
            elif value is not None:
                page.write(number, column, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xlsx_1904(rows: Rows) -> bytes:
    """Write an xlsx whose days count from 1904."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"date_1904": True})
    page = book.add_worksheet("台账")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                at = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a sheet knows no zone
                page.write_datetime(number, column, at, day)
            elif value is not None:
                page.write(number, column, value)
    book.close()
    return target.getvalue()


def csv(rows: Rows, encoding: str = "utf-8") -> bytes:
    """Write a csv in an encoding."""
    lines = [",".join("" if v is None else str(v) for v in row) for row in rows]
    return "\n".join(lines).encode(encoding)
