"""Tracks 分类施策: on which a case is and was, as the case page shows it (F-2.3.0)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from libs.tracks import TrackRule, cited
from services.reporting.reading.asking import statement

CHANGES = statement("""
SELECT track, previous, reason, rule_version,
       COALESCE(happened_at, recorded_at) AS at
FROM {track_change} WHERE {at} AND case_id = $2 ORDER BY recorded_at, event_id""")


@dataclass(frozen=True)
class OnTrack:
    """One track of a case: since when, and from which it came and why."""

    track: str
    previous: str | None
    reason: str | None
    rule_version: int
    at: datetime

    @property
    def rule(self) -> TrackRule | None:
        """Return the article and advice that were cited."""
        return cited(self.track, self.rule_version)


Tracks = Sequence[OnTrack]
"""A case's tracks in the order in which they were said; the last one stands."""


async def tracks_of(
    connection: asyncpg.Connection, as_of: datetime | None, case_id: UUID
) -> Tracks:
    """Return the tracks of one case, as they stand or as known then."""
    found = await connection.fetch(CHANGES.at(as_of), as_of, case_id)
    return [OnTrack(**row) for row in found]
