"""Sweeping: what was kept for acts that never came to be is removed."""

from datetime import timedelta

import asyncpg

DAY = timedelta(days=1)

# An act writes the vault first: its command follows within moments, or never.
MENTIONS = """
DELETE FROM vault.mention m WHERE m.kept_at < clock_timestamp() - $1::interval
AND NOT EXISTS (SELECT FROM journal.command c WHERE c.id = m.command_id)
"""
FIELDS = """
DELETE FROM vault.field f WHERE f.kept_at < clock_timestamp() - $1::interval
AND NOT EXISTS (SELECT FROM journal.command c WHERE c.id = f.command_id)
"""
CODES = """
DELETE FROM vault.code k WHERE k.kept_at < clock_timestamp() - $1::interval
AND NOT EXISTS (SELECT FROM journal.command c WHERE c.id = k.command_id)
"""
PERSONS = """
DELETE FROM vault.person p WHERE p.kept_at < clock_timestamp() - $1::interval
AND NOT EXISTS (SELECT FROM vault.mention m WHERE m.person_id = p.person_id)
"""


async def sweep(connection: asyncpg.Connection, older_than: timedelta = DAY) -> int:
    """Remove orphans older than so much wall time; return how many persons went."""
    async with connection.transaction():
        await connection.execute(MENTIONS, older_than)
        await connection.execute(FIELDS, older_than)
        await connection.execute(CODES, older_than)
        gone = await connection.execute(PERSONS, older_than)
    return int(gone.rpartition(" ")[2])
