"""Incident grades: how grave an incident is, by a table that is data (F-1.5)."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.calendar.versions import latest_on
from libs.events.contracts.duties import IncidentFeature, IncidentGrade


class Frozen(BaseModel):
    """A part of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(Frozen):
    """One grade: so many people at least, or one of these features."""

    grade: IncidentGrade
    people_at_least: Annotated[int, Field(ge=1)]
    or_features: tuple[IncidentFeature, ...]


class Grades(Frozen):
    """One version of the table, the gravest grade first."""

    version: Annotated[int, Field(ge=1)]
    effective_from: date
    source: Literal["law", "by_analogy", "own"]
    instrument: str
    grades: Annotated[tuple[Line, ...], Field(min_length=1)]

    def grade(self, people: int, features: Sequence[IncidentFeature]) -> IncidentGrade:
        """Return the first grade that fits; the last one fits every incident."""
        fits = (
            one.grade
            for one in self.grades
            if people >= one.people_at_least or {*one.or_features} & {*features}
        )
        return next(fits, self.grades[-1].grade)


class _File(Frozen):
    tables: Annotated[tuple[Grades, ...], Field(min_length=1)]


def load_grades(text: str) -> tuple[Grades, ...]:
    """Read a file's tables; raises `ValidationError`, `TOMLDecodeError`."""
    return _File.model_validate(tomllib.loads(text)).tables


@cache
def tables() -> tuple[Grades, ...]:
    """Return the tables of the file."""
    path = files("services.routing").joinpath("rules", "incident-grades.toml")
    return load_grades(path.read_text("utf-8"))


def grades_on(on: date) -> Grades | None:
    """Return the table in force on a day; None before the first."""
    return latest_on(tables(), on)
