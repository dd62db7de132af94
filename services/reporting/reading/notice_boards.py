"""Notice boards 告示牌检查表: each site's last check, and how many comply."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from libs.events.views.history import rows
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.reading.percent import percent
from services.reporting.views.notice_board import VIEW, NoticeBoardRow

SHOWN = 300
MOST = 100_000
# A board hangs at a site for everybody to read: whoever may see checks sees them all.
FOUND = """
FROM {notice_board} b
WHERE {at} AND ($2::text IS NULL OR b.area = $2)"""
LISTED = statement(f"""
SELECT b.* {FOUND} AND ($3::text IS NULL OR b.compliant = ($3 = 'compliant'))
ORDER BY b.compliant, b.checked_at DESC, b.stream LIMIT $4""")
COUNTED = statement(f"""
SELECT count(*) AS checked, count(*) FILTER (WHERE b.compliant) AS compliant,
       COALESCE(sum(b.checks), 0)::bigint AS checks,
       COALESCE(sum(b.found), 0)::bigint AS found,
       COALESCE(sum(b.corrected), 0)::bigint AS corrected
{FOUND}""")


class Filters(BaseModel):
    """Which boards; every filter stands in the address."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    area: Annotated[str | None, Field(max_length=8)] = None
    show: Literal["compliant", "defective"] | None = None


@dataclass(frozen=True)
class Counts:
    """Sites whose board was checked, of these compliant at the last check; defects."""

    checked: int
    compliant: int
    checks: int
    found: int
    corrected: int

    @property
    def rate(self) -> str | None:
        """Return compliant ÷ checked in percent; what nobody checked is in neither."""
        return percent(self.compliant, self.checked)


@dataclass(frozen=True)
class NoticeBoards:
    """Boards by filter; the counts are of the area, whatever is shown of it."""

    lines: Sequence[NoticeBoardRow]
    counts: Counts


async def notice_boards(
    running: Running, asking: Asking, filters: Filters, limit: int = SHOWN
) -> Answer[NoticeBoards]:
    """Return the boards, those that lack something first."""
    at, of_area = asking.as_of, (asking.as_of, filters.area)
    async with reading(running) as connection:
        of = await completed(running, connection, ("notice_board",))
        chosen = (*of_area, filters.show, limit)
        listed = await connection.fetch(LISTED.at(at), *chosen)
        counted = await connection.fetchrow(COUNTED.at(at), *of_area)
    return Answer(NoticeBoards(rows(VIEW, listed), Counts(**counted)), of)
