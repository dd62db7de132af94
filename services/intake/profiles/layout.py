"""Where a sheet keeps what: its header row and the column of each meaning."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from libs.sheets.book import Book, Sheet
from libs.sheets.cell import SheetRow, column_index, column_letters
from libs.sheets.refusal import SheetRefused
from services.intake.profiles.profile import Column, Profile, SheetRule


@dataclass(frozen=True)
class Place:
    """One meaning's column in one sheet: index from 0, the header's words, the rule."""

    index: int
    header: str
    rule: Column

    @property
    def letters(self) -> str:
        """The column's letters."""
        return column_letters(self.index)


@dataclass(frozen=True)
class Layout:
    """A sheet to be read: header row, places, and the headers nobody maps."""

    sheet: Sheet
    header_row: int
    places: Mapping[str, Place]
    unmapped: tuple[str, ...]
    known: frozenset[int]

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows below the header that hold anything."""
        for row in self.sheet.rows():
            if row.number > self.header_row and not row.blank:
                yield row


def folded(text: str) -> str:
    """Words for comparison: width, case and spaces do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", " ", plain).strip()


def find_layouts(profile: Profile, book: Book) -> tuple[Layout, ...]:
    """Find the sheets of a profile and their headers.

    Raises `SheetRefused`: wrong-template, ambiguous-header.
    """
    hidden = book.sheet_of(profile.template.cell) if profile.template else ""
    found: list[Layout] = []
    refused: SheetRefused | None = None
    for sheet in book.sheets:
        rule = _rule_for(profile, sheet.name)
        if rule is None or not sheet.survey.rows or sheet.name == hidden:
            continue
        try:
            found.append(_layout(profile, rule, sheet))
        except SheetRefused as refusal:
            # A sheet nobody named may be a cover page; one that is named may not.
            if rule.names_sheets or refusal.code != "wrong-template":
                raise
            refused = refused or refusal
    if not found:
        raise refused or _no_sheet(profile)
    return tuple(found)


def _rule_for(profile: Profile, sheet: str) -> SheetRule | None:
    return next((rule for rule in profile.sheets if rule.fits(sheet)), None)


def _layout(profile: Profile, rule: SheetRule, sheet: Sheet) -> Layout:
    columns = {**profile.columns, **rule.columns}
    for looked, row in enumerate(sheet.rows()):
        if looked >= profile.header.within:
            break
        places = _places(columns, row, sheet.name)
        if _is_header(columns, places):
            return _found(profile, sheet, row, places)
    wanted = [
        column.headers[0]
        for column in columns.values()
        if column.required and column.headers
    ]
    raise _no_header(sheet.name, wanted)


def _found(
    profile: Profile, sheet: Sheet, row: SheetRow, places: Mapping[str, Place]
) -> Layout:
    ignored = {folded(header) for header in profile.ignored}
    placed = {place.index for place in places.values()}
    headed = {index for index, cell in row.cells.items() if not cell.blank}
    unmapped = tuple(
        row.at(index).text.strip()
        for index in sorted(headed - placed)
        if folded(row.at(index).text) not in ignored
    )
    return Layout(
        sheet=sheet,
        header_row=row.number,
        places=places,
        unmapped=unmapped,
        known=frozenset(placed | headed),
    )


def _places(
    columns: Mapping[str, Column], row: SheetRow, sheet: str
) -> Mapping[str, Place]:
    headers: dict[str, list[int]] = {}
    for index, cell in row.cells.items():
        headers.setdefault(folded(cell.text), []).append(index)
    places: dict[str, Place] = {}
    for meaning, column in columns.items():
        if column.at is not None:
            index = column_index(column.at)
            places[meaning] = Place(index, row.at(index).text.strip(), column)
            continue
        found = [
            index
            for header in column.headers
            for index in headers.get(folded(header), ())
        ]
        if len(set(found)) > 1:
            raise _ambiguous(sheet, [column_letters(index) for index in found])
        if found:
            places[meaning] = Place(found[0], row.at(found[0]).text.strip(), column)
    return places


def _is_header(columns: Mapping[str, Column], places: Mapping[str, Place]) -> bool:
    by_words = [name for name in places if columns[name].at is None]
    required = {name for name, column in columns.items() if column.required}
    return bool(by_words) and required <= places.keys()


def _no_sheet(profile: Profile) -> SheetRefused:
    return SheetRefused(
        "wrong-template",
        f"文件中没有“{profile.title.zh}”模板的工作表;请选择正确的模板。",
        f"No sheet of the file belongs to the profile “{profile.title.en}”;"
        " choose the right profile.",
    )


def _no_header(sheet: str, wanted: list[str]) -> SheetRefused:
    names = ", ".join(wanted)
    return SheetRefused(
        "wrong-template",
        f"工作表“{sheet}”中找不到表头({names});请选择正确的模板。",
        f"Sheet “{sheet}” has no row with the headers {names};"
        " choose the right profile.",
    )


def _ambiguous(sheet: str, letters: list[str]) -> SheetRefused:
    both = ", ".join(sorted(set(letters)))
    return SheetRefused(
        "ambiguous-header",
        f"工作表“{sheet}”的 {both} 栏表头含义相同;请只保留一栏。",
        f"Columns {both} of sheet “{sheet}” have headers of one meaning;"
        " keep only one of them.",
    )
