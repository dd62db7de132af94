"""Erasing: a person's key is destroyed, a tombstone stays; counts and sums stay too."""

from uuid import UUID

import asyncpg

from libs.events.journal.journal import Journal

# Remarks of imported rows under the same ID number go with the person.
OWNED = """
SELECT person_id, id_hmac, phone_hmac FROM vault.person
WHERE person_id = $1 OR id_hmac = (
    SELECT id_hmac FROM vault.person WHERE person_id = $1)
ORDER BY person_id FOR UPDATE
"""
TOMBSTONE = """
INSERT INTO vault.tombstone (hmac) SELECT unnest($1::bytea[]) ON CONFLICT DO NOTHING
"""
FORGET = "DELETE FROM vault.field WHERE person_id = ANY($1)"
DESTROY = """
UPDATE vault.person SET wrapped_key = NULL, id_hmac = NULL, phone_hmac = NULL,
    erased_at = clock_timestamp()
WHERE person_id = ANY($1) AND wrapped_key IS NOT NULL
"""
BURIED = "SELECT hmac FROM vault.tombstone WHERE hmac = ANY($1)"
ERASED = """
SELECT right(stream, 36)::uuid FROM journal.event
WHERE type = 'PersonDataErased' ORDER BY seq
"""


async def erase(connection: asyncpg.Connection, person: UUID) -> bool:
    """Destroy a person's key and fields; False when nothing was left to destroy."""
    async with connection.transaction():
        rows = await connection.fetch(OWNED, person)
        owners = [row["person_id"] for row in rows]
        # The telephone is a family's or a crew's: it is buried only for want of an ID.
        hmacs = {row["id_hmac"] or row["phone_hmac"] for row in rows} - {None}
        await connection.execute(TOMBSTONE, sorted(hmacs))
        await connection.execute(FORGET, owners)
        done = await connection.execute(DESTROY, owners)
    return bool(done != "UPDATE 0")


async def replay_erasures(journal: Journal) -> int:
    """Erase whoever the journal says was erased; return how many had come back.

    Called before the door opens: a restored database may hold them again, and a crash
    may have come between the event and the erasing.
    """
    came_back = 0
    async with journal.pool.acquire() as connection:
        for row in await connection.fetch(ERASED):
            came_back += await erase(connection, row[0])
    return came_back


async def buried(connection: asyncpg.Connection, hmacs: list[bytes]) -> set[bytes]:
    """Return which of these HMACs were erased: their data must not come back."""
    return {row["hmac"] for row in await connection.fetch(BURIED, hmacs)}
