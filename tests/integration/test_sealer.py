"""The sealer on a real journal and topic: where, by whom, and what it refuses."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import asyncpg
import pytest

from libs.events.audit import seal_store as store
from libs.events.audit import signing
from libs.events.audit.merkle import Frontier
from libs.events.audit.rotating import rotate
from libs.events.audit.seal import Seal, day_ends
from libs.events.audit.seal_store import SealConflict
from libs.events.audit.signing import KeyRefused
from tests.seal_scene import Sealed, a_sealed_scene, as_superuser
from tests.stack import FreshDatabases, FreshTopics
from tests.stream_scene import a_stream

STREAM = 20


@pytest.fixture
async def sealed(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str, tmp_path: Path
) -> AsyncIterator[Sealed]:
    """A journal of twenty events, sealed every eight."""
    async with a_sealed_scene(fresh_database, topics, kafka, tmp_path) as made:
        await made.scene.append(a_stream(), STREAM)
        yield made


async def told(sealed: Sealed) -> list[Seal]:
    where = sealed.settings
    said = await store.told(where.bootstrap, where.topic, where.service)
    # Rivals may tell the same seal each: it is the same record.
    return list(dict.fromkeys(said.seals()))


async def everywhere(sealed: Sealed) -> list[Seal]:
    """Return the seals, which table, topic and folder have alike."""
    kept = await store.kept(sealed.scene.pool)
    assert kept == await told(sealed) == sealed.folder.seals()
    return kept


async def test_every_nth_event_is_sealed_in_table_topic_and_folder(
    sealed: Sealed,
) -> None:
    made = await sealed.sealer().step()
    assert [seal.size for seal in made] == [8, 16]
    assert await everywhere(sealed) == made
    rows = await sealed.scene.journal.read_stored(0)
    tree = Frontier()
    tree.add(row.leaf for row in rows[:16])
    assert (made[1].root, made[1].chain) == (tree.root(), rows[15].chain)
    assert made[1].at == rows[15].recorded_at
    assert all(seal.is_signed_by(sealed.folder.keys()) for seal in made)


async def test_two_makers_at_once_make_one_and_the_same(sealed: Sealed) -> None:
    makers = [sealed.sealer() for _ in range(3)]
    await asyncio.gather(*(maker.step() for maker in makers))
    first = await everywhere(sealed)
    assert [seal.number for seal in first] == [1, 2]
    # One that believes to lead, and knows nothing of the others, adds nothing.
    assert await sealed.sealer().step() == []
    assert await everywhere(sealed) == first


async def test_the_end_of_a_day_is_sealed_by_the_deployments_clock(
    sealed: Sealed,
) -> None:
    await sealed.sealer().step()
    last = (await sealed.scene.journal.read_stored(STREAM - 1))[0]
    ends = day_ends(last.recorded_at)
    move = "UPDATE journal.head SET recorded_at = $1"
    await as_superuser(sealed.scene.owner_dsn, move, ends - timedelta(seconds=1))
    assert await sealed.sealer().step() == []
    await as_superuser(sealed.scene.owner_dsn, move, ends)
    (made,) = await sealed.sealer().step()
    assert (made.size, made.at, made.why) == (STREAM, ends.astimezone(UTC), "day")
    # A day on which nothing was recorded has nothing to seal.
    await as_superuser(sealed.scene.owner_dsn, move, ends + timedelta(days=3))
    assert await sealed.sealer().step() == []


async def test_an_auditor_has_it_sealed_up_to_now(sealed: Sealed) -> None:
    sealer = sealed.sealer()
    assert [seal.why for seal in await sealer.seal_now()] == ["count", "count", "asked"]
    assert await sealer.seal_now() == []
    assert (await everywhere(sealed))[-1].size == STREAM


async def test_a_restored_table_takes_its_seals_back_from_the_topic(
    sealed: Sealed,
) -> None:
    made = await sealed.sealer().step()
    await as_superuser(sealed.scene.owner_dsn, "DELETE FROM journal.seal")
    foreign = made[1].text.replace('"why":"count"', '"why":"forged"')
    where = sealed.settings
    await store.tell(where.bootstrap, where.topic, where.service, [foreign, "rust"])
    await sealed.sealer().step()
    assert await store.kept(sealed.scene.pool) == made


async def test_a_log_that_is_not_what_was_sealed_is_not_sealed_again(
    sealed: Sealed,
) -> None:
    sealer = sealed.sealer()
    await sealer.step()
    forged = "UPDATE journal.event SET leaf = sha256(leaf) WHERE seq = 3"
    await as_superuser(sealed.scene.owner_dsn, forged)
    with pytest.raises(SealConflict, match="is not what seal 1"):
        await sealed.sealer().seal_now()
    assert len(await store.kept(sealed.scene.pool)) == 2


async def test_nobody_edits_or_skips_a_seal(sealed: Sealed) -> None:
    (first, second) = await sealed.sealer().step()
    for sql in ("DELETE FROM journal.seal", "UPDATE journal.seal SET size = 9"):
        with pytest.raises(asyncpg.PostgresError):
            await sealed.scene.pool.execute(sql)
    async with sealed.scene.pool.acquire() as connection:
        for wrong in (replace(first, number=4), replace(second, number=3)):
            with pytest.raises(asyncpg.PostgresError, match="does not follow"):
                await store.keep(connection, wrong)
        # Under a number that stands, what stands is given back.
        assert await store.keep(connection, replace(second, number=1)) == first


async def test_keys_rotate_while_seals_go_on(sealed: Sealed) -> None:
    sealer = sealed.sealer()
    before = await sealer.step()
    fresh = await rotate(sealed.scene.pool, sealed.settings)
    after = await sealer.seal_now()
    keys = sealed.folder.keys()
    assert [document["from_number"] for document in keys.documents] == [1, 3]
    assert keys.unvouched() == [before[0].key_id]
    assert {seal.key_id for seal in after} == {fresh.id}
    assert all(seal.is_signed_by(keys) for seal in await everywhere(sealed))
    where = sealed.settings
    said = await store.told(where.bootstrap, where.topic, where.service)
    assert set(store.key_texts(keys)) <= set(said.texts), "published with the seals"


async def test_a_lost_key_stops_sealing_until_it_is_said_to_be_lost(
    sealed: Sealed,
) -> None:
    sealer = sealed.sealer()
    await sealer.step()
    sealed.settings.key.unlink()
    with pytest.raises(KeyRefused, match="lost"):
        await sealer.seal_now()
    with pytest.raises(KeyRefused, match="lost"):
        await rotate(sealed.scene.pool, sealed.settings)
    fresh = await rotate(sealed.scene.pool, sealed.settings, lost=True)
    (made,) = await sealer.seal_now()
    keys = sealed.folder.keys()
    assert made.is_signed_by(keys)
    assert keys.unvouched() == [keys.documents[0]["key_id"], fresh.id]


async def test_a_foreign_key_is_refused(sealed: Sealed) -> None:
    await sealed.sealer().step()
    signing.keep(signing.made(), sealed.settings.key)
    with pytest.raises(KeyRefused, match="is not the last key"):
        await sealed.sealer().seal_now()


async def test_without_the_audit_topic_nothing_is_lost(sealed: Sealed) -> None:
    where = sealed.settings
    with pytest.raises(LookupError, match="no topic nowhere"):
        await store.told(where.bootstrap, "nowhere", where.service, seconds=0.1)
    assert len(await sealed.sealer().step()) == 2
    assert len(await everywhere(sealed)) == 2
