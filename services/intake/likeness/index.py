"""Index: clues that share a key are compared; the newest fifty of each key.

Two clues that both name workers are alike by their workers or not at all (the weights
see to it), so those of one employer are compared only where one of both names nobody.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

import asyncpg

from libs.codes.pinyin import initials
from libs.events.contracts.intake import ComplaintReceived, ReportReceived
from libs.events.event import Recorded
from services.intake.duplicates import Advice
from services.intake.likeness.names import core, grams
from services.intake.likeness.score import Profile, advice
from services.intake.likeness.weights import Weights

HMACS = """
SELECT person_id, id_hmac, phone_hmac FROM vault.person WHERE person_id = ANY($1)"""
PUT = """
WITH clue AS (
    INSERT INTO likeness.clue VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT DO NOTHING
), grams AS (
    INSERT INTO likeness.gram SELECT unnest($14::text[]), $15 ON CONFLICT DO NOTHING
)
INSERT INTO likeness.key (kind, key, registered_at, clue_id)
SELECT kind, key, $2, $1 FROM unnest($12::text[], $13::bytea[]) AS a(kind, key)
ON CONFLICT DO NOTHING"""
PUT_PAIRS = """
INSERT INTO likeness.pair
SELECT $1, of_clue_id, score, string_to_array(reasons, ' '), $5, $6
FROM unnest($2::uuid[], $3::int[], $4::text[]) AS a(of_clue_id, score, reasons)
ON CONFLICT DO NOTHING"""
NAMES = """
SELECT name FROM likeness.gram WHERE gram = ANY($1)
GROUP BY name ORDER BY count(*) DESC, name LIMIT 8"""
FOUND = """
SELECT c.* FROM likeness.clue c WHERE c.clue_id <> $3 AND c.clue_id IN (
    SELECT k.clue_id FROM unnest($1::text[], $2::bytea[]) AS a(kind, key)
    CROSS JOIN LATERAL (
        SELECT clue_id FROM likeness.key
        WHERE kind = a.kind AND key = a.key
        ORDER BY registered_at DESC LIMIT 50) k)"""
OF = "SELECT * FROM likeness.clue WHERE clue_id = ANY($1)"
Key = tuple[str, bytes]


async def profile_of(
    connection: asyncpg.Connection, received: ComplaintReceived | ReportReceived,
    recorded: Recorded,
) -> Profile:  # fmt: skip
    """Return what of a clue is compared; persons by the HMACs that the vault has."""
    workers = received.workers
    rows = await connection.fetch(HMACS, [one.person_id for one in workers])
    hmacs = {UUID(int=r["person_id"].int): r for r in rows}
    months = [m for one in workers for m in (one.months_from, one.months_to) if m]
    sums = [one.claimed.minor for one in workers if one.claimed]
    found = [hmacs.get(one.person_id) for one in workers]
    return Profile(
        clue_id=received.clue_id,
        registered_at=recorded.recorded_at,
        employer_id=received.employer.employer_id,
        employer_code=received.employer.credit_code,
        employer_name=received.employer.name,
        project_id=received.project.project_id if received.project else None,
        months_from=min(months, default=None),
        months_to=max(months, default=None),
        claimed=sum(sums) if sums else None,
        ids=[row["id_hmac"] if row else None for row in found],
        phones=[row["phone_hmac"] if row else None for row in found],
    )


async def put(connection: asyncpg.Connection, said: Profile, by: Weights) -> None:
    """Keep a clue's profile and keys, once."""
    keys = list(_keys(said, by))
    name = _name(said, by)
    await connection.execute(
        PUT, said.clue_id, said.registered_at, said.employer_id, said.employer_code,
        said.employer_name, said.project_id, said.months_from, said.months_to,
        said.claimed, list(said.ids), list(said.phones),
        [kind for kind, _ in keys], [value for _, value in keys],
        sorted(grams(name)) if name else [], name,
    )  # fmt: skip


async def likely(
    connection: asyncpg.Connection, said: Profile, by: Weights
) -> list[tuple[UUID, Advice]]:
    """Return the clues that are alike enough to be shown, the most alike first."""
    name = _name(said, by)
    names = [name]
    if name:
        rows = await connection.fetch(NAMES, sorted(grams(name)))
        names += [row["name"] for row in rows]
    keys = list(_asked(said, names))
    kinds, values = [kind for kind, _ in keys], [value for _, value in keys]
    rows = await connection.fetch(FOUND, kinds, values, said.clue_id)
    found = [(p.clue_id, advice(said, p, by)) for p in map(_profile, rows)]
    shown = [(one, said) for one, said in found if said.score >= by.show_from]
    return sorted(shown, key=lambda pair: (-pair[1].score, pair[0]))


async def noticed(
    connection: asyncpg.Connection, said: Profile, by: Weights
) -> list[tuple[UUID, Advice]]:
    """Keep a new clue and what it is like, for the work list; return that."""
    found = await likely(connection, said, by)
    await put(connection, said, by)
    if found:
        await connection.execute(
            PUT_PAIRS,
            said.clue_id,
            [one for one, _ in found],
            [like.score for _, like in found],
            [" ".join(like.reasons) for _, like in found],
            by.version,
            said.registered_at,
        )
    return found


async def profiles(
    connection: asyncpg.Connection, clue_ids: Sequence[UUID]
) -> dict[UUID, Profile]:
    """Return the profiles of clues that are kept."""
    rows = await connection.fetch(OF, list(clue_ids))
    return {profile.clue_id: profile for profile in map(_profile, rows)}


def _profile(row: asyncpg.Record) -> Profile:
    said = dict(row)
    for name in ("clue_id", "employer_id", "project_id"):
        said[name] = said[name] and UUID(int=said[name].int)
    return Profile(**said)


def _name(said: Profile, by: Weights) -> str:
    return core(said.employer_name or "", by.employer.common)


def _keys(said: Profile, by: Weights) -> Iterator[Key]:
    """Yield a clue's blocking keys; under a second kind for those that name nobody."""
    yield from _of_persons(said)
    own = _name(said, by)
    for kind, key in _of_employer(said, [own]):
        yield kind, key
        if not said.persons:
            yield f"{kind}-unnamed", key


def _asked(said: Profile, names: Sequence[str]) -> Iterator[Key]:
    """Yield the keys by which others are looked for; `names` are spelled alike."""
    yield from _of_persons(said)
    also = "-unnamed" if said.persons else ""
    yield from ((f"{kind}{also}", key) for kind, key in _of_employer(said, names))


def _of_persons(said: Profile) -> Iterator[Key]:
    yield from (("id", key) for key in {*said.ids} - {None} if key)
    yield from (("phone", key) for key in {*said.phones} - {None} if key)


def _of_employer(said: Profile, names: Sequence[str]) -> Iterator[Key]:
    yield "employer", said.employer_id.bytes
    if said.employer_code:
        yield "code", said.employer_code.encode()
    if said.project_id:
        yield "project", said.project_id.bytes
    if names and names[0]:
        yield "initials", initials(names[0]).encode()
    yield from (("name", name.encode()) for name in dict.fromkeys(names) if name)
