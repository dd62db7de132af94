"""The organisation: units, their order, and who acts for them in which role when."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

UnitKind = Literal[
    "street", "leading_group", "residential",
    "district", "police", "auditor", "agency", "operator",
]  # fmt: skip
UnitCode = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$")]
Role = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
Subject = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._@-]{0,99}$")]
Area = Annotated[str, Field(pattern=r"^\d{9}$")]
Words = Annotated[str, Field(min_length=1, max_length=100)]


class UnknownUnit(LookupError):
    """No unit of that code stands in the organisation on that day."""


class Dated(BaseModel):
    """A row with the first and last day on which it holds; no last day: until now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_on: date
    to_on: date | None = None

    def holds(self, on: date) -> bool:
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)

    def overlaps(self, other: "Dated") -> bool:
        return self.holds(other.from_on) or other.holds(self.from_on)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_on is not None and self.to_on < self.from_on:
            raise ValueError("A row ends before it begins.")
        return self


class Unit(Dated):
    """A unit: its code, its place in the order, and the area of its serial numbers.

    `district_line`: the district units that decide what this one only proposes.
    """

    code: UnitCode
    name_zh: Words
    name_en: Words
    kind: UnitKind
    area: Area
    parent: UnitCode | None = None
    district_line: tuple[UnitCode, ...] = ()


class Officer(Dated):
    """A person who signs in, by the token's subject, in one role for one unit."""

    subject: Subject
    title_zh: Words
    title_en: Words
    role: Role
    unit: UnitCode


class Organisation(BaseModel):
    """One version of the whole table; another version is adopted by an event."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=1)]
    known_on: date
    in_force_from: date
    site: Annotated[str, Field(pattern=r"^\d{12}$")]
    name_zh: Words
    name_en: Words
    units: tuple[Unit, ...]
    officers: tuple[Officer, ...]

    def unit(self, code: str, on: date | None = None) -> Unit:
        """Find a unit, on a day if one is given; raises `UnknownUnit`."""
        for unit in self.units:
            if unit.code == code and (on is None or unit.holds(on)):
                return unit
        raise UnknownUnit(code)

    def units_on(self, on: date) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units if unit.holds(on))

    def parents(self, code: str) -> tuple[str, ...]:
        """List the units above a unit, the nearest first; raises `UnknownUnit`."""
        above = self.unit(code).parent
        return () if above is None else (above, *self.parents(above))

    def district_line(self, code: str) -> tuple[str, ...]:
        """List the district units in a unit's line; raises `UnknownUnit`."""
        return self.unit(code).district_line

    def officers_on(self, on: date, unit: str | None = None) -> tuple[Officer, ...]:
        """List who acts on a day, for one unit or for all."""
        return tuple(
            officer
            for officer in self.officers
            if officer.holds(on) and unit in (None, officer.unit)
        )

    def role_of(self, subject: str, on: date) -> Officer | None:
        """Find in which role and unit a person acts on a day; None: in none."""
        found = (o for o in self.officers_on(on) if o.subject == subject)
        return next(found, None)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        _refuse_repeats(unit.code for unit in self.units)
        codes = {unit.code: unit for unit in self.units}
        named = {code for unit in self.units for code in unit.district_line}
        named |= {unit.parent for unit in self.units if unit.parent}
        named |= {officer.unit for officer in self.officers}
        if missing := sorted(named - codes.keys()):
            raise ValueError(f"Units that are named but not listed: {missing}.")
        _refuse_circles(codes)
        _refuse_two_roles(self.officers)
        return self


def load_organisation(text: str) -> Organisation:
    """Read a TOML file; raises `ValidationError` or `TOMLDecodeError`."""
    return Organisation.model_validate(tomllib.loads(text))


def _refuse_repeats(codes: Iterable[str]) -> None:
    twice = sorted(code for code, n in Counter(codes).items() if n > 1)
    if twice:
        raise ValueError(f"Unit codes that stand twice: {twice}.")


def _refuse_circles(codes: dict[str, Unit]) -> None:
    for code, unit in codes.items():
        seen = {code}
        above = unit.parent
        while above is not None:
            if above in seen:
                raise ValueError(f"The parents of {code} run in a circle.")
            seen.add(above)
            above = codes[above].parent


def _refuse_two_roles(officers: Iterable[Officer]) -> None:
    for one, other in combinations(officers, 2):
        if one.subject == other.subject and one.overlaps(other):
            raise ValueError(f"{one.subject} has two roles on the same day.")
