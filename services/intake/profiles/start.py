"""What the workbench begins with: guesses, or what a profile says of the sheet."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.intake.profiles.choices import EARLIEST, LAST, SCALES, KeyPart
from services.intake.profiles.code_tables import CodeWord, is_usual, usual_table
from services.intake.profiles.header_words import Unit
from services.intake.profiles.layout import folded
from services.intake.profiles.looking import ColumnSeen, SheetSeen
from services.intake.profiles.meanings import SORTS, Sort
from services.intake.profiles.profile import Column, Profile
from services.intake.profiles.shelf import read_profile

KEY_PARTS: tuple[KeyPart, ...] = ("sheet", "employer", "received_on")


class Start(BaseModel):
    """The choices that the form shows first; whoever maps the sheet changes them.

    `version`: of the profile begun with, None for a new one. `columns` are meaning and
    unit by a column's letters. `base` is what the tables of codes are taken from.
    """

    model_config = ConfigDict(frozen=True)

    name: str = ""
    version: int | None = None
    title_zh: str = ""
    title_en: str = ""
    only_this: bool = False
    registers: Literal["history", "live", "nothing"] = "history"
    channel: str = "paper-ledger"
    formats: tuple[str, ...]
    first_on: date = EARLIEST
    last_on: date = LAST
    key: tuple[KeyPart, ...] = ()
    unmapped: Literal["listed", "refused"] = "listed"
    individual: Literal["never", "always", "by_name", "by_column"] = "by_name"
    words: tuple[CodeWord, ...] = ()
    base: str | None = None
    columns: Mapping[str, tuple[str, Unit]]

    def meaning_of(self, letters: str) -> str | None:
        """Return what a column means at first."""
        found = self.columns.get(letters)
        return found[0] if found else None

    def unit_of(self, column: ColumnSeen) -> Unit:
        """Return the unit of a column's amounts at first, also if it has none yet."""
        found = self.columns.get(column.letters)
        return found[1] if found else column.unit


def start_of(text: str | None, seen: SheetSeen, base: str | None = None) -> Start:
    """Return the choices of a profile's TOML on a sheet; without one, the guesses."""
    if text is None:
        return Start(formats=seen.formats, columns=_guessed(seen))
    profile = read_profile(base or "profile", text)
    return Start(
        name=profile.name,
        version=profile.version,
        title_zh=profile.title.zh,
        title_en=profile.title.en,
        only_this=any(rule.names_sheets for rule in profile.sheets),
        registers=profile.registers,
        channel=profile.channel,
        formats=profile.dates.formats,
        first_on=profile.dates.window.first,
        last_on=profile.dates.window.last,
        key=tuple(part for part in KEY_PARTS if part in profile.key.columns),
        unmapped=profile.unmapped,
        individual=profile.employer.individual,
        words=_words(profile),
        base=base,
        columns=_columns(profile, seen),
    )


def _guessed(seen: SheetSeen) -> dict[str, tuple[str, Unit]]:
    return {
        one.letters: (
            one.meaning,
            one.unit if SORTS[one.meaning] is Sort.MONEY else "yuan",
        )
        for one in seen.columns
        if one.meaning is not None
    }


def _words(profile: Profile) -> tuple[CodeWord, ...]:
    """Return a profile's own words for usual codes."""
    return tuple(
        CodeWord(meaning, code, word)
        for meaning, table in profile.codes.items()
        for word, code in table.items()
        if is_usual(meaning, code) and usual_table(meaning).get(word) != code
    )


def _columns(profile: Profile, seen: SheetSeen) -> dict[str, tuple[str, Unit]]:
    found: dict[str, tuple[str, Unit]] = {}
    for meaning, column in profile.columns.items():
        letters = _letters(column, seen)
        if letters is not None:
            found.setdefault(letters, (meaning, _unit(column)))
    return found


def _letters(column: Column, seen: SheetSeen) -> str | None:
    if column.at is not None:
        return column.at
    wanted = {folded(header) for header in column.headers}
    fitting = (one for one in seen.columns if folded(one.header) in wanted)
    found = next(fitting, None)
    return None if found is None else found.letters


def _unit(column: Column) -> Unit:
    said = (column.scale, column.per)
    return next((unit for unit, scale in SCALES.items() if scale == said), "yuan")
