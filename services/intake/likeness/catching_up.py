"""Catching up: clues that the index lacks, for it is younger or was not written."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from libs.events.contracts.intake import ComplaintReceived, ReportReceived
from libs.events.event import Recorded
from libs.events.journal.journal import Journal
from services.intake import clue
from services.intake.likeness.index import noticed, profile_of
from services.intake.likeness.weights import weights

MISSING = """
SELECT right(e.stream, 36)::uuid AS clue_id FROM journal.event e
WHERE e.type IN ('ComplaintReceived', 'ReportReceived') AND NOT EXISTS (
    SELECT FROM likeness.clue c WHERE c.clue_id = right(e.stream, 36)::uuid)
ORDER BY e.seq"""
PAGE = 200


async def catch_up(journal: Journal) -> int:
    """Index the clues that the index lacks, in their order; return how many."""
    async with journal.pool.acquire() as connection:
        rows = await connection.fetch(MISSING)
        missing = [UUID(int=row["clue_id"].int) for row in rows]
        for start in range(0, len(missing), PAGE):
            page = missing[start : start + PAGE]
            names = [clue.KIND.stream(one) for one in page]
            streams = await journal.read_streams(names)
            async with connection.transaction():
                for name in names:
                    await _notice(connection, streams[name])
    return len(missing)


async def _notice(connection: asyncpg.Connection, records: Sequence[Recorded]) -> None:
    for record in records:
        fact = record.fact()
        if isinstance(fact, ComplaintReceived | ReportReceived):
            said = await profile_of(connection, fact, record)
            await noticed(connection, said, weights())
