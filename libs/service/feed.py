"""The change feed of a service: its journal, read by position and by who may see."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID

import orjson

from libs.events.event import Actor, Recorded
from libs.events.journal.journal import Journal
from libs.visibility import HEARS_EVERY_EVENT, hears
from libs.web.feed import FeedItem, FeedPage, Wanted

PAGE = 500
LOOK_SECONDS = 0.25
NAMES_A_PARTY = ("unit", "first_asked_unit")
"""Fields of an event that name whose case or import it is."""

Parties = Callable[
    [Journal, Collection[UUID]], Awaitable[Mapping[UUID, Collection[str]]]
]
"""Finds the units that cases and imports are of, as they stand now."""


class JournalFeed:
    """A journal as the feed asks for it; events carry no personal data.

    A reader is sent what it may see now: whoever sees a case sees all of its past.
    """

    def __init__(self, journal: Journal, parties: Parties) -> None:
        self._journal = journal
        self._parties = parties

    async def read(self, wanted: Wanted) -> FeedPage:
        """Return up to `limit` fitting events, and how far the log was looked at."""
        items: list[FeedItem] = []
        looked_at = wanted.after
        while len(items) < wanted.limit:
            page = await self._journal.read(looked_at, PAGE)
            if not page:
                break
            shown = await self._shown(page, wanted)
            for recorded in page:
                looked_at = recorded.seq
                if recorded.seq in shown:
                    items.append(_item(recorded))
                if len(items) == wanted.limit:
                    break
        return FeedPage(items, looked_at)

    async def _shown(self, page: Sequence[Recorded], wanted: Wanted) -> set[int]:
        """Return the numbers of those that fit and that the reader may see."""
        fit = [one for one in page if not wanted.types or one.type in wanted.types]
        if wanted.reader.role in HEARS_EVERY_EVENT:
            return {one.seq for one in fit}
        said = {one.seq: orjson.loads(one.data) for one in fit}
        subjects = {one.seq: _subject(one, said[one.seq]) for one in fit}
        found = await self._parties(self._journal, set(subjects.values()))
        return {
            one.seq
            for one in fit
            if _hears(wanted.reader, one, said[one.seq], found.get(subjects[one.seq]))
        }

    async def wait_beyond(self, after: int, timeout: float) -> bool:  # noqa: ASYNC109 -- the protocol's.
        """Wait until the head is beyond a number; False when the time is up."""
        until = monotonic() + timeout
        while (await self._journal.head()).seq <= after:
            if monotonic() >= until:
                return False
            await asyncio.sleep(LOOK_SECONDS)
        return True


async def nobody(
    _journal: Journal, _subjects: Collection[UUID]
) -> Mapping[UUID, Collection[str]]:
    """Find no parties: a service whose events are about no case."""
    return {}


def _subject(recorded: Recorded, said: Mapping[str, Any]) -> UUID:
    """Return the case that an event is about, else what its stream is about."""
    return UUID(said.get("case_id") or recorded.stream[-36:])


def _hears(
    reader: Actor,
    recorded: Recorded,
    said: Mapping[str, Any],
    parties: Collection[str] | None,
) -> bool:
    named = {said[name] for name in NAMES_A_PARTY if said.get(name)}
    return hears(reader, recorded.stream, named | set(parties or ()))


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
