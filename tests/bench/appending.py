"""Append at 32 clients, against the same group commit without leaf and chain."""

import asyncio
import time

from tests.bench.ratio import REPEATS, Ratio, rates
from tests.journal_scene import Scene, a_commit, a_stream, journal_scene
from tests.stack import FreshDatabases

CLIENTS = 32
WARM_UP = 160
COMMITS = 1600

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


async def append_ratio(databases: FreshDatabases) -> Ratio:
    """Measure both by turns; each repeat has a journal of its own."""
    chained, bare = [], []
    for _ in range(REPEATS):
        chained.append(await _measured(databases, with_chain=True))
        bare.append(await _measured(databases, with_chain=False))
    name = f"append, {CLIENTS} clients ÷ group commit without chain"
    held = "count, no gap in numbers and versions, the chain recomputed"
    return rates(name, chained, bare, held)


async def _measured(databases: FreshDatabases, *, with_chain: bool) -> float:
    async with journal_scene(databases) as scene:
        if not with_chain:
            await scene.execute(WITHOUT_CHAIN)
        await _appended(scene, WARM_UP)
        began = time.perf_counter()
        await _appended(scene, COMMITS)
        rate = COMMITS / (time.perf_counter() - began)
        await _check(scene, with_chain=with_chain)
        return rate


async def _appended(scene: Scene, commits: int) -> None:
    async def client() -> None:
        for _ in range(commits // CLIENTS):
            await scene.writer.submit(a_commit({a_stream(): 0}))

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


async def _check(scene: Scene, *, with_chain: bool) -> None:
    if with_chain:
        assert await scene.prove() == WARM_UP + COMMITS
        return
    seq = 0
    while page := await scene.journal.read_stored(seq):
        seq = page[-1].seq
    assert seq == WARM_UP + COMMITS
