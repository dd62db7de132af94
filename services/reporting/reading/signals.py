"""Signals: what systems and the web warned of, what waits, and how often they hit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

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
from services.reporting.views.signal import OPINIONS, SIGNALS, OpinionRow, SignalRow

MOST = 300
# What waits comes first; of opinions, the major ones before others.
LISTED = statement("""
SELECT * FROM {signal} s WHERE {at} AND ($2 OR s.unit = $3)
ORDER BY s.dismissed IS NOT NULL OR s.clue_id IS NOT NULL, s.received_on DESC, s.stream
LIMIT $4""")
FOUND = statement("""
SELECT * FROM {opinion} o WHERE {at} AND ($2 OR o.unit = $3)
ORDER BY o.clue_id IS NOT NULL, o.grade <> 'major', o.first_seen_at DESC, o.stream
LIMIT $4""")
HITS = statement("""
SELECT s.source, count(*) AS signals,
       count(*) FILTER (WHERE s.clue_id IS NOT NULL) AS hits,
       count(*) FILTER (WHERE s.dismissed IS NOT NULL) AS dismissed
FROM {signal} s WHERE {at} AND ($2 OR s.unit = $3) GROUP BY s.source ORDER BY s.source
""")
MAJOR = "SELECT count(*) FROM opinion WHERE grade = 'major' AND clue_id IS NULL"
CLUE_OF_NUMBER = """
SELECT clue_id FROM clue WHERE receipt = $1 OR channel_number = $1 LIMIT 2"""
TOLD_AT_ONCE = "leading-group"
"""Who sees a major item on their morning."""


@dataclass(frozen=True)
class Hits:
    """One source's signals: how many became a clue, of those that were looked at."""

    source: str
    signals: int
    hits: int
    dismissed: int

    @property
    def rate(self) -> str | None:
        """Return hits of all that ended, in percent, rounded half up."""
        return percent(self.hits, self.hits + self.dismissed)


@dataclass(frozen=True)
class Warned:
    """Signals and opinions that the asker may see, with each source's hits."""

    signals: Sequence[SignalRow]
    opinions: Sequence[OpinionRow]
    hits: Sequence[Hits]


async def warned(running: Running, asking: Asking) -> Answer[Warned]:
    """Return what the asker's unit took in; all of it for who sees all."""
    asked = (asking.as_of, asking.sees_all, asking.actor.unit)
    async with reading(running) as connection:
        of = await completed(running, connection, ("signal", "opinion"))
        listed = await connection.fetch(LISTED.at(asking.as_of), *asked, MOST)
        found = await connection.fetch(FOUND.at(asking.as_of), *asked, MOST)
        hits = await connection.fetch(HITS.at(asking.as_of), *asked)
    signals, opinions = rows(SIGNALS, listed), rows(OPINIONS, found)
    return Answer(Warned(signals, opinions, [Hits(**one) for one in hits]), of)


async def major_waiting(running: Running, asking: Asking) -> int:
    """Return how many major items wait, for those who are told at once."""
    if asking.actor.role != TOLD_AT_ONCE:
        return 0
    return int(await running.pool.fetchval(MAJOR))


async def clue_of_number(running: Running, number: str) -> UUID | None:
    """Return the one clue of a receipt or a channel's number, if there is one."""
    found = await running.pool.fetch(CLUE_OF_NUMBER, number)
    return found[0]["clue_id"] if len(found) == 1 else None
