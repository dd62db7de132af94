"""What the author of a clue was told by message, as lines of its story."""

from dataclasses import replace
from uuid import UUID

import asyncpg

from services.intake.pages.story import Line, Story

TOLD = """
SELECT purpose, unit, ended_at FROM message
WHERE clue_id = $1 AND state = 'delivered' ORDER BY ended_at, message_id"""


async def with_messages(pool: asyncpg.Pool, clue_id: UUID, story: Story) -> Story:
    """Return the story with "we told you" at each message that was delivered."""
    rows = await pool.fetch(TOLD, clue_id)
    told = [
        Line(f"told_{row['purpose']}", row["ended_at"], row["unit"]) for row in rows
    ]
    lines = sorted([*story.lines, *told], key=lambda line: line.at)
    return replace(story, lines=lines)
