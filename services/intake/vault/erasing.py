"""Erasing: a person's key is destroyed, a tombstone stays; counts and sums stay too."""

from collections.abc import Sequence
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
# Nobody is matched by what was erased; the clue's own profile keeps its places.
UNMATCH = """
DELETE FROM likeness.key WHERE kind IN ('id', 'phone') AND key = ANY($1)
"""
UNKNOW = """
UPDATE likeness.clue SET
    ids = ARRAY(SELECT CASE WHEN x = ANY($1) THEN NULL ELSE x END
                FROM unnest(ids) WITH ORDINALITY AS a(x, n) ORDER BY n),
    phones = ARRAY(SELECT CASE WHEN x = ANY($1) THEN NULL ELSE x END
                   FROM unnest(phones) WITH ORDINALITY AS a(x, n) ORDER BY n)
WHERE clue_id = ANY($2)
"""
MATCHED = """
SELECT DISTINCT clue_id FROM likeness.key
WHERE kind IN ('id', 'phone') AND key = ANY($1)
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
        await _unmatch(connection, rows)
        await connection.execute(FORGET, owners)
        done = await connection.execute(DESTROY, owners)
    return bool(done != "UPDATE 0")


async def _unmatch(
    connection: asyncpg.Connection, rows: Sequence[asyncpg.Record]
) -> None:
    gone = [key for r in rows for key in (r["id_hmac"], r["phone_hmac"]) if key]
    found = await connection.fetch(MATCHED, gone)
    await connection.execute(UNKNOW, gone, [row["clue_id"] for row in found])
    await connection.execute(UNMATCH, gone)


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
