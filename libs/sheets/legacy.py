"""An old xls workbook: its records scanned for danger, its words then read."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from libs.sheets.cell import EMPTY, Cell, CellKind, SheetRow
from libs.sheets.compound import open_compound
from libs.sheets.limits import Limits
from libs.sheets.records import SheetRecords, scan
from libs.sheets.refusal import (
    encrypted,
    has_external_links,
    has_macros,
    malformed,
    too_large,
    wrong_type,
)
from libs.sheets.stored import date_cell, number_cell, plain, text_cell
from libs.sheets.styles import GENERAL
from libs.sheets.worksheet import Survey

_MACROS = frozenset({"_vba_project_cur", "_vba_project", "vba", "macros"})
_EMBEDDED = ("mbd", "lnk")
_MOST_CELLS = 5_000_000


@dataclass
class XlsSheet:
    """One worksheet of an xls; numbers come from its records, words from calamine."""

    name: str
    survey: Survey
    _records: SheetRecords = field(repr=False)
    _sheet: CalamineSheet = field(repr=False)

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows that hold anything, in order."""
        for index, values in enumerate(self._sheet.to_python(skip_empty_area=False)):
            cells = self._cells(index, values)
            if cells:
                yield SheetRow(index + 1, cells)

    def _cells(self, row: int, values: Sequence[object]) -> dict[int, Cell]:
        told = self._records.cells
        cells: dict[int, Cell] = {}
        for column, value in enumerate(values):
            cell = told.get((row, column)) or _cell(value)
            if cell is not EMPTY:
                cells[column] = cell
        for column in self._records.merged.get(row, ()):
            cells.setdefault(column, Cell(CellKind.MERGED))
        return cells


def open_xls(content: bytes, limits: Limits) -> tuple[XlsSheet, ...]:
    """Open an xls; raises `SheetRefused` as for an xlsx."""
    compound = open_compound(content)
    if "encryptedpackage" in compound.names or "encryptioninfo" in compound.names:
        raise encrypted()
    stream = compound.stream("workbook")
    if stream is None:
        raise wrong_type("OLE")
    if compound.names & _MACROS:
        raise has_macros()
    if any(name.startswith(_EMBEDDED) for name in compound.names):
        raise has_external_links()
    records = scan(stream)
    for sheet in records:
        _check_size(sheet, limits)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return tuple(_sheet(book, sheet) for sheet in records)
    except CalamineError as broken:
        raise malformed("xls") from broken


def _check_size(records: SheetRecords, limits: Limits) -> None:
    if records.rows > limits.rows:
        raise too_large(f"超过 {limits.rows} 行", f"above {limits.rows} rows")
    if records.columns > limits.columns:
        limit = limits.columns
        raise too_large(f"超过 {limit} 列", f"above {limit} columns")
    # The words are read as a full rectangle: one far cell would fill the memory.
    if records.rows * records.columns > _MOST_CELLS:
        raise too_large("单元格过多", "too many cells")


def _sheet(book: CalamineWorkbook, records: SheetRecords) -> XlsSheet:
    survey = Survey(
        rows=records.rows,
        columns=records.columns,
        formulas=len(records.formulas),
        errors=sum(c.kind is CellKind.ERROR for c in records.cells.values()),
        merged={row: frozenset(columns) for row, columns in records.merged.items()},
    )
    sheet = book.get_sheet_by_name(records.name)
    return XlsSheet(records.name, survey, records, sheet)


def _cell(value: object) -> Cell:
    match value:
        case str():
            return text_cell(value)
        case bool():
            return Cell(CellKind.BOOL, "TRUE" if value else "FALSE")
        case int() | float():
            return number_cell(plain(float(value)) or "", GENERAL, from_1904=False)
        case datetime():
            return date_cell(value.date())
        case date():
            return date_cell(value)
        case _:
            return Cell(CellKind.TEXT, str(value))
