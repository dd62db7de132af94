"""One deadline: each day from its start, why it counts or not, and what moved it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from libs.calendar import Calendar, YearTable
from libs.events.views.history import rows
from libs.service.parts import Running
from libs.visibility import sees
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.reading.calendars import calendar_of
from services.reporting.reading.trail import Happened, of_case
from services.reporting.views import case, deadline

VIEWS = ("deadline", "case_file", "clue", "trail", "rulebook")
ONE = statement("SELECT * FROM {deadline} WHERE {at} AND deadline_id = $2")
CASE = statement("SELECT * FROM {case_file} WHERE {at} AND case_id = $2")
NUMBER = "SELECT receipt FROM clue WHERE case_id = $1 ORDER BY registered_at LIMIT 1"
WORKED = frozenset({"weekday", "make_up", "unannounced_weekday"})


@dataclass(frozen=True)
class DayLine:
    """One day: the how-many-eth it is, worked or off, and on which paper.

    `number` None: it does not count. `paused`: the clock stood; `added`: it belongs to
    the extension.
    """

    day: date
    number: int | None
    worked: bool
    reason: str
    name_zh: str | None
    name_en: str | None
    paper: str | None
    paused: bool
    added: bool


@dataclass(frozen=True)
class DeadlinePage:
    """A deadline with its days, their papers, and all that was said of it."""

    row: deadline.DeadlineRow
    number: str | None
    days: Sequence[DayLine]
    papers: Sequence[YearTable]
    said: Sequence[Happened]


async def deadline_page(
    running: Running, asking: Asking, deadline_id: UUID
) -> Answer[DeadlinePage] | None:
    """Return a deadline, or None when there is none that the asker may see."""
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        page = await _read(connection, asking, deadline_id)
    return None if page is None else Answer(page, of)


async def _read(
    connection: asyncpg.Connection, asking: Asking, deadline_id: UUID
) -> DeadlinePage | None:
    as_of = asking.as_of
    found = await connection.fetch(ONE.at(as_of), as_of, deadline_id)
    if not found:
        return None
    (row,) = rows(deadline.VIEW, found)
    held = await connection.fetch(CASE.at(as_of), as_of, row.case_id)
    files = rows(case.VIEW, held)
    if not files or not sees(asking.actor, files[0].parties):
        return None
    calendar = await calendar_of(connection, row.calendar_version)
    said = await of_case(connection, row.case_id, as_of)
    # Its rungs, and what the office urged of it, stand on streams of their own.
    this = str(deadline_id)
    return DeadlinePage(
        row=row,
        number=await connection.fetchval(NUMBER, row.case_id),
        days=list(day_lines(row, calendar)),
        papers=_papers(row, calendar),
        said=[one for one in said if one.said.get("deadline_id") == this],
    )


def day_lines(
    row: deadline.DeadlineRow, calendar: Calendar | None
) -> Iterator[DayLine]:
    """Yield each day of the arithmetic with its number, its paper and its kind."""
    counted = 0
    for line in row.days:
        counted += line.counted
        notice = calendar.notice(line.day) if calendar else None
        ends = row.first_days
        yield DayLine(
            day=line.day,
            number=counted if line.counted else None,
            worked=_worked(line.day, line.reason, calendar),
            reason=line.reason,
            name_zh=line.name_zh,
            name_en=line.name_en,
            paper=notice.number if notice else None,
            paused=any(pause.covers(line.day) for pause in row.pauses),
            added=ends is not None and line.counted and counted > ends,
        )


def _worked(day: date, reason: str, calendar: Calendar | None) -> bool:
    # The start day and a day named in an order say nothing of work.
    if reason in {"start", "fixed"} and calendar is not None:
        return calendar.day(day).works
    return reason in WORKED


def _papers(
    row: deadline.DeadlineRow, calendar: Calendar | None
) -> Sequence[YearTable]:
    if calendar is None:
        return ()
    years = {line.day.year for line in row.days}
    return [table for table in calendar.in_force if table.year in years]
