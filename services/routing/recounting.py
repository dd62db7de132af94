"""Recounting: all deadlines that run under an older calendar, a page at a time."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from libs import ids
from libs.events.command import Stamp
from libs.events.event import Source
from libs.events.journal.call import Call
from libs.events.journal.journal import Journal
from libs.events.journal.words import Appended, Commit
from libs.events.perform import Streams, correlated
from libs.events.reactions import system_actor
from libs.telemetry.steps import append
from services.routing import deadline, recomputing, rulebook
from services.routing.recomputing import RecomputeDeadline

STALE = """
SELECT deadline_id, clock, version FROM running_deadline
WHERE awaited AND calendar_version <> $1 AND deadline_id > $2
ORDER BY deadline_id LIMIT $3"""
# One append of them holds the journal's head, and sixty days of arithmetic are long: a
# page is small, so that live acts come between.
PAGE = 50
PAGES = 40
FIRST = UUID(int=0)


async def recount(journal: Journal, at: datetime, pages: int = PAGES) -> int:
    """Count a few pages by the calendar in force; return how many were counted anew.

    What was counted leaves the list by its own event: whoever is killed in between
    goes on where it stopped, and of two at once the journal lets one write.
    """
    book = Streams(await journal.read_streams([rulebook.CALENDAR.stream]))
    in_force = _version_of(book)
    done, after = 0, FIRST
    for _ in range(pages):
        rows = await journal.pool.fetch(STALE, in_force, after, PAGE)
        if rows:
            done += await _counted(journal, rows, at)
            after = rows[-1]["deadline_id"]
        if len(rows) < PAGE:
            break
    return done


async def _counted(journal: Journal, rows: Sequence[Any], at: datetime) -> int:
    """Append a page in one call; what a rival overtook comes again with the next."""
    names = [deadline.KIND.stream(row["deadline_id"]) for row in rows]
    books = [rulebook.CLOCKS.stream, rulebook.CALENDAR.stream]
    streams = Streams(await journal.read_streams([*names, *books]))
    (rule,) = recomputing.RULES
    point = f"calendar {_version_of(streams)}"
    commits = []
    for row, name in zip(rows, names, strict=True):
        command = RecomputeDeadline(deadline_id=row["deadline_id"])
        states = streams.fold(rule.reads(command))
        stamp = timer_stamp(row, point, at)
        new = rule.decide(command, stamp, states)
        if new:
            told = correlated(stamp, new, {name: streams.records[name]})
            commits.append(Commit(told, states.versions, new))
    if not commits:
        return 0
    with append(journal.service, [None] * len(commits)):
        results = await journal.append_page(Call(commits))
    return sum(isinstance(result, Appended) for result in results)


def _version_of(streams: Streams) -> str:
    states = streams.fold([rulebook.CALENDAR])
    return states.of(rulebook.KIND, rulebook.CALENDAR.subject).calendar.version


def timer_stamp(row: Any, point: str, at: datetime) -> Stamp:
    """Return a timer's stamp: the same for a deadline's version and point, for ever."""
    command_id = ids.timer_command_id(
        row["clock"], row["deadline_id"], row["version"], point
    )
    return Stamp(
        command_id=command_id,
        request_hmac=sha256(command_id.bytes).digest(),
        actor=system_actor("routing"),
        at=at,
        source=Source.TIMER,
    )
