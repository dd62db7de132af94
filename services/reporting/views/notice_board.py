"""Notice boards 维权告示牌 as they were checked last, with what they lack."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.notice_boards import (
    BoardDuty,
    NoticeBoardChecked,
    NoticeBoardDefectFound,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class NoticeBoardRow:
    """One site's board at its last check; `defects`: what it does not meet.

    `found` and `corrected` count defects of all its checks.
    """

    project_id: UUID
    project_name: str
    area: str | None
    by_unit: str
    compliant: bool
    defects: tuple[BoardDuty, ...]
    checked_at: datetime
    checklist_version: int
    checks: int = 1
    found: int = 0
    corrected: int = 0


def evolve(row: NoticeBoardRow | None, recorded: Recorded) -> NoticeBoardRow | None:
    """Fold one event of a board's stream."""
    match fact := recorded.fact():
        case NoticeBoardChecked():
            before = row.checks if row else 0
            return NoticeBoardRow(
                **fact.model_dump(exclude={"items", "corrected"}),
                defects=tuple(one.item for one in fact.items if not one.met),
                checks=before + 1,
                found=row.found if row else 0,
                corrected=(row.corrected if row else 0) + len(fact.corrected),
            )
        case NoticeBoardDefectFound() if row is not None:
            return replace(row, found=row.found + 1)
        case _:
            return row


VIEW = View(
    name="notice_board",
    version=1,
    services=("enforcement",),
    row=NoticeBoardRow,
    on=(NoticeBoardChecked, NoticeBoardDefectFound),
    evolve=evolve,
    indexes=(index("compliant", "checked_at"),),
)
