"""The list of responsibilities 责任清单: every area and industry, and who answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import asyncpg

from libs.events.views.history import rows
from libs.industries import Section, section_of, sections
from libs.organisation import Organisation
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.reading.trail import Happened
from services.reporting.views.responsibility import VIEW, ResponsibilityRow, Term

EVERY = statement("""
SELECT * FROM {responsibility} r WHERE {at} ORDER BY r.kind, r.code, r.stream""")
SAID_BY_AUTHOR = ("ComplaintReceived", "ReportReceived")


@dataclass(frozen=True)
class Line:
    """One area or industry: who answers on the day asked for, and all its terms."""

    kind: Literal["area", "industry"]
    code: str
    term: Term | None
    terms: Sequence[Term]


@dataclass(frozen=True)
class Responsibilities:
    """Who answers on a day, by area and by industry; what nobody has stands too."""

    on: date
    areas: Sequence[Line]
    industries: Sequence[Line]

    @property
    def nobodys(self) -> int:
        """Return for how many areas nobody answers."""
        return sum(line.term is None for line in self.areas)


@dataclass(frozen=True)
class Concerned:
    """Who answers for a case's area and who supervises its industry (F-1.2)."""

    area: str | None = None
    grid: Term | None = None
    section: Section | None = None
    supervisor: Term | None = None


NOTHING_SAID = Concerned()


async def responsibilities(
    running: Running, asking: Asking, on: date
) -> Answer[Responsibilities]:
    """Return the list as of a day of responsibility, as it is or was known."""
    async with reading(running) as connection:
        of = await completed(running, connection, ("responsibility", "rulebook"))
        held = await _held(connection, asking.as_of)
        known_then = await running.officers.as_known(connection, asking.as_of)
    areas = areas_of(known_then, on)
    known = {row.code for row in held.values() if row.kind == "area"}
    found = Responsibilities(
        on,
        [_line(held, "area", code, on) for code in sorted({*areas, *known})],
        [_line(held, "industry", one.code, on) for one in sections()],
    )
    return Answer(found, of)


def areas_of(held: Organisation | None, on: date) -> list[str]:
    """Return the residential areas of the organisation on a day."""
    units = held.units_on(on) if held else ()
    return [unit.code for unit in units if unit.kind == "residential"]


async def concerned(
    connection: asyncpg.Connection,
    as_of: datetime | None,
    about: tuple[Organisation | None, date],
    trail: Sequence[Happened],
) -> Concerned:
    """Return who answers, on a day, for what a clue says of itself.

    One that names no area is the first-asked unit's, where that is an area.
    """
    came = next((one for one in trail if one.type in SAID_BY_AUTHOR), None)
    if came is None:
        return NOTHING_SAID
    organisation, on = about
    said = (came.said.get("site_area"), came.said.get("first_asked_unit"))
    areas = areas_of(organisation, on)
    area = next((one for one in said if one in areas), None)
    section = section_of((came.said.get("employer") or {}).get("industry"))
    if area is None and section is None:
        return NOTHING_SAID
    held = await _held(connection, as_of)
    return Concerned(
        area,
        _line(held, "area", area, on).term if area else None,
        section,
        _line(held, "industry", section.code, on).term if section else None,
    )


Held = dict[tuple[str, str], ResponsibilityRow]


async def _held(connection: asyncpg.Connection, as_of: datetime | None) -> Held:
    found = await connection.fetch(EVERY.at(as_of), as_of)
    return {(row.kind, row.code): row for row in rows(VIEW, found)}


def _line(held: Held, kind: Literal["area", "industry"], code: str, on: date) -> Line:
    row = held.get((kind, code), ResponsibilityRow(kind, code))
    return Line(kind, code, row.on(on), row.terms)
