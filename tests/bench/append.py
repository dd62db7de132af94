"""Append: one event a command with its expected version, by 1 to 256 clients."""

import asyncpg

from libs.events.journal.words import Appended, Commit
from tests.bench import message_db
from tests.bench.loops import Closed
from tests.bench.measure import Meter, Sample
from tests.bench.payments import a_payment, payload
from tests.bench.place import Place
from tests.journal_scene import Scene, a_stamp, a_stream, journal_scene
from tests.stack import FreshDatabases

CLIENTS = (1, 8, 32, 128, 256)

# The same rows by the same statements, their two hashes made of nothing.
WITHOUT_CHAIN = """
CREATE OR REPLACE FUNCTION journal.linked(_rows journal.event[], _chain bytea)
RETURNS journal.event[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    _row journal.event;
BEGIN
    FOR _n IN 1 .. coalesce(cardinality(_rows), 0) LOOP
        _row := _rows[_n];
        _row.leaf := _chain;
        _row.chain := _chain;
        _rows[_n] := _row;
    END LOOP;
    RETURN _rows;
END $$
"""
BARE = """
CREATE TABLE event (
    seq bigserial PRIMARY KEY, stream text NOT NULL, version int NOT NULL,
    type text NOT NULL, data text NOT NULL, UNIQUE (stream, version))
"""
INSERT = "INSERT INTO event (stream, version, type, data) VALUES ($1, 1, $2, $3)"


async def ours(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure the journal's own append."""
    return await _journal(place, databases, "ours", "")


async def without_chain(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure the same group commit without leaf and chain."""
    who = "group commit without chain"
    return await _journal(place, databases, who, WITHOUT_CHAIN)


async def bigserial(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure a bare INSERT, its number by bigserial: what tailing readers lose."""
    samples = []
    for clients in CLIENTS:
        dsn = await databases(BARE)
        async with asyncpg.create_pool(dsn, min_size=clients, max_size=clients) as pool:

            async def act(pool: asyncpg.Pool = pool) -> None:
                await pool.execute(INSERT, a_stream(), "WagesPaid", payload())

            loop, meter = Closed(clients), Meter(place.servers)
            spent = await loop.run(act, meter)
            count = await pool.fetchval("SELECT count(*) FROM event")
            assert count == loop.acts
        held = "count"
        samples.append(
            meter.sample("bare bigserial", str(clients), len(spent), spent, held=held)
        )
    return samples


async def peer(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure message-db's `write_message`: one category, then eight."""
    return [
        sample
        for categories in (1, 8)
        for sample in await message_db.append(place, databases, CLIENTS, categories)
    ]


async def _journal(
    place: Place, databases: FreshDatabases, who: str, change: str
) -> list[Sample]:
    samples = []
    for clients in CLIENTS:
        async with journal_scene(databases) as scene:
            if change:
                await scene.execute(change)

            async def act(scene: Scene = scene) -> None:
                stream = a_stream()
                events = [a_payment(stream)]
                commit = Commit(a_stamp(), {stream: 0}, events)
                assert isinstance(await scene.writer.submit(commit), Appended)

            loop, meter = Closed(clients), Meter(place.servers)
            spent = await loop.run(act, meter)
            await check(scene, loop.acts, chained=not change)
        held = "count, numbers and versions without a gap"
        held += "" if change else ", the chain recomputed"
        samples.append(meter.sample(who, str(clients), len(spent), spent, held=held))
    return samples


async def check(scene: Scene, events: int, *, chained: bool) -> None:
    """Hold that so many are there, without a gap, and the chain right."""
    if chained:
        assert await scene.prove() == events
        return
    seq = 0
    while page := await scene.journal.read_stored(seq):
        seq = page[-1].seq
    assert seq == events
