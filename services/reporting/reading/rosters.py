"""Rosters 花名册 to look into: names whose workers said nothing, or that it is untrue.

A list for the inspector's eyes: nothing is decided by it (WPR 52; domain §5.4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)

VIEWS = ("case_file", "clue", "claim", "case_part", "roster_word")
SHOWN = 50
# The most denied first, then the least confirmed; what everybody confirmed is no sign.
LISTED = statement("""
SELECT f.case_id, f.clue_id, f.unit, COALESCE(k.receipt, s.number) AS number,
       max(c.employer_name) AS employer_name, min(c.opened_at) AS opened_at,
       count(*) AS named,
       count(*) FILTER (WHERE w.word = 'confirmed') AS identified,
       count(*) FILTER (WHERE w.word = 'unconfirmed') AS unconfirmed,
       count(*) FILTER (WHERE w.word = 'disclaimed') AS disclaimed
FROM {case_file} f
JOIN {claim} c ON c.case_id = f.case_id AND c.counted
JOIN {roster_word} w ON w.claim_id = c.claim_id
LEFT JOIN {clue} k ON k.case_id = f.case_id
LEFT JOIN {case_part} s ON s.case_id = f.case_id
WHERE {at} AND ($2 OR f.parties ? $3) AND f.closed IS NULL
GROUP BY f.case_id, f.clue_id, f.unit, k.receipt, s.number
HAVING count(*) FILTER (WHERE w.word <> 'confirmed') > 0 OR $4
ORDER BY disclaimed DESC,
         count(*) FILTER (WHERE w.word = 'unconfirmed')::numeric / count(*) DESC,
         opened_at, f.case_id
LIMIT $5""")


@dataclass(frozen=True)
class RosterCheck:
    """One open case with a roster: its names, and what their workers say."""

    case_id: UUID
    clue_id: UUID
    unit: str | None
    number: str | None
    employer_name: str | None
    opened_at: datetime | None
    named: int
    identified: int
    unconfirmed: int
    disclaimed: int

    @property
    def share(self) -> int:
        """Return how many of a hundred names are not confirmed, rounded down."""
        return 100 * (self.named - self.identified) // self.named


async def roster_checks(
    running: Running, asking: Asking, *, every: bool = False
) -> Answer[Sequence[RosterCheck]]:
    """Return visible open cases whose roster shows a sign; `every`: all with one."""
    asked = (asking.as_of, asking.sees_all, asking.actor.unit, every, SHOWN)
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        rows = await connection.fetch(LISTED.at(asking.as_of), *asked)
    return Answer([RosterCheck(**row) for row in rows], of)
