"""Secluding: informants kept among the other persons go into their own register."""

import asyncpg

from services.intake.vault.keys import INFORMANT, Keys
from services.intake.vault.sealing import unwrap, wrap

# Who is named elsewhere as well, as a worker or in a complaint, stays a person: one id
# stands for both in the log.
FOUND = """
SELECT p.person_id, p.key_id, p.wrapped_key FROM vault.person p
WHERE p.kind = 'person' AND p.wrapped_key IS NOT NULL
AND EXISTS (SELECT FROM vault.mention m
    WHERE m.person_id = p.person_id AND m.role = 'reporter')
AND NOT EXISTS (SELECT FROM vault.mention m
    WHERE m.person_id = p.person_id AND (m.role = 'worker' OR NOT EXISTS (
        SELECT FROM journal.event e WHERE e.type = 'ReportReceived'
        AND e.stream = 'clue-' || m.clue_id::text)))
ORDER BY p.person_id FOR UPDATE OF p
"""
SECLUDE = """
UPDATE vault.person SET kind = 'informant', id_hmac = NULL, phone_hmac = NULL,
    key_id = $2, wrapped_key = $3
WHERE person_id = $1
"""


async def seclude(connection: asyncpg.Connection, keys: Keys) -> int:
    """Seal them under the informants' key and forget their numbers; return how many.

    Called before the door opens; done once, it finds nobody.
    """
    secret = keys.of_kind(INFORMANT)
    async with connection.transaction():
        rows = await connection.fetch(FOUND)
        for owner, key_id, wrapped in rows:
            fresh = wrap(secret, owner, unwrap(keys, owner, key_id, wrapped))
            await connection.execute(SECLUDE, owner, secret.current, fresh)
    return len(rows)
