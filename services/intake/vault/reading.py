"""Reading: what was said of persons, opened for one who has the right and a reason."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import structlog

from libs.sealing import Unreadable, unseal
from services.intake.vault.keys import Keys
from services.intake.vault.sealing import place, unwrap

log = structlog.get_logger()

HELD = """
SELECT p.person_id, p.kind, p.key_id, p.wrapped_key, f.field, f.command_id, f.sealed,
       m.clue_id, COALESCE(m.corrected, false) AS corrected
FROM vault.person p
JOIN vault.field f USING (person_id)
LEFT JOIN LATERAL (
    SELECT clue_id, role = 'correction' AS corrected FROM vault.mention m
    WHERE m.person_id = p.person_id AND m.command_id = f.command_id LIMIT 1) m ON true
WHERE p.person_id = ANY($1) AND f.field = ANY($2) AND p.wrapped_key IS NOT NULL
  AND ($3 OR p.kind <> 'informant')
ORDER BY p.person_id, f.field, corrected DESC, CASE WHEN m.corrected THEN f.kept_at END
    DESC, f.kept_at, f.command_id
"""
MENTIONED = """
SELECT DISTINCT m.person_id, m.clue_id
FROM vault.mention m JOIN vault.person p USING (person_id)
WHERE m.person_id = ANY($1) AND (p.kind = 'informant') = $2
"""
MATCHED = """
SELECT DISTINCT p.person_id, m.clue_id
FROM vault.person p JOIN vault.mention m USING (person_id)
WHERE p.id_hmac = $1 OR p.phone_hmac = $2
ORDER BY m.clue_id, p.person_id LIMIT 200
"""


@dataclass(frozen=True)
class Said:
    """One value of a field, in which clue it was said, and whether it corrects."""

    value: str = field(repr=False)
    clue_id: UUID | None
    corrected: bool = False


@dataclass(frozen=True)
class Holding:
    """What the vault holds of one person: each field's values, the first said first.

    The last correction stands before all that was said. `unreadable` names fields of
    which a value no longer opens: changed in the database, or sealed under a master key
    that is gone.
    """

    person_id: UUID
    fields: Mapping[str, tuple[Said, ...]] = field(repr=False)
    unreadable: tuple[str, ...] = ()


async def read(
    connection: asyncpg.Connection,
    keys: Keys,
    persons: Sequence[UUID],
    fields: Collection[str],
    *,
    secret: bool = False,
) -> list[Holding]:
    """Open the fields of persons; who is unknown or erased is left out.

    An informant 举报人 is left out, too, unless `secret`: asked for by one of their own
    file, or for the author themselves.
    """
    rows = await connection.fetch(HELD, list(persons), list(fields), secret)
    opened: dict[UUID, dict[str, list[Said]]] = {}
    closed: dict[UUID, list[str]] = {}
    for row in rows:
        owner = UUID(int=row["person_id"].int)
        held = opened.setdefault(owner, {})
        try:
            said = Said(unsealed(keys, row), row["clue_id"], row["corrected"])
        except Unreadable:
            closed.setdefault(owner, []).append(row["field"])
            log.warning("vault_value_unreadable", person_id=owner, field=row["field"])
            continue
        values = held.setdefault(row["field"], [])
        if said.value not in {other.value for other in values}:
            values.append(said)
    return [
        Holding(owner, _values(held), tuple(dict.fromkeys(closed.get(owner, ()))))
        for owner, held in opened.items()
    ]


def _values(held: Mapping[str, Sequence[Said]]) -> dict[str, tuple[Said, ...]]:
    return {name: tuple(values) for name, values in held.items()}


def unsealed(keys: Keys, row: asyncpg.Record) -> str:
    """Return the value of a field that a row holds sealed; raises Unreadable."""
    owner = row["person_id"]
    key = unwrap(keys.of_kind(row["kind"]), owner, row["key_id"], row["wrapped_key"])
    where = place(owner, row["field"], row["command_id"])
    return unseal(key, row["sealed"], where).decode()


async def clues_of(
    connection: asyncpg.Connection, persons: Iterable[UUID], *, secret: bool = False
) -> dict[UUID, set[UUID]]:
    """Return in which clues each person is named; an unknown one is left out.

    With `secret` informants alone, without it everybody but them.
    """
    clues: dict[UUID, set[UUID]] = {}
    for row in await connection.fetch(MENTIONED, list(persons), secret):
        person = UUID(int=row["person_id"].int)
        clues.setdefault(person, set()).add(UUID(int=row["clue_id"].int))
    return clues


async def matched(
    connection: asyncpg.Connection, id_hmac: bytes | None, phone_hmac: bytes | None
) -> list[tuple[UUID, UUID]]:
    """Return (person, clue) of an ID number or telephone; at most two hundred."""
    rows = await connection.fetch(MATCHED, id_hmac, phone_hmac)
    return [
        (UUID(int=row["person_id"].int), UUID(int=row["clue_id"].int)) for row in rows
    ]
