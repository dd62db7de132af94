"""The cells of one worksheet of an old xls, from its records (MS-XLS)."""

import struct
from dataclasses import dataclass, field

from libs.sheets.cell import Cell, CellKind
from libs.sheets.limits import Limits
from libs.sheets.merges import Merges
from libs.sheets.oldstrings import short_string
from libs.sheets.records import OldBook, Record, records
from libs.sheets.refusal import too_large
from libs.sheets.stored import number_cell, plain, text_cell

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?"}
_MOST_CELLS = 2_000_000


@dataclass
class OldSheet:
    """One worksheet as it is read: cells by row, merges, formulas and errors."""

    name: str
    limits: Limits
    merges: Merges
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    columns: int = 0
    cells: int = 0
    formulas: int = 0
    errors: int = 0

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Keep a cell; raises `SheetRefused` (too-large) above a limit."""
        self.cells += 1
        self.columns = max(self.columns, column + 1)
        self.rows.setdefault(row, {})[column] = cell
        if self.columns > self.limits.columns:
            limit = self.limits.columns
            raise too_large(f"超过 {limit} 列", f"above {limit} columns")
        if len(self.rows) > self.limits.rows or self.cells > _MOST_CELLS:
            limit = self.limits.rows
            raise too_large(f"超过 {limit} 行", f"above {limit} rows")
        if len(cell.text) > self.limits.cell_characters:
            limit = self.limits.cell_characters
            raise too_large(
                f"单元格超过 {limit} 字", f"a cell above {limit} characters"
            )


def read_cells(
    stream: bytes, place: tuple[int, str], book: OldBook, limits: Limits
) -> OldSheet:
    """Read one worksheet; raises `SheetRefused` (too-large).

    Also struct.error, IndexError or UnicodeDecodeError where a record is broken.
    """
    at, name = place
    sheet = OldSheet(name, limits, Merges(limits))
    for kind, body in records(stream, at):
        match kind:
            case Record.SHARED_LABEL | Record.LABEL | Record.RICH_LABEL:
                _put_words(sheet, book, kind, body)
            case Record.NUMBER | Record.RK | Record.MULTIPLE_RK:
                _put_numbers(sheet, book, kind, body)
            case Record.FORMULA:
                sheet.formulas += 1
                row, column = struct.unpack_from("<HH", body)
                sheet.put(row, column, Cell(CellKind.FORMULA))
            case Record.BOOL_OR_ERROR:
                _put_bool_or_error(sheet, body)
            case Record.MERGED:
                _put_merges(sheet, body)
            case _:
                pass
    return sheet


def _put_words(sheet: OldSheet, book: OldBook, kind: int, body: bytes) -> None:
    row, column = struct.unpack_from("<HH", body)
    if kind == Record.SHARED_LABEL:
        text = book.strings[struct.unpack_from("<I", body, 6)[0]]
    else:
        text = short_string(body[6:], wide_length=True)
    if text:
        sheet.put(row, column, text_cell(text))


def _put_numbers(sheet: OldSheet, book: OldBook, kind: int, body: bytes) -> None:
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
        text = plain(number) or ""
        cell = number_cell(text, book.style(style), from_1904=book.from_1904)
        sheet.put(row, column + offset, cell)


def _unpacked(packed: int) -> float:
    """Unpack an RK number (MS-XLS 2.5.217)."""
    if packed & 2:
        number = float((packed >> 2) - ((packed >> 31) << 30))
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))
    return number / 100 if packed & 1 else number


def _put_bool_or_error(sheet: OldSheet, body: bytes) -> None:
    row, column, _, value, is_error = struct.unpack_from("<HHHBB", body)
    if is_error:
        sheet.errors += 1
        sheet.put(row, column, Cell(CellKind.ERROR, _ERRORS.get(value, "#N/A")))
    else:
        sheet.put(row, column, Cell(CellKind.BOOL, "TRUE" if value else "FALSE"))


def _put_merges(sheet: OldSheet, body: bytes) -> None:
    (count,) = struct.unpack_from("<H", body)
    for index in range(count):
        top, bottom, left, right = struct.unpack_from("<4H", body, 2 + index * 8)
        sheet.merges.add((top, bottom), (left, right))
