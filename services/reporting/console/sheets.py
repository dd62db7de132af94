"""Sheets: a register as a workbook of typed cells, none of which is a formula."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import date, datetime
from io import SEEK_END, BytesIO
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

from fastapi.responses import Response, StreamingResponse
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from services.reporting.console.formats import local
from services.reporting.console.visit import Visit

T = TypeVar("T")

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


PIECE = 64 * 1024
BREATH = 20
"""Lines written before others have their turn: ten milliseconds of a workbook."""


async def breathing(lines: AsyncIterator[T]) -> AsyncIterator[T]:
    """Yield lines, letting other requests go on every few of them."""
    count = 0
    async for line in lines:
        yield line
        count += 1
        if count % BREATH == 0:
            await asyncio.sleep(0)


def scratch() -> IO[bytes]:
    """Return a file without a name, to be filled and `sent`."""
    return TemporaryFile()


def sent(file: IO[bytes], media_type: str, name: str) -> StreamingResponse:
    """Answer with a file that is written, piece by piece; then it is gone.

    It is whole before its first byte leaves: what fails is a refusal, not half a file,
    and a slow reader holds no transaction.
    """
    length = file.seek(0, SEEK_END)
    file.seek(0)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(length),
    }
    return StreamingResponse(_pieces(file), media_type=media_type, headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece


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
