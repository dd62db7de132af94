"""Rotating: keys under a retired master key are wrapped under the current one.

A deployment is given the new master key, with the old ones as retired: they still
open, and only the new one wraps. Once nothing is left under them they can be dropped.
"""

from dataclasses import dataclass

import asyncpg

from services.intake.vault.keys import Keys
from services.intake.vault.sealing import unwrap, wrap

PAGE = 500


@dataclass(frozen=True)
class Wrapped:
    """Where keys are kept wrapped: a table, and the column of whose they are."""

    table: str
    owner: str
    only: str = "true"

    @property
    def retired(self) -> str:
        return f"""
SELECT {self.owner} AS owner, key_id, wrapped_key FROM {self.table}
WHERE wrapped_key IS NOT NULL AND key_id = ANY($1) AND {self.only}
ORDER BY {self.owner} LIMIT $2 FOR UPDATE"""  # noqa: S608 -- constants of this module

    @property
    def renewed(self) -> str:
        return f"""
UPDATE {self.table} SET key_id = $2, wrapped_key = $3
WHERE {self.owner} = $1"""  # noqa: S608 -- constants of this module

    @property
    def count(self) -> str:
        return f"""
SELECT count(*) FROM {self.table}
WHERE wrapped_key IS NOT NULL AND key_id <> $1 AND {self.only}"""  # noqa: S608 -- constants


PERSONS = Wrapped("vault.person", "person_id", "kind <> 'informant'")
INFORMANTS = Wrapped("vault.person", "person_id", "kind = 'informant'")
FILES = Wrapped("imports.job", "import_id")
SAMPLES = Wrapped("imports.sample", "sample_id")


@dataclass(frozen=True)
class Left:
    """How many keys of persons and of files are not under the current master key.

    Informants are persons, samples of the workbench are files, too.
    `retired`: how many retired master keys the deployment was given.
    """

    persons: int
    files: int
    retired: int


async def rewrap(connection: asyncpg.Connection, keys: Keys, where: Wrapped) -> int:
    """Wrap anew what is under a known retired key; return how many.

    `keys` are those of the owners' kind. A page is a transaction: whatever ends it,
    the next call goes on.
    """
    retired = [name for name in keys.wrapping if name != keys.current]
    moved = 0
    while True:
        async with connection.transaction():
            rows = await connection.fetch(where.retired, retired, PAGE)
            for owner, key_id, wrapped in rows:
                fresh = wrap(keys, owner, unwrap(keys, owner, key_id, wrapped))
                await connection.execute(where.renewed, owner, keys.current, fresh)
        if not rows:
            return moved
        moved += len(rows)


async def left(connection: asyncpg.Connection, keys: Keys) -> Left:
    """Say what is left under other master keys, known or not."""
    persons, informants, files, samples = [
        await connection.fetchval(where.count, keys.current)
        for where in (PERSONS, INFORMANTS, FILES, SAMPLES)
    ]
    return Left(persons + informants, files + samples, len(keys.wrapping) - 1)
