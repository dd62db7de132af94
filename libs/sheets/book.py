"""A book of sheets, whatever the file: opened safely, read row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from libs.sheets.cell import EMPTY, Cell, SheetRow, column_index
from libs.sheets.delimited import ENCODINGS, open_csv
from libs.sheets.legacy import open_xls
from libs.sheets.limits import LIMITS, Limits
from libs.sheets.refusal import empty
from libs.sheets.source import FileKind, Source, sniff
from libs.sheets.worksheet import Survey
from libs.sheets.xlsx import open_xlsx


class Sheet(Protocol):
    """A sheet by name: what a first pass found, and its rows, lazily."""

    name: str
    survey: Survey

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows that hold anything, in order; may be called again."""
        ...


@dataclass(frozen=True)
class Book:
    """An opened file: kind, sheets in order, defined names, SHA-256 of the bytes."""

    kind: FileKind
    sheets: tuple[Sheet, ...]
    names: Mapping[str, str]
    digest: str

    def sheet_of(self, name: str) -> str:
        """Return the sheet that a defined name points into, empty if none."""
        return self.names.get(name, "").rpartition("!")[0].strip("'")

    def named_cell(self, name: str) -> Cell:
        """Return the cell that a defined name points to, EMPTY where there is none."""
        sheet_name = self.sheet_of(name)
        reference = self.names.get(name, "").rpartition("!")[2].replace("$", "")
        digits = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        for sheet in self.sheets:
            if sheet.name == sheet_name and digits.isdigit():
                return _cell(sheet, int(digits), column_index(reference))
        return EMPTY


def open_book(
    source: Source, limits: Limits = LIMITS, encodings: Sequence[str] = ENCODINGS
) -> Book:
    """Open an xlsx, xls or csv by what its bytes are.

    Raises `SheetRefused` with one of: empty, too-large, wrong-type, macros,
    external-links, zip-bomb, encrypted, polyglot, document-type, malformed,
    bad-encoding, bad-quoting.
    """
    kind = sniff(source, limits)
    sheets: tuple[Sheet, ...]
    names: Mapping[str, str] = {}
    match kind:
        case FileKind.XLSX:
            opened = open_xlsx(source.content, limits)
            sheets, names = opened.sheets, opened.names
        case FileKind.XLS:
            sheets = open_xls(source.content, limits)
        case FileKind.CSV:
            sheets = (open_csv(source.content, limits, encodings),)
    if not any(sheet.survey.rows for sheet in sheets):
        raise empty()
    return Book(kind, sheets, names, source.digest)


def _cell(sheet: Sheet, number: int, column: int) -> Cell:
    for row in sheet.rows():
        if row.number == number:
            return row.at(column)
    return EMPTY
