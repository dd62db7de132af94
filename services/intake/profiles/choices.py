"""Choices made on the workbench: what each column means, and the rest of a profile."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.intake.profiles.header_words import Unit
from services.intake.profiles.profile import Letters

SCALES: Mapping[Unit, tuple[int, int]] = {
    "yuan": (1, 1),
    "wan": (10_000, 1),
    "fen": (1, 100),
}
"""So many of the currency one in the sheet is, and so many make one of it."""

Words = Annotated[
    str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Form = Annotated[str, Field(max_length=40)]
"""A form of dates; `mending.py` says what is wrong with one."""

KeyPart = Literal["sheet", "employer", "received_on"]
EARLIEST, LAST = date(2000, 1, 1), date(2099, 12, 31)


class Chosen(BaseModel):
    """A part of the choices; a key it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ColumnChoice(Chosen):
    """What one column means, and in which unit its amounts are."""

    column: Letters
    meaning: Annotated[str, Field(min_length=1, max_length=40)]
    unit: Unit = "yuan"


class WordChoice(Chosen):
    """A word of the sheet's cells, and the code that it stands for."""

    words: Annotated[str, Field(min_length=1, max_length=40)]
    meaning: Annotated[str, Field(max_length=40)]
    code: Annotated[str, Field(max_length=64)]


class Choices(Chosen):
    """How a sheet is to be read, as somebody chose it on the workbench.

    `only_this`: no other sheet of the same file is read. `key` is what beside the
    number makes two rows the same claim. `base`: the profile whose tables of codes and
    remarks go on; `words` are the sheet's own for the usual codes.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    title_zh: Words
    title_en: Words
    sheet: Annotated[str, Field(min_length=1, max_length=200)]
    header_row: Annotated[int, Field(ge=1)]
    only_this: bool = False
    columns: Annotated[tuple[ColumnChoice, ...], Field(max_length=256)]
    registers: Literal["history", "live"] = "history"
    channel: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    formats: Annotated[tuple[Form, ...], Field(max_length=20)] = ()
    first_on: date = EARLIEST
    last_on: date = LAST
    key: tuple[KeyPart, ...] = ()
    unmapped: Literal["listed", "refused"] = "listed"
    individual: Literal["never", "always", "by_name"] = "by_name"
    words: Annotated[tuple[WordChoice, ...], Field(max_length=100)] = ()
    base: Annotated[str | None, Field(max_length=64)] = None
