"""The records of an old xls: formulas, errors, numbers with their formats (MS-XLS)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from libs.sheets.cell import Cell, CellKind
from libs.sheets.refusal import (
    encrypted,
    has_external_links,
    has_macros,
    malformed,
)
from libs.sheets.stored import number_cell, plain
from libs.sheets.styles import GENERAL, NumberFormat, built_in, read_format


class Record(IntEnum):
    """The records that are looked at, by their number."""

    EOF = 0x0A
    FORMULA = 0x06
    DATE_MODE = 0x22
    FILE_PASS = 0x2F
    SHEET = 0x85
    MULTIPLE_RK = 0xBD
    STYLE = 0xE0
    MERGED = 0xE5
    SHARED_STRING = 0xFD
    QUERY = 0x1AD
    OUTSIDE_BOOK = 0x1AE
    NUMBER = 0x203
    LABEL = 0x204
    BOOL_OR_ERROR = 0x205
    RK = 0x27E
    FORMAT = 0x41E


_INTERNAL_BOOK, _ADD_IN_BOOK = 0x0401, 0x3A01
_CELLS = frozenset(
    {
        Record.FORMULA,
        Record.MULTIPLE_RK,
        Record.SHARED_STRING,
        Record.NUMBER,
        Record.LABEL,
        Record.BOOL_OR_ERROR,
        Record.RK,
    }
)
_MACRO_SHEETS = (1, 6)
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?"}


@dataclass
class SheetRecords:
    """One worksheet: its size, the cells told apart here, what lies under merges."""

    name: str
    rows: int = 0
    columns: int = 0
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: dict[int, set[int]] = field(default_factory=dict)
    formulas: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class _Globals:
    from_1904: bool = False
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    sheets: list[tuple[int, str]] = field(default_factory=list)

    def style(self, index: int) -> NumberFormat:
        if index >= len(self.styles):
            return GENERAL
        number = self.styles[index]
        code = self.formats.get(number)
        return built_in(number) if code is None else read_format(code)


def scan(stream: bytes) -> tuple[SheetRecords, ...]:
    """Read the records of a workbook stream.

    Raises `SheetRefused`: encrypted, macros, external-links, malformed.
    """
    try:
        book = _globals(stream)
        return tuple(_sheet(stream, at, name, book) for at, name in book.sheets)
    except (struct.error, IndexError, UnicodeDecodeError) as broken:
        raise malformed("xls") from broken


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        if kind == Record.EOF:
            return
        at += 4 + length


def _globals(stream: bytes) -> _Globals:
    book = _Globals()
    for kind, body in _records(stream, 0):
        match kind:
            case Record.FILE_PASS:
                raise encrypted()
            case Record.OUTSIDE_BOOK | Record.QUERY:
                _check_book(body)
            case Record.DATE_MODE:
                book.from_1904 = body[:1] == b"\x01"
            case Record.FORMAT:
                (number,) = struct.unpack_from("<H", body)
                book.formats[number] = _words(body[2:], wide_length=True)
            case Record.STYLE:
                book.styles.append(struct.unpack_from("<H", body, 2)[0])
            case Record.SHEET:
                _add_sheet(book, body)
            case _:
                pass
    return book


def _check_book(body: bytes) -> None:
    internal = len(body) == 4 and struct.unpack_from("<H", body, 2)[0] in (  # noqa: PLR2004 - an internal SUPBOOK has 4 bytes
        _INTERNAL_BOOK,
        _ADD_IN_BOOK,
    )
    if not internal:
        raise has_external_links()


def _add_sheet(book: _Globals, body: bytes) -> None:
    at, _hidden, kind = struct.unpack_from("<IBB", body)
    if kind in _MACRO_SHEETS:
        raise has_macros()
    if kind == 0:
        book.sheets.append((at, _words(body[6:], wide_length=False)))


def _words(body: bytes, *, wide_length: bool) -> str:
    head = 2 if wide_length else 1
    length = int.from_bytes(body[:head], "little")
    wide = body[head] & 1
    text = body[head + 1 : head + 1 + length * (2 if wide else 1)]
    return text.decode("utf-16-le" if wide else "latin-1")


def _sheet(stream: bytes, start: int, name: str, book: _Globals) -> SheetRecords:
    sheet = SheetRecords(name)
    for kind, body in _records(stream, start):
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            sheet.rows, sheet.columns = (
                max(sheet.rows, row + 1),
                max(sheet.columns, column + 1),
            )
        match kind:
            case Record.FORMULA:
                sheet.formulas.append((row, column))
                sheet.cells[row, column] = Cell(CellKind.FORMULA)
            case Record.BOOL_OR_ERROR:
                row, column, _, code, is_error = struct.unpack_from("<HHHBB", body)
                if is_error:
                    words = _ERRORS.get(code, "#N/A")
                    sheet.cells[row, column] = Cell(CellKind.ERROR, words)
            case Record.NUMBER | Record.RK | Record.MULTIPLE_RK:
                _add_numbers(sheet, book, kind, body)
            case Record.MERGED:
                _add_merges(sheet, body)
            case _:
                pass
    return sheet


def _add_numbers(sheet: SheetRecords, book: _Globals, kind: int, body: bytes) -> None:
    row, column = struct.unpack_from("<HH", body)
    found: list[tuple[int, float]]
    if kind == Record.NUMBER:
        style, number = struct.unpack_from("<Hd", body, 4)
        found = [(style, number)]
    elif kind == Record.RK:
        style, packed = struct.unpack_from("<HI", body, 4)
        found = [(style, _unpacked(packed))]
    else:
        pairs = struct.iter_unpack("<HI", body[4:-2])
        found = [(style, _unpacked(packed)) for style, packed in pairs]
    for offset, (style, number) in enumerate(found):
        sheet.cells[row, column + offset] = number_cell(
            plain(number) or "", book.style(style), from_1904=book.from_1904
        )


def _unpacked(packed: int) -> float:
    """Unpack an RK number (MS-XLS 2.5.217)."""
    if packed & 2:
        number = float((packed >> 2) - ((packed >> 31) << 30))
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))
    return number / 100 if packed & 1 else number


def _add_merges(sheet: SheetRecords, body: bytes) -> None:
    (count,) = struct.unpack_from("<H", body)
    for index in range(count):
        top, bottom, left, right = struct.unpack_from("<4H", body, 2 + index * 8)
        for row in range(top, bottom + 1):
            hidden = set(range(left, right + 1))
            if row == top:
                hidden.discard(left)
            sheet.merged.setdefault(row, set()).update(hidden)
