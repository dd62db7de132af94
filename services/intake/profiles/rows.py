"""A sheet's rows, one by one: read by the profile, typed, judged, never guessed."""

import hmac
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from libs.sheets.book import Book, open_book
from libs.sheets.cell import CellKind, SheetRow
from libs.sheets.limits import LIMITS, Limits
from libs.sheets.source import Source
from services.intake.profiles.amounts import read_amounts
from services.intake.profiles.belonging import (
    check_kind,
    check_template,
    check_unmapped,
)
from services.intake.profiles.days import read_days
from services.intake.profiles.employers import read_employer
from services.intake.profiles.layout import Layout, find_layouts, folded
from services.intake.profiles.meanings import SHEET
from services.intake.profiles.profile import Profile
from services.intake.profiles.reading import RowReading
from services.intake.profiles.result import Fields, Outcome, RowResult
from services.intake.profiles.words import (
    plain_text,
    read_codes,
    read_notes,
    read_private,
    read_words,
    read_workers,
)

_MOST_CHARACTERS = 200


@dataclass(frozen=True)
class SheetFile:
    """A file opened under a profile: its sheets laid out, its rows not yet read."""

    profile: Profile
    book: Book
    layouts: tuple[Layout, ...]

    @property
    def ignored_sheets(self) -> tuple[str, ...]:
        """Sheets that hold rows and that the profile does not name."""
        read = {layout.sheet.name for layout in self.layouts}
        return tuple(
            sheet.name
            for sheet in self.book.sheets
            if sheet.survey.rows and sheet.name not in read
        )


def open_sheets(profile: Profile, source: Source, limits: Limits = LIMITS) -> SheetFile:
    """Open a file under a profile; raises `SheetRefused`, also for a wrong template."""
    book = open_book(source, limits, profile.encodings)
    check_kind(profile, book)
    check_template(profile, book)
    layouts = find_layouts(profile, book)
    check_unmapped(profile, layouts)
    return SheetFile(profile, book, layouts)


def read_rows(file: SheetFile, secret: bytes = b"") -> Iterator[RowResult]:
    """Yield what became of each row, in the order of the file.

    With a secret, digests are HMAC-SHA256 under it, so that a name in a key can't be
    found by trying names; without, plain SHA-256. The same file gives the same results.
    """
    reader = _Reader(file.profile, secret)
    for layout in file.layouts:
        for row in layout.rows():
            yield reader.read(layout, row)


@dataclass
class _Reader:
    profile: Profile
    secret: bytes
    seen: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def read(self, layout: Layout, sheet_row: SheetRow) -> RowResult:
        row = RowReading(self.profile, layout, sheet_row)
        if _is_no_claim(row):
            row.found_in_row("row-skipped")
            return _ended(Outcome.SKIPPED, row)
        number = _number(row)
        missing = not row.cells.keys() >= set(self.profile.key.required)
        if number is None or missing:
            if not any(f.kind.severity == "error" for f in row.findings):
                row.found_in_row("key-missing")
            return _ended(Outcome.ERROR, row, fingerprint=self._fingerprint(row))
        return self._with_key(row, _fields(row, number))

    def _with_key(self, row: RowReading, fields: Fields) -> RowResult:
        key, fingerprint = self._key(row), self._fingerprint(row)
        sheet, number = row.layout.sheet.name, row.row.number
        first = self.seen.setdefault(key, (sheet, number, fingerprint))
        outcome, stood = Outcome.SUCCESS, None
        if first[:2] != (sheet, number):
            outcome, stood = Outcome.DUPLICATE, first[:2]
            same = first[2] == fingerprint
            place = f"{first[0]}:{first[1]}"
            row.found_in_row("row-repeated" if same else "key-repeated", place)
        return RowResult(
            outcome=outcome,
            sheet=sheet,
            row=number,
            key_digest=key,
            fingerprint=fingerprint,
            fields=fields,
            findings=tuple(row.findings),
            first=stood,
        )

    def _key(self, row: RowReading) -> str:
        parts = [
            row.layout.sheet.name if part == SHEET else folded(row.cell(part).display)
            for part in self.profile.key.columns
        ]
        return self._digest([self.profile.name, "key", *parts])

    def _fingerprint(self, row: RowReading) -> str:
        cells = [
            f"{meaning}={cell.kind}:{plain_text(cell)}"
            for meaning, cell in sorted(row.cells.items())
        ]
        return self._digest([self.profile.name, "row", row.layout.sheet.name, *cells])

    def _digest(self, parts: list[str]) -> str:
        text = json.dumps(parts, ensure_ascii=True).encode()
        if self.secret:
            return hmac.new(self.secret, text, sha256).hexdigest()
        return sha256(text).hexdigest()


def _ended(outcome: Outcome, row: RowReading, fingerprint: str = "") -> RowResult:
    return RowResult(
        outcome=outcome,
        sheet=row.layout.sheet.name,
        row=row.row.number,
        fingerprint=fingerprint,
        findings=tuple(row.findings),
    )


def _fields(row: RowReading, number: str) -> Fields:
    codes = read_codes(row)
    employer = read_employer(row, codes)
    private = read_private(row)
    filled = frozenset(row.cells)
    row.found_outside()
    return Fields(
        kind=codes.get("kind", row.profile.rows.kind),
        channel_number=number,
        employer=employer,
        workers=read_workers(row),
        closed=_closed(row.profile, filled, codes),
        amounts=read_amounts(row),
        days=read_days(row),
        codes=codes,
        notes=read_notes(row),
        filled=filled,
        private=private,
    )


def _number(row: RowReading) -> str | None:
    number = read_words(row, "channel_number")
    if number is None:
        code = "key-unusable" if row.cells.get("channel_number") else "key-missing"
        row.found(code, "channel_number")
        return None
    odd = any(unicodedata.category(character)[0] == "C" for character in number)
    kind = row.cell("channel_number").kind
    wrong_kind = kind not in (CellKind.TEXT, CellKind.NUMBER)
    if odd or wrong_kind or len(number) > _MOST_CHARACTERS:
        row.found("key-unusable", "channel_number")
        return None
    pattern = row.layout.places["channel_number"].rule.pattern
    if pattern is not None and not re.fullmatch(pattern, number):
        row.found("number-form", "channel_number")
    return number


def _is_no_claim(row: RowReading) -> bool:
    return _repeats_header(row) or any(
        re.fullmatch(rule.matches, words) is not None
        for rule in row.profile.rows.skip
        if (words := _looked_at(row, rule.meaning))
    )


def _repeats_header(row: RowReading) -> bool:
    """Tell whether the header is written again, as on each page of a paper ledger."""
    places = row.layout.places
    return bool(row.cells) and all(
        places[meaning].header and folded(cell.text) == folded(places[meaning].header)
        for meaning, cell in row.cells.items()
    )


def _looked_at(row: RowReading, meaning: str | None) -> str:
    """Return the words of a meaning's cell, or of the row's first filled one."""
    if meaning is not None:
        return plain_text(row.cell(meaning))
    ordered = (cell for _, cell in sorted(row.row.cells.items()))
    first = next((plain_text(cell) for cell in ordered if cell.text.strip()), "")
    return re.sub(r"\s+", "", first)


def _closed(profile: Profile, filled: frozenset[str], codes: Mapping[str, str]) -> bool:
    if any(meaning in filled for meaning in profile.rows.closed_when_filled):
        return True
    closing = profile.rows.closed_when
    return any(codes.get(meaning) in values for meaning, values in closing.items())
