"""The directory of other channels: where to go with what is not wages (F-2.2.2b).

Data with versions, in the file beside this one: whoever advises gives the text of the
version in force, and the event cites version and digest: it can be printed again.
"""

import tomllib
from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from importlib.resources import files
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.calendar.versions import latest_on

Words = Annotated[str, Field(min_length=1, max_length=2000)]


class OtherChannel(BaseModel):
    """One version of one channel: its name, its basis, and what the worker is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    version: Annotated[int, Field(ge=1)]
    effective_from: date
    name_zh: Words
    name_en: Words
    basis: Words
    text_zh: Words
    text_en: Words

    @property
    def sha256(self) -> str:
        """Return the digest of what is told, in both languages."""
        return sha256(f"{self.text_zh}\x1e{self.text_en}".encode()).hexdigest()

    def text(self, language: str) -> str:
        """Return what is told, in a language."""
        return self.text_zh if language == "zh" else self.text_en

    def name(self, language: str) -> str:
        """Return what the channel is called, in a language."""
        return self.name_zh if language == "zh" else self.name_en


class _Directory(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: Annotated[tuple[OtherChannel, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        keys = [(one.code, one.version) for one in self.channels]
        if len(keys) != len(set(keys)):
            raise ValueError("A channel's version stands twice in the directory.")
        return self


def load(text: str) -> tuple[OtherChannel, ...]:
    """Read a directory; raises `ValidationError`, `TOMLDecodeError`."""
    return _Directory.model_validate(tomllib.loads(text)).channels


DIRECTORY = load(files("libs").joinpath("other_channels.toml").read_text("utf-8"))


def in_force(
    code: str, on: date, directory: Iterable[OtherChannel] = DIRECTORY
) -> OtherChannel | None:
    """Return the highest version of a channel that has effect on a day, if any."""
    return latest_on((one for one in directory if one.code == code), on)


def told(code: str, version: int) -> OtherChannel | None:
    """Return the version that an event cites; None for one of before the directory."""
    these = (one for one in DIRECTORY if (one.code, one.version) == (code, version))
    return next(these, None)
