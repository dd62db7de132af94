"""Completeness: until when reporting has every fact, and where reads wait."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import asyncpg

from libs.events.stream.watermark import Fact
from libs.events.views import holding
from libs.events.views.answered import Answered, view_version
from libs.service.parts import Running
from services.reporting.views import DECLARED

SERVICES = ("intake", "routing", "enforcement", "reporting")
BY_NAME = {declared.name: declared for declared in DECLARED}
PATIENCE = 2.0
"""Seconds that a page waits to show what its reader has just done."""


async def hold(
    connection: asyncpg.Connection, names: Iterable[str] = tuple(BY_NAME)
) -> None:
    """Keep these views as they are for a transaction: its first statement."""
    await holding.hold(connection, [BY_NAME[name] for name in names])


async def answered(
    running: Running, connection: asyncpg.Connection, names: Iterable[str]
) -> Answered:
    """Return the version and completeness of an answer from these views.

    Ask it in the answer's own transaction, before the answer's query.
    """
    readers = {one.table: one.services for one in (BY_NAME[name] for name in names)}
    whole = await running.watermarks.completeness(connection, readers)
    return Answered(view_version(*readers), whole)


async def complete_up_to(
    running: Running, connection: asyncpg.Connection
) -> datetime | None:
    """Return until when every read model has every fact; None for not at all."""
    return (await answered(running, connection, BY_NAME)).complete_up_to


async def seen(running: Running, fact: Fact) -> bool:
    """Wait until every view that hears a service has applied a fact of it."""
    hearing = [one.table for one in DECLARED if fact.service in one.services]
    return await running.watermarks.wait_for(running.pool, hearing, fact, PATIENCE)


def just_before(at: datetime) -> datetime:
    """Return the last instant that belongs to a period which ends at `at`."""
    return at - timedelta(microseconds=1)
