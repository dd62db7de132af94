"""Search: visible cases by number, employer or project, also by pinyin initials."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from libs.codes.pinyin import initials
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.reading.ledger import VIEWS, literal
from services.reporting.reading.listed import CASES, COLUMNS, Line, line

MOST = 50
FEWEST_INITIALS = 2
"""One letter would name half of all employers."""

NAMES = statement("""
SELECT employer_name AS name FROM {clue} WHERE {at} AND employer_name IS NOT NULL
UNION SELECT project_name FROM {clue} WHERE {at} AND project_name IS NOT NULL
UNION SELECT employer_name FROM {imported} WHERE {at} AND employer_name IS NOT NULL""")

CASE_OF_NUMBER = """
SELECT case_id FROM clue WHERE receipt = $1 OR channel_number = $1 OR reference = $1
UNION SELECT case_id FROM imported WHERE channel_number = $1
UNION SELECT case_id FROM case_part WHERE number = $1
UNION SELECT case_id FROM case_file WHERE case_id = $2 LIMIT 2"""
# A number is typed from its beginning or, off a slip of paper, by its last digits.
FOUND = statement(f"""
WITH cases AS ({CASES}), why AS (SELECT *, CASE
    WHEN lower($4) IN (lower(number), lower(channel_number), lower(reference),
                       case_id::text) THEN 'number'
    WHEN number ILIKE $5 || '%' OR number ILIKE '%' || $5
         OR channel_number ILIKE $5 || '%' OR reference ILIKE $5 || '%'
        THEN 'part-of-number'
    WHEN employer_name ILIKE '%' || $5 || '%' THEN 'employer'
    WHEN project_name ILIKE '%' || $5 || '%' THEN 'project'
    WHEN employer_name = ANY($6) OR project_name = ANY($6) THEN 'initials'
    END AS why FROM cases),
chosen AS (SELECT * FROM why WHERE why IS NOT NULL
           ORDER BY why = 'number' DESC, placed_at DESC, case_id DESC LIMIT {MOST + 1})
{COLUMNS}
ORDER BY why = 'number' DESC, placed_at DESC, chosen.case_id DESC""")  # noqa: S608 -- constants

OF_CLUES = statement(f"""
WITH cases AS ({CASES}),
chosen AS (SELECT * FROM cases WHERE clue_id = ANY($4::uuid[])
           ORDER BY placed_at DESC, case_id DESC LIMIT {MOST + 1})
{COLUMNS} ORDER BY placed_at DESC, chosen.case_id DESC""")  # noqa: S608 -- constants


@dataclass(frozen=True)
class Hit:
    """A case that was found, and by what: a code; `person` says no more than that."""

    line: Line
    why: str


@dataclass(frozen=True)
class Hits:
    """At most `MOST` of them, the latest first; whether there are more."""

    hits: Sequence[Hit]
    more: bool

    @property
    def exact(self) -> UUID | None:
        """Return the one case whose number was typed whole."""
        found = [hit.line.case_id for hit in self.hits if hit.why == "number"]
        return found[0] if len(found) == 1 else None


async def search(running: Running, asking: Asking, text: str) -> Answer[Hits]:
    """Return visible cases that a text finds; an empty text finds nothing."""
    typed = text.strip()
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        if not typed:
            return Answer(Hits([], more=False), of)
        heard: list[str] = []
        if is_short(typed):
            # Every name there is: only for what may be initials at all.
            names = await connection.fetch(NAMES.at(asking.as_of), asking.as_of)
            heard = sounding(typed, (row["name"] for row in names))
        who = (asking.as_of, asking.sees_all, asking.actor.unit)
        asked = FOUND.at(asking.as_of)
        rows = await connection.fetch(asked, *who, typed, literal(typed), heard)
    return Answer(_hits([(row, row["why"]) for row in rows]), of)


async def of_clues(
    running: Running, asking: Asking, clues: Iterable[UUID]
) -> Answer[Hits]:
    """Return the visible cases of clues that a person was found in."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        who = (asking.as_of, asking.sees_all, asking.actor.unit)
        asked = OF_CLUES.at(asking.as_of)
        rows = await connection.fetch(asked, *who, [*clues])
    return Answer(_hits([(row, "person") for row in rows]), of)


def is_short(typed: str) -> bool:
    """Say whether what was typed may be a name's initials: letters, two or more."""
    return len(typed) >= FEWEST_INITIALS and typed.isascii() and typed.isalpha()


def sounding(typed: str, names: Iterable[str]) -> list[str]:
    """Return the names whose pinyin initials have what was typed in short."""
    if not is_short(typed):
        return []
    return [name for name in names if typed.lower() in initials(name)]


def _hits(rows: Sequence[tuple[Mapping[str, Any], str]]) -> Hits:
    found = [Hit(line(row), why) for row, why in rows[:MOST]]
    return Hits(found, more=len(rows) > MOST)


async def case_of_number(running: Running, number: str) -> UUID | None:
    """Return the one case of a printed number, channel number or id."""
    said, own = number.strip(), None
    with suppress(ValueError):
        own = UUID(said)
    found = await running.pool.fetch(CASE_OF_NUMBER, said, own)
    return found[0]["case_id"] if len(found) == 1 else None
