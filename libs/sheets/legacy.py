"""An old xls workbook: refused where it is dangerous, else read from its records."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from libs.sheets.cell import Cell, CellKind, SheetRow
from libs.sheets.compound import open_compound
from libs.sheets.limits import Limits
from libs.sheets.oldcells import OldSheet, read_cells
from libs.sheets.records import read_globals
from libs.sheets.refusal import (
    encrypted,
    has_external_links,
    has_macros,
    malformed,
    too_large,
    wrong_type,
)
from libs.sheets.worksheet import Survey

_MACROS = frozenset({"_vba_project_cur", "_vba_project", "vba", "macros"})
_EMBEDDED = ("mbd", "lnk")
_UNDER_MERGE = Cell(CellKind.MERGED)


@dataclass
class XlsSheet:
    """One worksheet of an xls."""

    name: str
    survey: Survey
    _read: OldSheet = field(repr=False)

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows that hold anything, in order."""
        hidden = self._read.merges.hidden
        for index in sorted(self._read.rows.keys() | hidden.keys()):
            cells = dict(self._read.rows.get(index, {}))
            for column in hidden.get(index, ()):
                cells[column] = _UNDER_MERGE
            if cells:
                yield SheetRow(index + 1, cells)


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
    try:
        return _sheets(stream, limits)
    except (struct.error, IndexError, UnicodeDecodeError) as broken:
        raise malformed("xls") from broken


def _sheets(stream: bytes, limits: Limits) -> tuple[XlsSheet, ...]:
    book = read_globals(stream)
    if len(book.sheets) > limits.sheets:
        raise too_large(f"超过 {limits.sheets} 张表", f"above {limits.sheets} sheets")
    if len({at for at, _ in book.sheets}) != len(book.sheets):
        raise malformed("xls")
    return tuple(_sheet(read_cells(stream, p, book, limits)) for p in book.sheets)


def _sheet(read: OldSheet) -> XlsSheet:
    survey = Survey(
        rows=len(read.rows),
        columns=read.columns,
        formulas=read.formulas,
        errors=read.errors,
    )
    return XlsSheet(read.name, survey, read)
