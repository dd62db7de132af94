"""Keeping: persons found by HMAC or made anew, and what was said of them, sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import asyncpg

from libs.sealing import new_key, seal
from services.intake.vault.keys import Keys
from services.intake.vault.sealing import place, unwrap, wrap

Kind = Literal["person", "employer", "clue", "row", "informant"]

FOUND = """
SELECT person_id, kind, id_hmac FROM vault.person
WHERE kind IN ('person', 'employer') AND (kind, id_hmac) IN (
    SELECT * FROM unnest($1::text[], $2::bytea[]))
"""
ADD = """
INSERT INTO vault.person (person_id, kind, id_hmac, phone_hmac, key_id, wrapped_key)
SELECT * FROM unnest(
    $1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::text[], $6::bytea[])
ON CONFLICT DO NOTHING
"""
LOCKED = """
SELECT person_id, kind, key_id, wrapped_key FROM vault.person
WHERE person_id = ANY($1) AND wrapped_key IS NOT NULL
ORDER BY person_id FOR KEY SHARE
"""
SEAL = """
INSERT INTO vault.field (person_id, field, command_id, sealed)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[])
ON CONFLICT DO NOTHING
"""
MENTION = """
INSERT INTO vault.mention (person_id, command_id, clue_id, role)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Keeping:
    """One person's data as one act names it; `proposed` is the id if it is new.

    `act` is the command, `clue` where it belongs. With `id_hmac` a person or an
    individual employer that is known already is found again.
    """

    proposed: UUID
    kind: Kind
    act: UUID
    clue: UUID
    role: str
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    id_hmac: bytes | None = None
    phone_hmac: bytes | None = None

    @property
    def shared(self) -> tuple[str, bytes] | None:
        """Return by what it is found again, if at all."""
        if self.id_hmac is None or self.kind not in {"person", "employer"}:
            return None
        return self.kind, self.id_hmac


async def keep(
    connection: asyncpg.Connection, keys: Keys, keepings: Sequence[Keeping]
) -> list[UUID]:
    """Keep in one transaction; return each one's id: the known one's, or the proposed.

    An act that is repeated adds nothing.
    """
    async with connection.transaction():
        ids = await _ids(connection, keys, keepings)
        pairs = list(zip(keepings, ids, strict=True))
        await _seal(connection, keys, pairs)
        await connection.execute(
            MENTION,
            ids,
            [keeping.act for keeping in keepings],
            [keeping.clue for keeping in keepings],
            [keeping.role for keeping in keepings],
        )
    return ids


async def _ids(
    connection: asyncpg.Connection, keys: Keys, keepings: Sequence[Keeping]
) -> list[UUID]:
    known = await _known(connection, keepings)
    made = {k.proposed: k for k in keepings if k.shared not in known}
    # A rival that waits for the same number must not wait crosswise.
    rows = sorted(made.values(), key=lambda k: (k.id_hmac or b"", k.proposed.bytes))
    await connection.execute(
        ADD,
        [row.proposed for row in rows],
        [row.kind for row in rows],
        [row.id_hmac for row in rows],
        [row.phone_hmac for row in rows],
        [keys.current] * len(rows),
        [wrap(keys.of_kind(row.kind), row.proposed, new_key()) for row in rows],
    )
    known = await _known(connection, keepings)
    # Not there although it was added: erased before, so it stays under its id.
    return [known.get(keeping.shared, keeping.proposed) for keeping in keepings]


async def _known(
    connection: asyncpg.Connection, keepings: Sequence[Keeping]
) -> dict[tuple[str, bytes] | None, UUID]:
    wanted = sorted({keeping.shared for keeping in keepings if keeping.shared})
    if not wanted:
        return {}
    kinds, hmacs = zip(*wanted, strict=True)
    rows = await connection.fetch(FOUND, list(kinds), list(hmacs))
    return {
        (row["kind"], row["id_hmac"]): UUID(int=row["person_id"].int) for row in rows
    }


async def _seal(
    connection: asyncpg.Connection,
    keys: Keys,
    pairs: Sequence[tuple[Keeping, UUID]],
) -> None:
    locked = await connection.fetch(LOCKED, sorted({owner for _, owner in pairs}))
    opened = {
        row["person_id"]: unwrap(
            keys.of_kind(row["kind"]),
            row["person_id"],
            row["key_id"],
            row["wrapped_key"],
        )
        for row in locked
    }
    # Erased in this very moment: then nothing of it is kept.
    lines = [
        (owner, name, keeping.act, _sealed(opened[owner], owner, name, keeping))
        for keeping, owner in pairs
        if owner in opened
        for name in keeping.fields
    ]
    if lines:
        await connection.execute(SEAL, *map(list, zip(*lines, strict=True)))


def _sealed(key: bytes, owner: UUID, name: str, keeping: Keeping) -> bytes:
    return seal(key, keeping.fields[name].encode(), place(owner, name, keeping.act))
