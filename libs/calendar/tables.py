"""A year's holiday notice of the State Council: days off, make-up work, its paper."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.calendar.local_days import ONE_DAY

SATURDAY = 5
LONGEST_HOLIDAY = 31

Words = Annotated[str, Field(min_length=1, max_length=80)]


class Holiday(BaseModel):
    """One holiday of a notice: its days off and the weekend days worked instead."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name_zh: Words
    name_en: Words
    first: date
    last: date
    make_up: tuple[date, ...] = Field(default=(), max_length=20)

    def days(self) -> Iterator[date]:
        """Every day off, the weekend days among them included."""
        for ahead in range((self.last - self.first).days + 1):
            yield self.first + ahead * ONE_DAY

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not 0 <= (self.last - self.first).days < LONGEST_HOLIDAY:
            raise ValueError(
                "A holiday ends on or after its first day, within a month."
            )
        if any(day.weekday() < SATURDAY for day in self.make_up):
            raise ValueError("A make-up working day is a Saturday or a Sunday.")
        return self


class YearTable(BaseModel):
    """The adjustments of one year, as one numbered notice gave them.

    `known_on` is the day the notice was issued: before it the year is unannounced.
    A notice may reach into the last days of the year before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Annotated[int, Field(ge=1980, le=2200)]
    version: Annotated[int, Field(ge=1)]
    number: Words
    title: Words
    known_on: date
    holidays: Annotated[tuple[Holiday, ...], Field(max_length=40)]

    @property
    def label(self) -> str:
        """Year and version, as deadlines cite it: `2024.1`."""
        return f"{self.year}.{self.version}"

    @model_validator(mode="after")
    def _sound(self) -> Self:
        days = [day for holiday in self.holidays for day in holiday.days()]
        days += [day for holiday in self.holidays for day in holiday.make_up]
        if len(days) != len(set(days)):
            raise ValueError("A day stands twice in the notice.")
        if any(self.year not in (day.year, day.year + 1) for day in days):
            raise ValueError("A day lies outside the notice's year.")
        return self


def load_year(text: str) -> YearTable:
    """Read one year's TOML; raises `ValidationError` or `TOMLDecodeError`."""
    # A file has a table for each holiday: of a notice without any it says nothing.
    return YearTable.model_validate({"holidays": (), **tomllib.loads(text)})


def year_text(table: YearTable) -> str:
    """Write a notice as its file has it: `load_year` reads the same notice again."""
    lines = [
        f"year = {table.year}",
        f"version = {table.version}",
        f"number = {_quoted(table.number)}",
        f"title = {_quoted(table.title)}",
        f"known_on = {table.known_on}",
    ]
    for holiday in table.holidays:
        worked = ", ".join(str(day) for day in holiday.make_up)
        lines += [
            "\n[[holidays]]",
            f"name_zh = {_quoted(holiday.name_zh)}",
            f"name_en = {_quoted(holiday.name_en)}",
            f"first = {holiday.first}",
            f"last = {holiday.last}",
            f"make_up = [{worked}]",
        ]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but for one control character that JSON leaves bare.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_years(folder: Path) -> tuple[YearTable, ...]:
    """Every year file of a folder, oldest year first. Reads files."""
    found = sorted(folder.glob("[0-9][0-9][0-9][0-9].toml"))
    return tuple(load_year(path.read_text(encoding="utf-8")) for path in found)
