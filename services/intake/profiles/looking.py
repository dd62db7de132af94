"""Looking at a sheet nobody knows: its header, its columns, a few masked samples."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from libs.codes import find_personal
from libs.sheets.book import Book, Sheet
from libs.sheets.cell import Cell, CellKind, SheetRow, column_letters
from libs.sheets.refusal import SheetRefused
from services.intake.profiles.dayformat import read_day
from services.intake.profiles.header_words import (
    Unit,
    is_plain_number,
    meaning_of,
    unit_of,
)
from services.intake.profiles.layout import folded
from services.intake.profiles.result import masked, shape

SAMPLES = 5
HEADER_WITHIN = 30
"""So many filled rows may be the header; the first guess looks at all of them."""
SAMPLED_ROWS = 200
LONGEST_HEADER = 60
_LONG_DIGITS = re.compile(r"\d{6}")
FORMATS = (
    "YYYY-M-D", "YYYY/M/D", "YYYY.M.D", "YYYY年M月D日",
    "D.M.YYYY", "D/M/YYYY", "M/D/YYYY",
)  # fmt: skip


@dataclass(frozen=True)
class ColumnSeen:
    """One column: its header, masked samples, and what it may mean.

    `by_place`: its header is missing, too long, or stands twice; then it can only be
    mapped by its letters.
    """

    index: int
    header: str
    by_place: bool
    samples: tuple[str, ...]
    filled: int
    meaning: str | None
    unit: Unit

    @property
    def letters(self) -> str:
        return column_letters(self.index)


@dataclass(frozen=True)
class SheetSeen:
    """A sheet as it lies on the workbench; rows count from 1, as the sheet does."""

    name: str
    header_row: int
    candidates: tuple[int, ...]
    columns: tuple[ColumnSeen, ...]
    formats: tuple[str, ...]

    def column(self, letters: str) -> ColumnSeen | None:
        """Return a column by its letters."""
        return next((one for one in self.columns if one.letters == letters), None)


def filled_sheets(book: Book) -> tuple[Sheet, ...]:
    """Return the sheets with anything in them, but for the one of our own marks."""
    return tuple(s for s in book.sheets if s.survey.rows and s.name != "_qingxin")


def look(book: Book, name: str | None = None, header: int | None = None) -> SheetSeen:
    """Look at a sheet by name, else the first; the header by number, else a guess.

    Raises `SheetRefused`: no-such-sheet, no-header, header-not-words.
    """
    sheets = filled_sheets(book)
    sheet = next((s for s in sheets if name in (None, s.name)), None)
    if sheet is None:
        raise _no_sheet()
    head = list(islice(sheet.rows(), HEADER_WITHIN))
    candidates = tuple(row.number for row in head if _may_head(row))
    row = _header(head, candidates, header)
    below = _below(sheet, row)
    above = [cell.text for r in head if r.number < row.number for cell in _words(r)]
    return SheetSeen(
        name=sheet.name,
        header_row=row.number,
        candidates=candidates,
        columns=_columns(row, below, above),
        formats=_formats(below),
    )


def _below(sheet: Sheet, header: SheetRow) -> list[SheetRow]:
    rows = (r for r in sheet.rows() if r.number > header.number and not r.blank)
    return list(islice(rows, SAMPLED_ROWS))


def _words(row: SheetRow) -> list[Cell]:
    return [cell for _, cell in sorted(row.cells.items()) if cell.text.strip()]


def _may_head(row: SheetRow) -> bool:
    """Tell whether a row may be a header: words alone, and nobody's numbers.

    So no row of data is ever shown or kept as if it were one.
    """
    cells = _words(row)
    return len({folded(cell.text) for cell in cells}) > 1 and all(
        cell.kind is CellKind.TEXT and _wordy(cell.text) for cell in cells
    )


def _wordy(text: str) -> bool:
    return (
        any(character.isalpha() for character in text)
        and not _LONG_DIGITS.search(text)
        and not find_personal(text)
        and not any(_is_day(text.strip(), form) for form in FORMATS)
    )


def _header(
    head: Sequence[SheetRow], candidates: Sequence[int], wanted: int | None
) -> SheetRow:
    fitting = [row for row in head if row.number in candidates]
    if wanted is not None:
        fitting = [row for row in fitting if row.number == wanted]
        if not fitting:
            raise _not_words(wanted)
    if not fitting:
        raise _no_header()
    # The most known words; among equals the fullest row, the first of them.
    return max(fitting, key=lambda row: (_known(row), len(_words(row)), -row.number))


def _known(row: SheetRow) -> int:
    return sum(meaning_of(cell.text) is not None for cell in _words(row))


def _columns(
    header: SheetRow, below: Sequence[SheetRow], above: Sequence[str]
) -> tuple[ColumnSeen, ...]:
    texts = {i: c.text.strip() for i, c in header.cells.items() if c.text.strip()}
    counted = [folded(text) for text in texts.values()]
    indexes = {i for row in below for i, cell in row.cells.items() if not cell.blank}
    heading = next((unit for text in above if (unit := unit_of(text))), None)
    taken: set[str] = set()
    seen = []
    for index in sorted(indexes | texts.keys()):
        text = texts.get(index, "")
        cells = [row.at(index) for row in below if not row.at(index).blank]
        meaning = _guess(text, taken)
        long = len(text) > LONGEST_HEADER
        seen.append(
            ColumnSeen(
                index=index,
                header="" if long else text,
                by_place=long or not text or counted.count(folded(text)) > 1,
                samples=_samples(cells),
                filled=len(cells),
                meaning=meaning,
                unit=unit_of(text) or heading or "yuan",
            )
        )
    return tuple(seen)


def _guess(header: str, taken: set[str]) -> str | None:
    """Return a header's usual meaning, each once in a sheet."""
    meaning = meaning_of(header)
    if meaning is None or meaning in taken or is_plain_number(header):
        return None
    taken.add(meaning)
    return meaning


def _samples(cells: Sequence[Cell]) -> tuple[str, ...]:
    shown = dict.fromkeys(_masked(cell) for cell in cells)
    return tuple(islice((one for one in shown if one), SAMPLES))


def _masked(cell: Cell) -> str:
    """Mask a sample: also a number that may be somebody's telephone or document."""
    said = cell.display
    if _LONG_DIGITS.search(said) and cell.kind is CellKind.NUMBER:
        return shape(said)
    return shape(said) if find_personal(said) else masked(cell)


def _formats(below: Sequence[SheetRow]) -> tuple[str, ...]:
    """Return the forms in which the sampled rows write dates as text."""
    texts = [
        cell.text.strip()
        for row in below
        for cell in row.cells.values()
        if cell.kind is CellKind.TEXT
    ]
    fitting = [f for f in FORMATS if any(_is_day(text, f) for text in texts)]
    # Day first and month first with the same signs cannot both be meant.
    if "D/M/YYYY" in fitting and "M/D/YYYY" in fitting:
        wrong = [f for f in fitting if any(_is_no_day(text, f) for text in texts)]
        fitting = [f for f in fitting if f not in (wrong or ["M/D/YYYY"])]
    return tuple(fitting)


def _is_day(text: str, form: str) -> bool:
    try:
        return isinstance(read_day(text, form), date)
    except ValueError:
        return False


def _is_no_day(text: str, form: str) -> bool:
    """Tell whether a text has the form and names no day: 31 as a month."""
    try:
        read_day(text, form)
    except ValueError:
        return True
    return False


def _no_sheet() -> SheetRefused:
    return SheetRefused(
        "no-such-sheet",
        "文件里没有这张工作表,或它没有内容;请选另一张。",
        "The file has no such sheet with anything in it; choose another one.",
    )


def _no_header() -> SheetRefused:
    return SheetRefused(
        "no-header",
        f"前 {HEADER_WITHIN} 行里找不到表头:表头一行须有两栏以上、只有文字;"
        "请在表格软件中补上各栏名称后再上传。",
        f"None of the first {HEADER_WITHIN} rows is a header: two or more columns,"
        " words alone; name the columns in the sheet and send it again.",
    )


def _not_words(row: int) -> SheetRefused:
    return SheetRefused(
        "header-not-words",
        f"第 {row} 行不是表头:里面有数值、日期、号码,或不足两栏;请选另一行。",
        f"Row {row} is no header: it holds numbers, dates or documents, or fewer than"
        " two columns; choose another row.",
    )
