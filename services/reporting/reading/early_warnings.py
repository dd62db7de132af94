"""The register of early warnings 预警提示台账: issued, acknowledged, rectified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.events.views.history import rows
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    known_at,
    reading,
    statement,
)
from services.reporting.views.early_warning import VIEW, EarlyWarningRow

MOST = 300
# What waits for an acknowledgement comes first, by its date.
LISTED = statement("""
SELECT * FROM {early_warning} w WHERE {at} AND ($2 OR w.unit = $3 OR w.by_unit = $3)
ORDER BY w.result IS NOT NULL, w.acknowledge_by DESC, w.stream LIMIT $4""")
COUNTED = statement("""
SELECT count(*) AS issued,
       count(*) FILTER (WHERE w.result IS NOT NULL) AS acknowledged,
       count(*) FILTER (WHERE w.result = 'rectified') AS rectified
FROM {early_warning} w
WHERE {at} AND ($2 OR w.unit = $3 OR w.by_unit = $3)""")
WAITING = "SELECT count(*) FROM early_warning WHERE unit = $1 AND result IS NULL"


@dataclass(frozen=True)
class Counts:
    """How many were issued, and of these acknowledged and rectified."""

    issued: int
    acknowledged: int
    rectified: int


@dataclass(frozen=True)
class EarlyWarnings:
    """Warnings to or by the asker's unit; `now`: up to when a date is over or not."""

    lines: Sequence[EarlyWarningRow]
    counts: Counts
    now: datetime


async def early_warnings(running: Running, asking: Asking) -> Answer[EarlyWarnings]:
    """Return the warnings of the asker's unit; all of them for who sees all."""
    who = (asking.as_of, asking.sees_all, asking.actor.unit)
    async with reading(running) as connection:
        of = await completed(running, connection, ("early_warning",))
        now = await known_at(running, connection, asking)
        listed = await connection.fetch(LISTED.at(asking.as_of), *who, MOST)
        counted = await connection.fetchrow(COUNTED.at(asking.as_of), *who)
    found = EarlyWarnings(rows(VIEW, listed), Counts(**counted), now)
    return Answer(found, of)


async def unacknowledged(running: Running, asking: Asking) -> int:
    """Return how many warnings wait for the asker's unit."""
    return int(await running.pool.fetchval(WAITING, asking.actor.unit))
