"""Industries: the sections of GB/T 4754, and the section of an industry's code."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

DIVISION = re.compile(r"[A-T]?(\d{2})\d{0,2}")


class Section(BaseModel):
    """One section, with the first and last of its divisions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(pattern="^[A-T]$")]
    first: Annotated[int, Field(ge=1, le=97)]
    last: Annotated[int, Field(ge=1, le=97)]
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        """Return what the section is called, in a language."""
        return self.name_zh if language == "zh" else self.name_en


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=1)]
    source: str
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections of the file, in their order."""
    text = files("libs").joinpath("industries.toml").read_text("utf-8")
    return _Table.model_validate(tomllib.loads(text)).sections


def section_of(code: str | None) -> Section | None:
    """Return the section of a code: its letter, a division, a class (H, H62, 6210).

    A letter that does not fit its division is not believed: None, as for no code.
    """
    if code is None:
        return None
    text = code.strip().upper()
    letter = text[:1] if text[:1].isalpha() else None
    found = DIVISION.fullmatch(text)
    number = int(found.group(1)) if found else None
    if number is None and len(text) > 1:
        return None
    return next(
        (
            one
            for one in sections()
            if letter in (None, one.code)
            and (letter is not None or number is not None)
            and (number is None or one.first <= number <= one.last)
        ),
        None,
    )
