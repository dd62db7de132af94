"""Retention 保存期限: until when a file keeps whom it names, by rules of data.

A floor beats a person's erasure (PIPL 47 ¶2); after it nothing is erased by itself.
"""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.events.contracts.parts import Code, Text
from libs.events.decider import Rejected

FileKind = Literal["handling", "arbitration", "inspection", "referral"]
BY_CLOSING: dict[str, FileKind] = {
    "other_forum": "arbitration",
    "referred_out": "referral",
}
"""What kind of file a case is by how it was closed; any other was handled here."""


class Floor(BaseModel):
    """How many whole years, from the closing of a case, a kind of file is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    version: Annotated[int, Field(ge=1)]
    effective_from: date
    kind: FileKind
    years: Annotated[int, Field(ge=1, le=100)]
    instrument: Text
    article: Text
    source: Literal["by_law", "by_analogy", "own"]

    @property
    def law(self) -> str:
        """Return instrument and article, as a refusal names them."""
        return f"{self.instrument}{self.article}"


class KeptFile(BaseModel):
    """A case's file in which a person stands; `closed_on` None: it is still open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: tuple[FileKind, ...] = ("handling",)
    closed_on: date | None = None


@dataclass(frozen=True)
class Kept:
    """Until when a file is kept, and by which floor; None: as long as it is open."""

    first_day: date | None
    floor: Floor | None = None


def load(text: str) -> tuple[Floor, ...]:
    """Read the floors; raises `ValidationError`, `TOMLDecodeError`."""
    return tuple(Floor.model_validate(one) for one in tomllib.loads(text)["floors"])


_PATH = files("services.intake").joinpath("rules", "retention.toml")
FLOORS = load(_PATH.read_text("utf-8"))


def kinds_of(closed_as: str | None, *, filed: bool) -> tuple[FileKind, ...]:
    """Return a file's kinds: by how its case was closed, and whether it was filed."""
    found = BY_CLOSING.get(closed_as or "", "handling")
    return (found, "inspection") if filed else (found,)


def kept(file: KeptFile, floors: Sequence[Floor] = FLOORS) -> Kept:
    """Return the first day on which a file keeps nobody: its longest floor's."""
    closed = file.closed_on
    if closed is None:
        return Kept(None)
    found = [
        Kept(_later(closed, floor.years), floor)
        for kind in file.kinds
        for floor in [_in_force(floors, kind, closed)]
    ]
    return max(found, key=lambda one: one.first_day or date.max)


def held_by(every: Iterable[KeptFile], on: date) -> Kept | None:
    """Return what keeps a person longest on a day; None: all floors have run out."""
    found = [kept(file) for file in every]
    running = [one for one in found if one.first_day is None or on < one.first_day]
    return max(running, key=lambda one: one.first_day or date.max, default=None)


def release(every: Iterable[KeptFile], on: date) -> None:
    """Raise Rejected, with article and earliest day, while a file keeps the person."""
    held = held_by(every, on)
    if held is None:
        return
    if held.floor is None or held.first_day is None:
        raise Rejected(
            "file-open",
            "此人所在的案件尚未办结或经办系统尚未报来，案卷保存期限还没有起算，不能删除。",
            article="个人信息保护法第四十七条第二款",
        )
    raise Rejected(
        "retention-floor",
        f"案卷保存期限未满（{held.floor.law}，{held.floor.years} 年），"
        f"最早可于 {held.first_day.isoformat()} 删除。",
        article=held.floor.law,
    )


def _in_force(floors: Sequence[Floor], kind: FileKind, on: date) -> Floor:
    """Return the version in force on a day, or the oldest: no file is without one."""
    own = sorted((f for f in floors if f.kind == kind), key=lambda f: f.effective_from)
    return next((f for f in reversed(own) if f.effective_from <= on), own[0])


def _later(day: date, years: int) -> date:
    """Return the day so many years later; of 29 February the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
