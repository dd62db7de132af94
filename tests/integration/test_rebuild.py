"""Rebuilding: the same bytes as live, under writes, after a stop, after parking."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import uuid5

import asyncpg
import pytest
from aiokafka import TopicPartition

from libs.events.event import Recorded
from libs.events.stream.envelope import Copy
from libs.events.stream.positions import read
from libs.events.views.build import (
    Progress,
    RebuildCancelled,
    RebuildRunning,
    begin,
    cancel,
)
from libs.events.views.checksum import checksum
from libs.events.views.loading import TopicIncomplete
from libs.events.views.rebuild import Order, rebuild
from libs.events.views.testing import NAMES, recorded, told
from libs.events.views.view import Declared
from tests.stack import FreshDatabases
from tests.views_sample import (
    BOXES,
    COINS,
    Box,
    BoxOpened,
    box,
    campaign,
    evolve,
)
from tests.views_stand import APP, Memory, apply_live, migrated, prepared

BOTH: Sequence[Declared] = (BOXES, COINS)


@pytest.fixture
async def pool(fresh_database: FreshDatabases) -> asyncpg.Pool:
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=8) as made:
        await prepared(made, *BOTH)
        yield made


def story(seed: int, events: int = 700) -> Memory:
    """Return topics that hold a random campaign, some records twice."""
    source = Memory(Random(seed))
    source.say(recorded(*campaign(Random(seed), events, 30)))
    source.say_again("test", 0, 5)
    return source


async def sums(pool: asyncpg.Pool, schema: str = "public") -> list[str]:
    async with pool.acquire() as connection:
        return [await checksum(connection, declared, schema) for declared in BOTH]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_live_pages_a_rebuild_and_as_of_the_head_give_the_same_bytes(
    pool: asyncpg.Pool, seed: int
) -> None:
    source = story(seed)
    await apply_live(pool, source, BOTH)
    live = await sums(pool)
    head = max(copy.recorded.recorded_at for copy in source.all_copies())
    then = await rebuild(pool, source, Order(BOTH, APP, as_of=head))
    assert [entry.compared.rebuilt for entry in then] == live
    again = await rebuild(pool, source, Order(BOTH, APP))
    assert [entry.compared.live for entry in again] == live
    assert [entry.compared.rebuilt for entry in again] == live
    assert await sums(pool) == live


async def test_deleting_every_view_table_and_rebuilding_gives_the_same_bytes(
    pool: asyncpg.Pool,
) -> None:
    source = story(4)
    await apply_live(pool, source, BOTH)
    live = await sums(pool)
    rows = await pool.fetch("SELECT * FROM boxes_history ORDER BY stream, version")
    for table in ("boxes_v1", "boxes_v1_history", "coins_v1"):
        await pool.execute(f"DROP TABLE {table} CASCADE")
    await rebuild(pool, source, Order(BOTH, APP))
    assert await sums(pool) == live
    again = await pool.fetch("SELECT * FROM boxes_history ORDER BY stream, version")
    assert again == rows


async def test_as_of_a_time_is_what_the_rows_were_then(pool: asyncpg.Pool) -> None:
    source = story(5)
    await apply_live(pool, source, BOTH)
    events = sorted(
        (copy.recorded for copy in source.all_copies()), key=lambda e: e.recorded_at
    )
    at = events[len(events) // 3].recorded_at
    entries = await rebuild(pool, source, Order(BOTH, APP, as_of=at))
    query = "SELECT {} FROM {} ORDER BY stream"
    columns = ", ".join(("stream", "version", *BOXES.columns.names))
    now = await pool.fetch(query.format(columns, "boxes_as_known($1)"), at)
    past = await pool.fetch(query.format(columns, f"{entries[0].schema}.boxes"))
    assert [tuple(row) for row in past] == [tuple(row) for row in now]
    assert len(past) > 5


async def test_a_rebuild_under_live_pages_loses_and_doubles_nothing(
    pool: asyncpg.Pool,
) -> None:
    source = story(6, 300)
    await apply_live(pool, source, BOTH)
    events = recorded(*campaign(Random(60), 2000, 30))
    later = [
        replace(
            event,
            id=uuid5(NAMES, str(event.id)),
            version=event.version + 10_000,
            recorded_at=event.recorded_at + timedelta(hours=1),
        )
        for event in events
    ]
    going = True

    async def live() -> None:
        rest = list(later)
        while going or rest:
            page, rest = rest[:40], rest[40:]
            source.say(page)
            await apply_live(pool, source, BOTH)

    writer = asyncio.create_task(live())
    try:
        entries = await rebuild(pool, source, Order(BOTH, APP))
    finally:
        going = False
        await writer
    assert [entry.compared.same for entry in entries] == [True, True]
    after = await sums(pool)
    head = max(copy.recorded.recorded_at for copy in source.all_copies())
    whole = await rebuild(pool, source, Order(BOTH, APP, as_of=head))
    assert [entry.compared.rebuilt for entry in whole] == after


async def test_a_damaged_row_is_named_and_replaced(pool: asyncpg.Pool) -> None:
    source = story(7)
    await apply_live(pool, source, BOTH)
    live = await sums(pool)
    stream = await pool.fetchval("SELECT min(stream) FROM boxes")
    await pool.execute("UPDATE boxes_v1 SET coins = 77 WHERE stream = $1", stream)
    entries = await rebuild(pool, source, Order(BOTH, APP))
    assert not entries[0].compared.same
    assert entries[0].compared.different == (stream,)
    assert entries[1].compared.same
    assert await sums(pool) == live


async def test_a_cancelled_rebuild_goes_on_where_it_stopped(
    pool: asyncpg.Pool,
) -> None:
    source = story(8, 900)
    await apply_live(pool, source, BOTH)
    live = await sums(pool)
    calls: list[Progress] = []

    class Stopping(Memory):
        async def read(
            self, partition: TopicPartition, after: int
        ) -> AsyncIterator[Sequence[Copy]]:
            if partition.partition == 1:
                assert await cancel(pool, "boxes")
            async for page in super().read(partition, after):
                yield page

    stopping = Stopping(Random(8), source.held)
    with pytest.raises(RebuildCancelled):
        await rebuild(pool, stopping, Order(BOTH, APP), calls.append)
    assert await sums(pool) == live
    states = await pool.fetch("SELECT state FROM view_build")
    assert [row["state"] for row in states] == ["cancelled", "cancelled"]
    await rebuild(pool, source, Order(BOTH, APP), calls.append)
    assert await sums(pool) == live
    assert calls[-1].done == calls[-1].total < len(source.all_copies())


async def test_a_fresh_rebuild_reads_everything_again(pool: asyncpg.Pool) -> None:
    source = story(13, 200)
    await apply_live(pool, source, BOTH)
    live, calls = await sums(pool), list[Progress]()
    del source.held["test", 2][3:]
    with pytest.raises(TopicIncomplete):
        await rebuild(pool, source, Order(BOTH, APP))
    whole = story(13, 200)
    await rebuild(pool, whole, Order(BOTH, APP, fresh=True), calls.append)
    assert calls[-1].done == len(whole.all_copies())
    assert await sums(pool) == live
    states = await pool.fetch("SELECT state FROM view_build ORDER BY id")
    assert [row["state"] for row in states] == ["discarded"] * 2 + ["switched"] * 2


async def test_two_rebuilds_of_one_view_never_run_together(
    pool: asyncpg.Pool,
) -> None:
    async with pool.acquire() as other:
        await begin(other, BOXES, None)
        with pytest.raises(RebuildRunning):
            await rebuild(pool, story(9), Order([BOXES], APP))


async def test_a_new_version_is_built_beside_and_switched_with_its_positions(
    pool: asyncpg.Pool,
) -> None:
    source = story(10)
    await apply_live(pool, source, BOTH)

    def richer(row: Box | None, event: Recorded) -> Box | None:
        after = evolve(row, event)
        return None if after is None else replace(after, unit=f"unit {after.unit}"[:9])

    newer = replace(BOXES, version=2, evolve=richer)
    assert await prepared(pool, newer) == [newer]
    await rebuild(pool, source, Order([newer], APP))
    assert await prepared(pool, newer) == []
    async with pool.acquire() as connection:
        assert await connection.fetchval(
            "SELECT bool_and(unit LIKE 'unit%') FROM boxes"
        )
        positions = await read(connection, ["boxes_v1", "boxes_v2"])
    assert positions["boxes_v1"] == positions["boxes_v2"] != {}
    before = await pool.fetchval("SELECT count(*) FROM boxes_history")
    await apply_live(pool, source, [newer])
    assert await pool.fetchval("SELECT count(*) FROM boxes_history") == before


async def test_a_topic_that_lacks_a_record_stops_the_rebuild(
    pool: asyncpg.Pool,
) -> None:
    source = story(11)
    await apply_live(pool, source, BOTH)
    live = await sums(pool)
    del source.held["test", 2][3]
    with pytest.raises(TopicIncomplete, match="no record 3"):
        await rebuild(pool, source, Order(BOTH, APP))
    assert await sums(pool) == live


async def test_what_comes_after_the_switch_is_applied_to_the_new_tables(
    pool: asyncpg.Pool,
) -> None:
    source = story(12, 200)
    effects = await apply_live(pool, source, BOTH)
    await rebuild(pool, source, Order(BOTH, APP))
    source.say(recorded(told("box-new", BoxOpened(box_id=box(99), unit="Z"))))
    # The same consumers with the same prepared statements and remembered positions.
    await effects.apply(
        {
            part.partition: source.held["test", part.partition.partition]
            for part in await source.parts(["test"])
        },
        {"qingxin.test.v1": list(effects.consumers)},
    )
    assert await pool.fetchval("SELECT unit FROM boxes WHERE stream = 'box-new'") == "Z"
