"""The language of a profile file: what each table and key says, checked on loading."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from libs.money import DECIMALS
from libs.sheets.source import FileKind
from services.intake.profiles.dayformat import check_format
from services.intake.profiles.meanings import SHEET, SORTS, Sort


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as broken:
        raise ValueError(f"not a regular expression: {broken}") from broken
    return text


def _meaning(text: str) -> str:
    if text not in SORTS:
        raise ValueError(f"`{text}` is no meaning; use one of {', '.join(SORTS)}")
    return text


def _currency(text: str) -> str:
    if text not in DECIMALS:
        raise ValueError(f"use one of {', '.join(DECIMALS)}")
    return text


LIVE = ("12345", "platform", "petition")
"""Channels whose lists register live clues."""

Pattern = Annotated[str, AfterValidator(_pattern)]
Meaning = Annotated[str, AfterValidator(_meaning)]
DayFormat = Annotated[str, AfterValidator(check_format)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Letters = Annotated[str, Field(pattern=r"^[A-Z]{1,3}$")]


class Strict(BaseModel):
    """A table of the file: a key it does not know is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Words(Strict):
    """A title in both languages."""

    zh: str
    en: str


class Window(Strict):
    """The first and the last day that can be true in this agency's sheets."""

    first: date
    last: date


class Column(Strict):
    """One meaning's column: its headers, or its place; and what its cells allow.

    One in the sheet is `scale` of the currency (10000: 万元); `per` make one of it
    (100: 分).
    """

    headers: tuple[str, ...] = ()
    at: Letters | None = None
    required: bool = False
    pattern: Pattern | None = None
    window: Window | None = None
    not_before: Meaning | None = None
    scale: Annotated[int, Field(ge=1)] = 1
    per: Literal[1, 100] = 1


class SheetRule(Strict):
    """Which sheets it is for, and the columns that differ there."""

    name: str | None = None
    match: Pattern | None = None
    columns: Mapping[Meaning, Column] = {}

    @property
    def names_sheets(self) -> bool:
        """Whether the rule is for certain sheets, not for any."""
        return self.name is not None or self.match is not None

    def fits(self, sheet: str) -> bool:
        """Whether the rule is for a sheet; a rule without name or match is for all."""
        if self.name is not None:
            return sheet == self.name
        return self.match is None or re.fullmatch(self.match, sheet) is not None


class Header(Strict):
    """Where to look for the header row: within so many rows with anything in them."""

    within: Annotated[int, Field(ge=1, le=100)] = 20


class Days(Strict):
    """How a date may be written as text, and which days are plausible."""

    window: Window
    formats: tuple[DayFormat, ...] = ()


class MoneyRule(Strict):
    """How an amount is written, and what may be done with a fraction.

    `text`: whether text may be an amount at all. `rounding` none refuses fractions of a
    minor unit cell by cell; half_even rounds each and lists it.
    """

    currency: Annotated[str, AfterValidator(_currency)]
    rounding: Literal["none", "half_even"] = "none"
    text: bool = False
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    strip: tuple[str, ...] = ()
    plausible_max: Annotated[Decimal, Field(gt=0)] | None = None
    zero: Literal["no_payment"] = "no_payment"

    @model_validator(mode="after")
    def _marks_differ(self) -> "MoneyRule":
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands must be different marks")
        return self


class Key(Strict):
    """What makes two rows the same claim; the required parts make a row usable."""

    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    required: Annotated[tuple[Meaning, ...], Field(min_length=1)] = ("channel_number",)

    @model_validator(mode="after")
    def _known(self) -> "Key":
        for column in self.columns:
            if column != SHEET:
                _meaning(column)
        if missing := set(self.required) - set(self.columns):
            raise ValueError(f"required but not in columns: {', '.join(missing)}")
        return self


class Skip(Strict):
    """Rows that are no claims (totals, examples): where a cell matches.

    Without a meaning it is the row's first filled cell, its spaces left out, wherever
    it stands: a total 合计 is often written under a column that nobody maps.
    """

    meaning: Meaning | None = None
    matches: Pattern


class Rows(Strict):
    """What each row is, which rows are none, and when one is closed."""

    kind: Literal["complaint", "report"] = "complaint"
    skip: tuple[Skip, ...] = ()
    closed_when_filled: tuple[Meaning, ...] = ()
    closed_when: Mapping[Meaning, tuple[Code, ...]] = {}


class EmployerRule(Strict):
    """Whether an employer's name may be a person's; such a name stays in the vault.

    by_name: it is one when it has the language's shape of a person's name and none of
    its words for organisations, or of `words`. by_column: the column `individual` says
    yes or no.
    """

    individual: Literal["never", "always", "by_name", "by_column"]
    language: Literal["english", "chinese"] = "chinese"
    words: tuple[str, ...] = ()


class NoteRule(Strict):
    """A code for a remark that contains one of the words, or is exactly one.

    The remark itself never travels.
    """

    code: Code
    words: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> "NoteRule":
        if not self.words and not self.exact:
            raise ValueError("give words or exact")
        return self


class TemplateRule(Strict):
    """The named cell by which a file says which template it was made from."""

    cell: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$")]
    value: str
    required: bool = False


class Profile(Strict):
    """How one agency's sheets are read, in one version.

    `registers`: whether a row is history, a live clue of its channel, or nothing: rows
    that this system wrote itself are recognised. `unmapped`: whether columns that
    nobody maps are listed, or the file is refused.
    """

    name: Code
    version: Annotated[int, Field(ge=1)]
    title: Words
    kinds: Annotated[tuple[FileKind, ...], Field(min_length=1)]
    encodings: tuple[Literal["utf-8", "gb18030"], ...] = ("utf-8", "gb18030")
    channel: Code
    registers: Literal["history", "live", "nothing"] = "history"
    header: Header = Header()
    sheets: tuple[SheetRule, ...] = (SheetRule(),)
    dates: Days
    money: MoneyRule
    key: Key
    rows: Rows = Rows()
    employer: EmployerRule
    columns: Annotated[Mapping[Meaning, Column], Field(min_length=1)]
    ignored: tuple[str, ...] = ()
    unmapped: Literal["listed", "refused"] = "listed"
    codes: Mapping[Meaning, Mapping[str, Code]] = {}
    notes: tuple[NoteRule, ...] = ()
    template: TemplateRule | None = None

    @model_validator(mode="after")
    def _agrees(self) -> "Profile":
        for meaning in self.key.columns:
            if meaning not in (SHEET, *self.columns):
                raise ValueError(f"the key names `{meaning}`, which has no column")
        for meaning, column in self.columns.items():
            if not column.headers and column.at is None:
                raise ValueError(f"columns.{meaning} needs headers or at")
        if self.registers == "live" and self.channel not in LIVE:
            raise ValueError(f"live rows are of a channel: {', '.join(LIVE)}")
        for meaning in self.codes:
            if SORTS[meaning] is not Sort.CODE:
                raise ValueError(f"codes.{meaning}: that meaning is not a code")
        return self
