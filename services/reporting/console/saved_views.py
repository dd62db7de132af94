"""Saved views: an officer's own names for filters and columns of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from libs.events.decider import Rejected

MOST = 30
LONGEST = 40
"""Characters of a name."""
LISTED = """
SELECT name, query FROM saved_view WHERE officer = $1 ORDER BY name"""
COUNT = "SELECT count(*) FROM saved_view WHERE officer = $1 AND name <> $2"
SAVE = """
INSERT INTO saved_view (officer, name, query) VALUES ($1, $2, $3)
ON CONFLICT (officer, name) DO UPDATE SET query = $3, saved_at = now()"""
DROP = "DELETE FROM saved_view WHERE officer = $1 AND name = $2"


@dataclass(frozen=True)
class SavedView:
    """A name, and the ledger's address behind its question mark."""

    name: str
    query: str


async def views_of(pool: asyncpg.Pool, officer: UUID) -> Sequence[SavedView]:
    """Return an officer's views by name."""
    return [SavedView(**row) for row in await pool.fetch(LISTED, officer)]


async def save(pool: asyncpg.Pool, officer: UUID, view: SavedView) -> None:
    """Save a view under its name, in place of one of the same name.

    Raises Rejected for a name that is empty or too long, and when there are too many.
    """
    if not 0 < len(view.name) <= LONGEST:
        raise Rejected("view-name", f"请给视图起一个不超过 {LONGEST} 字的名称。")
    async with pool.acquire() as connection, connection.transaction():
        if await connection.fetchval(COUNT, officer, view.name) >= MOST:
            raise Rejected("views-full", f"最多存 {MOST} 个视图，请先删去不用的。")
        await connection.execute(SAVE, officer, view.name, view.query)


async def drop(pool: asyncpg.Pool, officer: UUID, name: str) -> None:
    """Drop a view; one that is not there is dropped already."""
    await pool.execute(DROP, officer, name)
