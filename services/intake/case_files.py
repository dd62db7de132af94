"""Case files: which cases a clue's persons stand in, and since when each is closed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import asyncpg

from libs.calendar.local_days import day_of
from libs.events.contracts.enforcement import CaseFiled
from libs.events.contracts.routing import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CasesMerged,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index
from services.intake.retention import KeptFile, kinds_of


@dataclass(frozen=True)
class CaseFile:
    """One case as routing tells it, or, of its own stream, that the district filed it.

    `took_in`: the cases that were merged into it, whose files go on in its own.
    """

    case_id: UUID
    clue_id: UUID | None = None
    closed_on: date | None = None
    closed_as: str | None = None
    filed: bool = False
    took_in: tuple[str, ...] = ()


def evolve(row: CaseFile | None, recorded: Recorded) -> CaseFile | None:
    """Fold one event of a case's or a proceeding's stream."""
    fact = recorded.fact()
    match fact:
        case CaseOpened():
            return CaseFile(fact.case_id, fact.clue_id)
        case CaseFiled():
            return CaseFile(fact.case_id, filed=True)
        case _ if row is None:
            return None
        case CaseClosed():
            at = recorded.occurred_at or recorded.recorded_at
            return replace(row, closed_on=day_of(at), closed_as=fact.kind)
        case CaseReopened():
            return replace(row, closed_on=None, closed_as=None)
        case CasesMerged():
            return replace(row, took_in=(*row.took_in, str(fact.merged_case_id)))
        case _:
            return row


VIEW = View(
    name="case_file",
    version=1,
    services=("routing", "enforcement"),
    row=CaseFile,
    on=(CaseOpened, CaseClosed, CaseReopened, CasesMerged, CaseFiled),
    evolve=evolve,
    indexes=(index("clue_id"), index("case_id")),
)
# A merged case's file goes on in the one that took it in.
HELD = """
WITH RECURSIVE held AS (
    SELECT c.clue_id, c.case_id FROM case_file c WHERE c.clue_id = ANY($1)
    UNION
    SELECT h.clue_id, n.case_id FROM held h
    JOIN case_file n ON n.took_in ? h.case_id::text)
SELECT h.clue_id, c.closed_on, c.closed_as, EXISTS (
    SELECT FROM case_file f WHERE f.case_id = c.case_id AND f.filed) AS filed
FROM held h JOIN case_file c ON c.case_id = h.case_id AND NOT c.filed
WHERE c.closed_as IS DISTINCT FROM 'merged'
ORDER BY h.clue_id, c.case_id
"""


async def files_of(
    connection: asyncpg.Connection, clues: Collection[UUID]
) -> Mapping[UUID, tuple[KeptFile, ...]]:
    """Return the files of each clue; one of which nothing was heard is open."""
    found: dict[UUID, tuple[KeptFile, ...]] = {}
    for row in await connection.fetch(HELD, list(clues)):
        kinds = kinds_of(row["closed_as"], filed=row["filed"])
        file = KeptFile(kinds=kinds, closed_on=row["closed_on"])
        clue = UUID(int=row["clue_id"].int)
        found[clue] = (*found.get(clue, ()), file)
    return {clue: found.get(clue, (KeptFile(),)) for clue in clues}
