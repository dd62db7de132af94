"""The ladder's timer: which rungs of all running deadlines are reached now, or next.

Many deadlines begin and end on the same days: they are looked at as one group.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from libs.calendar.climbing import Dated, Step, next_at, reached, steps
from libs.events.perform import Streams
from libs.service.parts import Running
from services.routing import rulebook
from services.routing.climbing import ClimbLadder
from services.routing.recomputing import rule_by
from services.routing.recounting import timer_stamp
from services.routing.rulebook import Rulebook

PAGE = 500
GROUPS = """
SELECT d.clock, d.rule_version, d.start_on, d.due_on, d.due_at, d.missed, told.points
FROM running_deadline d LEFT JOIN LATERAL (
  SELECT COALESCE(array_agg(r.point ORDER BY r.point), '{}') AS points
  FROM rung r WHERE r.deadline_id = d.deadline_id AND r.due_at = d.due_at) told ON true
WHERE d.climbs
GROUP BY d.clock, d.rule_version, d.start_on, d.due_on, d.due_at, d.missed, told.points
ORDER BY d.due_at, d.clock, d.start_on"""
RIPE = """
SELECT d.deadline_id, d.clock, d.due_at, d.version FROM running_deadline d
WHERE d.climbs AND d.clock = $1 AND d.start_on = $2 AND d.due_at = $3 AND d.missed = $4
  AND NOT EXISTS (SELECT FROM rung r WHERE r.deadline_id = d.deadline_id
    AND r.due_at = d.due_at AND r.point = $5)
ORDER BY d.deadline_id LIMIT $6"""


@dataclass(frozen=True)
class Group:
    """Deadlines of one clock that begin and end alike, and the rungs told of them."""

    clock: str
    dated: Dated
    missed: bool
    told: tuple[str, ...]
    steps: tuple[Step, ...]


async def climb(running: Running, complete: datetime) -> int:
    """Tell what is reached behind `complete`, a page of each; return how many."""
    at, done = await running.now(), 0
    for group in await _groups(running):
        due = reached(
            group.steps, group.told, group.dated, missed=group.missed, by=complete
        )
        for step in due:
            for row in await _ripe(running, group, step):
                command = ClimbLadder(
                    deadline_id=row["deadline_id"],
                    due_at=row["due_at"],
                    point=step.point,
                )
                stamp = timer_stamp(row, f"rung {step.point}", at)
                done += len((await running.desk.do(command, stamp)).events)
    return done


async def climbs_next(running: Running, after: datetime) -> datetime | None:
    """Return when the next rung is reached after an instant; None: none will be."""
    found = [
        next_at(group.steps, group.told, missed=group.missed, after=after)
        for group in await _groups(running)
    ]
    return min((at for at in found if at is not None), default=None)


async def _ripe(running: Running, group: Group, step: Step) -> list[Any]:
    dated = group.dated
    named = (group.clock, dated.start_on, dated.due_at, group.missed)
    found: list[Any] = await running.pool.fetch(RIPE, *named, step.point, PAGE)
    return found


async def _groups(running: Running) -> list[Group]:
    rows = await running.pool.fetch(GROUPS)
    if not rows:
        return []
    reads = [rulebook.CLOCKS, rulebook.CALENDAR]
    journal = running.desk.log.journal
    streams = Streams(await journal.read_streams([one.stream for one in reads]))
    books = streams.fold(reads)
    clocks = books.of(rulebook.KIND, rulebook.CLOCKS.subject)
    calendar = books.of(rulebook.KIND, rulebook.CALENDAR.subject)
    return list(_grouped(rows, clocks, calendar))


def _grouped(rows: list[Any], clocks: Rulebook, calendar: Rulebook) -> Iterator[Group]:
    for row in rows:
        start_on: date = row["start_on"]
        rule = rule_by(clocks.clocks, (row["clock"], row["rule_version"]), start_on)
        if rule is None:
            continue
        dated = Dated(start_on, row["due_on"], row["due_at"])
        every = steps(rule, clocks.ladders, dated, calendar.calendar)
        told = tuple(row["points"])
        yield Group(row["clock"], dated, row["missed"], told, every)
