"""The checklist of notice boards, as data with a day (WPR 34, items 1 to 3)."""

import tomllib
from datetime import date
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.calendar.versions import latest_on
from libs.events.contracts.notice_boards import BoardDuty
from libs.events.contracts.parts import Text


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Duty(_Frozen):
    """One thing that a board has to show, and the article that says so."""

    item: BoardDuty
    article: Text


class Checklist(_Frozen):
    """One version of the checklist."""

    version: Annotated[int, Field(ge=1)]
    effective_from: date
    source: Literal["by_law", "by_analogy", "own"]
    instrument: Text
    penalty: Text
    items: Annotated[tuple[Duty, ...], Field(min_length=1)]


class _File(_Frozen):
    checklists: Annotated[tuple[Checklist, ...], Field(min_length=1)]


def load(text: str) -> tuple[Checklist, ...]:
    """Read a file's checklists; raises `ValidationError`, `TOMLDecodeError`."""
    return _File.model_validate(tomllib.loads(text)).checklists


_PATH = files("services.enforcement").joinpath("rules", "notice-board.toml")
CHECKLISTS = load(_PATH.read_text("utf-8"))


def checklist_on(on: date) -> Checklist | None:
    """Return the checklist in force on a day; None before the first."""
    return latest_on(CHECKLISTS, on)
