"""One cell as it was stored: its kind, its exact text, and how it was shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class CellKind(StrEnum):
    """What a cell holds; `MERGED` lies under a merge and holds nothing itself."""

    EMPTY = "empty"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    ERROR = "error"
    FORMULA = "formula"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's kind and text.

    A number's text is the shortest decimal that gives back the stored number; a date's
    is ISO `YYYY-MM-DD`; a formula's is the result that was stored with it. `shown` is
    what the sheet displays where that differs in meaning: leading zeros (`00603`), or
    `YYYY-MM` for a date displayed without its day.
    """

    kind: CellKind
    text: str = ""
    shown: str = ""

    @property
    def decimal(self) -> Decimal:
        """The number of a NUMBER cell, exactly as its shortest decimal text."""
        return Decimal(self.text)

    @property
    def day(self) -> date:
        """The day of a DATE cell."""
        return date.fromisoformat(self.text)

    @property
    def display(self) -> str:
        """The text a reader of the sheet sees, as far as its meaning goes."""
        return self.shown or self.text

    @property
    def blank(self) -> bool:
        """Nothing to read: empty, or spaces only."""
        return self.kind is CellKind.EMPTY or (
            self.kind is CellKind.TEXT and not self.text.strip()
        )


EMPTY = Cell(CellKind.EMPTY)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row by its number as the sheet counts (from 1); columns count from 0."""

    number: int
    cells: Mapping[int, Cell]

    def at(self, column: int) -> Cell:
        """Return the cell in a column, EMPTY where nothing stands."""
        return self.cells.get(column, EMPTY)

    @property
    def blank(self) -> bool:
        """No cell of the row holds anything."""
        return all(cell.blank for cell in self.cells.values())


def column_letters(column: int) -> str:
    """Return a column's letters: 0 is A, 26 is AA."""
    letters = ""
    left = column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the column that letters name, counted from 0; ignores a row number."""
    index = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            break
        index = index * 26 + ord(letter) - 64
    return index - 1
