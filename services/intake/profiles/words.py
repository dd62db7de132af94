"""Words of a row: codes by table, remarks to codes, personal words kept apart."""

import re
import unicodedata

from libs.sheets.cell import Cell, CellKind
from services.intake.profiles.layout import folded
from services.intake.profiles.meanings import Sort, of_sort
from services.intake.profiles.profile import NoteRule
from services.intake.profiles.reading import RowReading

_CODES = of_sort(Sort.CODE)
_PRIVATE = of_sort(Sort.PRIVATE)
_CODE_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Beyond 15 digits a stored numeral (a double) no longer holds each of them.
_EXACT_DIGITS = 15
_MOST_WORKERS = 100_000


def plain_text(cell: Cell) -> str:
    """Return a cell's words as displayed, without the spaces at its ends."""
    return unicodedata.normalize("NFC", cell.display).strip()


def read_words(row: RowReading, meaning: str) -> str | None:
    """Return a cell's words; a numeral too long to be exact is a finding."""
    cell = row.readable(meaning)
    if cell is None:
        return None
    if cell.kind is CellKind.NUMBER and len(cell.display) > _EXACT_DIGITS:
        row.found("digits-lost", meaning)
    return plain_text(cell)


def read_codes(row: RowReading) -> dict[str, str]:
    """Return the codes of a row; a value without a code is a finding, not a code."""
    codes: dict[str, str] = {}
    for meaning in _CODES:
        words = read_words(row, meaning)
        if words is None:
            continue
        code = _code(row, meaning, words)
        if code is None:
            row.found("code-unknown", meaning)
        else:
            codes[meaning] = code
    return codes


def _code(row: RowReading, meaning: str, words: str) -> str | None:
    table = row.profile.codes.get(meaning)
    if table is not None:
        wanted = folded(words)
        return next((c for text, c in table.items() if folded(text) == wanted), None)
    pattern = row.layout.places[meaning].rule.pattern
    if pattern is not None and not re.fullmatch(pattern, words):
        return None
    return words if _CODE_SHAPE.fullmatch(words) else None


def read_notes(row: RowReading) -> tuple[str, ...]:
    """Return the codes that a remark's words stand for, each once."""
    words = read_words(row, "notes")
    if words is None:
        return ()
    remark = folded(words)
    codes = tuple(
        dict.fromkeys(rule.code for rule in row.profile.notes if _says(rule, remark))
    )
    if not codes:
        row.found("note-uncoded", "notes")
    return codes


def _says(rule: NoteRule, remark: str) -> bool:
    return any(folded(word) in remark for word in rule.words) or any(
        folded(whole) == remark for whole in rule.exact
    )


def read_workers(row: RowReading) -> int | None:
    """Return how many workers a row is about, None where it does not say."""
    cell = row.readable("workers")
    if cell is None:
        return None
    text = plain_text(cell)
    if re.fullmatch(r"[1-9][0-9]{0,5}", text) and int(text) <= _MOST_WORKERS:
        return int(text)
    row.found("count-unreadable", "workers")
    return None


def read_private(row: RowReading) -> dict[str, str]:
    """Return names, numbers of persons and remarks: for the vault only."""
    private = {meaning: read_words(row, meaning) for meaning in _PRIVATE}
    remark = row.cell("notes")
    if remark.kind is CellKind.TEXT and not remark.blank:
        private["notes"] = plain_text(remark)
    return {meaning: words for meaning, words in private.items() if words}
