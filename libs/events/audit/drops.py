"""Drops: what operators gave up, as the journal remembers it: rebuilds honour it."""

import re
from uuid import UUID

import asyncpg

from libs.events import registry
from libs.events.contracts.operation import ParkedEventDropped
from libs.events.views.loading import Dropped

SAID = """
SELECT schema_version, data FROM journal.event WHERE type = $1 ORDER BY seq"""
VERSION = re.compile(r"_v\d+$")


async def dropped(pool: asyncpg.Pool) -> Dropped:
    """Return the dropped events by view, whichever version they were dropped for."""
    found: dict[str, set[UUID]] = {}
    for row in await pool.fetch(SAID, ParkedEventDropped.name):
        event = registry.load(
            ParkedEventDropped.name, row["schema_version"], row["data"]
        )
        if isinstance(event, ParkedEventDropped):
            view = VERSION.sub("", event.consumer)
            found.setdefault(view, set()).add(event.event_id)
    return {view: frozenset(events) for view, events in found.items()}
