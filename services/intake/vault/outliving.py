"""Outliving: persons whose data every floor has let go, for who decides on erasure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from services.intake.case_files import files_of
from services.intake.retention import FLOORS, FileKind, KeptFile, held_by, kept

Files = Mapping[UUID, Sequence[KeptFile]]
SHOWN = 300
A_DAY = timedelta(days=1)
# What was closed later than the shortest floor ago cannot be due.
CLOSED = """
SELECT p.person_id, array_agg(DISTINCT m.clue_id) AS clues
FROM vault.person p JOIN vault.mention m USING (person_id)
LEFT JOIN case_file c ON c.clue_id = m.clue_id
WHERE p.wrapped_key IS NOT NULL
GROUP BY p.person_id HAVING bool_and(c.closed_on IS NOT NULL AND c.closed_on <= $1)
ORDER BY p.person_id
"""


@dataclass(frozen=True)
class Outlived:
    """A file that kept a person: since when it is closed, by which floor, to which day.

    `law` is the floor's instrument and article, `years` its whole years from the
    closing; `last_day` is the last one on which the file kept whom it names.
    """

    rule: str
    version: int
    kind: FileKind
    years: int
    law: str
    closed_on: date
    last_day: date


@dataclass(frozen=True)
class Due:
    """A person of the vault whom no file keeps any more, since which day, and why.

    `files`: those that did, the last to let go at the end; files that were closed on
    one day under one floor stand there once.
    """

    person_id: UUID
    since: date
    clues: int
    files: tuple[Outlived, ...]


async def due_for_erasure(connection: asyncpg.Connection, on: date) -> list[Due]:
    """Return who is due, the longest first, at most 300; nobody is erased by it."""
    shortest = min(floor.years for floor in FLOORS)
    # A leap day's file was closed on the last of February at the latest.
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    last = date(on.year - shortest, on.month, day)
    rows = await connection.fetch(CLOSED, last)
    clues = {UUID(int=clue.int) for row in rows for clue in row["clues"]}
    files = await files_of(connection, clues)
    found = list(_due(rows, files, on))
    return sorted(found, key=lambda one: (one.since, one.person_id.bytes))[:SHOWN]


def _due(rows: Sequence[asyncpg.Record], files: Files, on: date) -> Iterator[Due]:
    for row in rows:
        own = [file for clue in row["clues"] for file in files[UUID(int=clue.int)]]
        if held_by(own, on) is None:
            gone = sorted(set(outlived(own)), key=lambda one: (one.last_day, one.rule))
            since = gone[-1].last_day + A_DAY if gone else on
            person = UUID(int=row["person_id"].int)
            yield Due(person, since, len(row["clues"]), tuple(gone))


def outlived(every: Iterable[KeptFile]) -> Iterator[Outlived]:
    """Yield each file by its longest floor; what is still open has none."""
    for file in every:
        held = kept(file)
        if file.closed_on and held.floor and held.first_day:
            floor = held.floor
            yield Outlived(
                rule=floor.id,
                version=floor.version,
                kind=floor.kind,
                years=floor.years,
                law=floor.law,
                closed_on=file.closed_on,
                last_day=held.first_day - A_DAY,
            )
