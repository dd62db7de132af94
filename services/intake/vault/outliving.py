"""Outliving: persons whose data every floor has let go, for who decides on erasure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from services.intake.case_files import files_of
from services.intake.retention import FLOORS, KeptFile, held_by, kept

Files = Mapping[UUID, Sequence[KeptFile]]
SHOWN = 300
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
class Due:
    """A person of the vault whom no file keeps any more, since which day, and why."""

    person_id: UUID
    since: date
    clues: int


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
            days = [day for file in own if (day := kept(file).first_day)]
            person = UUID(int=row["person_id"].int)
            yield Due(person, max(days, default=on), len(row["clues"]))
