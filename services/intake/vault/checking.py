"""Checking: whether all that the vault holds still opens, without telling any of it.

What is sealed is bound to its person, field and act: a row that was changed, or put in
another one's place, opens no more. A person of whom the log tells and whose row is gone
was taken out by nobody who may: who is erased leaves a row.
"""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from libs.sealing import Unreadable
from services.intake.vault.keys import Keys
from services.intake.vault.reading import unsealed

PAGE = 500
VALUES = """
SELECT p.person_id, p.kind, p.key_id, p.wrapped_key, f.field, f.command_id, f.sealed
FROM vault.field f JOIN vault.person p USING (person_id)
WHERE p.wrapped_key IS NOT NULL AND (f.person_id, f.field, f.command_id) > ($1, $2, $3)
ORDER BY f.person_id, f.field, f.command_id LIMIT $4"""
GONE = """
WITH named AS (
    SELECT t.seq, (regexp_matches(
        t.data, '"person_id":"([0-9a-f-]{36})"', 'g'))[1]::uuid AS person_id
    FROM journal.event t)
SELECT n.person_id, min(n.seq) AS seq FROM named n
WHERE NOT EXISTS (SELECT FROM vault.person p WHERE p.person_id = n.person_id)
GROUP BY n.person_id ORDER BY seq LIMIT 1"""


@dataclass(frozen=True)
class Checked:
    """How many values opened, and the first place that does not; no value is told."""

    values: int
    wrong: str | None = None


async def checked(connection: asyncpg.Connection, keys: Keys) -> Checked:
    """Open every value, person by person, up to the first that does not open."""
    after, opened = (UUID(int=0), "", UUID(int=0)), 0
    while rows := await connection.fetch(VALUES, *after, PAGE):
        for row in rows:
            try:
                unsealed(keys, row)
            except Unreadable:
                where = f"person {row['person_id']}, field {row['field']}"
                return Checked(opened, f"{where}, does not open")
            opened += 1
        last = rows[-1]
        after = (last["person_id"], last["field"], last["command_id"])
    gone = await connection.fetchrow(GONE)
    if gone is None:
        return Checked(opened)
    where = f"person {gone['person_id']}, of whom event {gone['seq']} tells"
    return Checked(opened, f"{where}, has no row")
