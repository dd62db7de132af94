"""The tracks of verified cases 分类施策 (F-2.3.0): each with its articles and advice.

Data with versions, in the file beside this one: an event cites the version, so a page
can show what the officer was told then.
"""

import tomllib
from collections.abc import Iterable
from datetime import date
from importlib.resources import files
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from libs.calendar.versions import latest_on
from libs.events.contracts.parts import Text
from libs.events.contracts.tracks import Track

CODES: tuple[Track, ...] = get_args(Track)
Words = Annotated[str, Field(min_length=1, max_length=2000)]


class TrackRule(BaseModel):
    """One version of one track: by which articles it goes, and what is advised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    track: Track
    version: Annotated[int, Field(ge=1)]
    effective_from: date
    source: Literal["by_law", "by_analogy", "own"]
    basis: Text
    text_zh: Words
    text_en: Words

    def text(self, language: str) -> str:
        """Return what is advised, in a language."""
        return self.text_zh if language == "zh" else self.text_en


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    tracks: tuple[TrackRule, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        keys = [(one.track, one.version) for one in self.tracks]
        if len(keys) != len(set(keys)):
            raise ValueError("A track's version stands twice in the file.")
        if {one.track for one in self.tracks} != set(CODES):
            raise ValueError("Every track has a rule.")
        return self


def load(text: str) -> tuple[TrackRule, ...]:
    """Read the rules; raises `ValidationError`, `TOMLDecodeError`."""
    return _File.model_validate(tomllib.loads(text)).tracks


RULES = load(files("libs").joinpath("tracks.toml").read_text("utf-8"))


def in_force(
    track: Track, on: date, rules: Iterable[TrackRule] = RULES
) -> TrackRule | None:
    """Return the highest version of a track's rule that has effect on a day, if any."""
    return latest_on((one for one in rules if one.track == track), on)


def cited(track: str, version: int) -> TrackRule | None:
    """Return the version that an event cites."""
    these = (one for one in RULES if (one.track, one.version) == (track, version))
    return next(these, None)
