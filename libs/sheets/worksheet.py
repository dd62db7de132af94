"""One worksheet of an xlsx: surveyed first, then read row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from libs.sheets.cell import EMPTY, Cell, CellKind, SheetRow, column_index
from libs.sheets.limits import Limits
from libs.sheets.markup import attribute, parse, stream
from libs.sheets.merges import Merges
from libs.sheets.refusal import malformed, too_large
from libs.sheets.stored import iso_cell, number_cell, text_cell
from libs.sheets.strings import whole
from libs.sheets.styles import GENERAL, NumberFormat

_EMPTY_MERGE = Cell(CellKind.MERGED)


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first pass found; rows and columns count only those with values."""

    rows: int = 0
    columns: int = 0
    formulas: int = 0
    errors: int = 0
    merged: Mapping[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tables:
    """What all worksheets of a workbook share."""

    strings: Sequence[str]
    styles: Sequence[NumberFormat]
    from_1904: bool
    limits: Limits

    def style(self, index: int) -> NumberFormat:
        """Return the number format of a style, GENERAL where the index names none."""
        return self.styles[index] if 0 <= index < len(self.styles) else GENERAL


def survey(part: IO[bytes], limits: Limits) -> Survey:
    """Run through a worksheet for formulas, errors, merges and its size.

    Raises `SheetRefused`: too-large, malformed.
    """
    found = _Surveyor(limits)
    parse(part, found.start)
    return Survey(
        rows=found.rows,
        columns=found.columns,
        formulas=found.formulas,
        errors=found.errors,
        merged={
            row: frozenset(columns) for row, columns in found.merges.hidden.items()
        },
    )


def read_rows(
    part: IO[bytes], tables: Tables, merged: Mapping[int, frozenset[int]]
) -> Iterator[SheetRow]:
    """Yield the rows that hold anything, in order, as they are read."""
    reader = _Reader(tables, merged)
    with part:
        for _ in stream(part, reader.start, reader.end, reader.characters):
            yield from reader.drain()


class _Surveyor:
    def __init__(self, limits: Limits) -> None:
        self.rows = self.columns = self.formulas = self.errors = 0
        self.merges = Merges(limits)
        self._limits = limits
        self._column = -1
        self._counted = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            reference = attributes.get("r")
            self._column = column_index(reference) if reference else self._column + 1
            if attributes.get("t") == "e":
                self.errors += 1
        elif tag in ("v", "is"):
            self._value()
        elif tag == "row":
            self._column, self._counted = -1, False
        elif tag == "f":
            self.formulas += 1
        elif tag == "mergeCell":
            self._merge(attribute(attributes, "ref") or "")

    def _value(self) -> None:
        if not self._counted:
            self._counted = True
            self.rows += 1
            if self.rows > self._limits.rows:
                limit = self._limits.rows
                raise too_large(f"超过 {limit} 行", f"above {limit} rows")
        if self._column >= self.columns:
            self.columns = self._column + 1
            if self.columns > self._limits.columns:
                limit = self._limits.columns
                raise too_large(f"超过 {limit} 列", f"above {limit} columns")

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        self.merges.add((top, bottom), (left, right))


class _Reader:
    def __init__(self, tables: Tables, merged: Mapping[int, frozenset[int]]) -> None:
        self._tables = tables
        self._merged = merged
        self._ready: list[SheetRow] = []
        self._row = 0
        self._cells: dict[int, Cell] = {}
        self._column = -1
        self._type = "n"
        self._style = 0
        self._formula = False
        self._pieces: list[str] = []
        self._taking = False
        self._phonetic = False

    def drain(self) -> list[SheetRow]:
        ready, self._ready = self._ready, []
        return ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            reference = attributes.get("r")
            self._column = column_index(reference) if reference else self._column + 1
            self._type = attributes.get("t", "n")
            self._style = int(attributes.get("s", "0"))
            self._formula = False
            self._pieces = []
        elif tag in ("v", "t"):
            self._taking = not self._phonetic
        elif tag == "row":
            self._open_row(attributes.get("r"))
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._taking = False
        elif tag == "c":
            cell = self._cell()
            if cell is not EMPTY:
                self._cells[self._column] = cell
        elif tag == "row":
            self._close_row()
        elif tag == "rPh":
            self._phonetic = False

    def characters(self, text: str) -> None:
        if self._taking:
            self._pieces.append(text)

    def _open_row(self, number: str | None) -> None:
        row = int(number) if number else self._row + 1
        if row <= self._row:
            raise malformed("row order")
        self._row, self._column, self._cells = row, -1, {}

    def _close_row(self) -> None:
        for column in self._merged.get(self._row, ()):
            self._cells.setdefault(column, _EMPTY_MERGE)
        if self._cells:
            self._ready.append(SheetRow(self._row, self._cells))

    def _cell(self) -> Cell:
        text = whole(self._pieces, self._tables.limits.cell_characters)
        if self._type == "e":
            return Cell(CellKind.ERROR, text)
        if self._formula:
            return Cell(CellKind.FORMULA, text)
        return self._value(text) if text else EMPTY

    def _value(self, text: str) -> Cell:
        match self._type:
            case "s":
                return text_cell(self._shared(text))
            case "str" | "inlineStr":
                return text_cell(text)
            case "b":
                return Cell(CellKind.BOOL, "TRUE" if text == "1" else "FALSE")
            case "d":
                return iso_cell(text)
            case _:
                style = self._tables.style(self._style)
                return number_cell(text, style, from_1904=self._tables.from_1904)

    def _shared(self, index: str) -> str:
        strings = self._tables.strings
        if not index.isdigit() or int(index) >= len(strings):
            raise malformed("shared string")
        return strings[int(index)]


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not letters or not digits:
        raise malformed("merge")
    return int(digits), column_index(letters)
