"""The change feed of a service: its journal, read by position."""

import asyncio
from datetime import UTC, datetime
from time import monotonic

import orjson

from libs.events.event import Recorded
from libs.events.journal.journal import Journal
from libs.web.feed import FeedItem, FeedPage

PAGE = 500
LOOK_SECONDS = 0.25


class JournalFeed:
    """A journal as the feed asks for it; events carry no personal data."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def read(self, after: int, types: frozenset[str], limit: int) -> FeedPage:
        """Return up to `limit` fitting events, and how far the log was looked at."""
        items: list[FeedItem] = []
        looked_at = after
        while len(items) < limit:
            page = await self._journal.read(looked_at, PAGE)
            if not page:
                break
            for recorded in page:
                looked_at = recorded.seq
                if not types or recorded.type in types:
                    items.append(_item(recorded))
                if len(items) == limit:
                    break
        return FeedPage(items, looked_at)

    async def wait_beyond(self, after: int, timeout: float) -> bool:  # noqa: ASYNC109 -- the protocol's.
        """Wait until the head is beyond a number; False when the time is up."""
        until = monotonic() + timeout
        while (await self._journal.head()).seq <= after:
            if monotonic() >= until:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True


def _item(recorded: Recorded) -> FeedItem:
    said = {
        "id": str(recorded.id),
        "type": recorded.type,
        "schema_version": recorded.schema_version,
        "stream": recorded.stream,
        "version": recorded.version,
        "occurred_at": _instant(recorded.occurred_at),
        "occurred_precision": str(recorded.occurred_precision),
        "recorded_at": _instant(recorded.recorded_at),
        "actor": {
            "id": str(recorded.actor.id),
            "role": recorded.actor.role,
            "unit": recorded.actor.unit,
        },
        "source": str(recorded.source),
        "serial": recorded.serial,
        "correlation_id": str(recorded.correlation_id),
        "causation_id": str(recorded.causation_id) if recorded.causation_id else None,
        "data": orjson.loads(recorded.data),
    }
    return FeedItem(recorded.seq, recorded.type, said)


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
