"""Views in a real database: pages, history, as known at a time, rights."""

from dataclasses import dataclass, replace
from random import Random

import asyncpg
import pytest

from libs.events.event import Recorded
from libs.events.views.checksum import checksum
from libs.events.views.fold import Version, fold_page
from libs.events.views.history import as_known, row_as_known, rows, timeline
from libs.events.views.making import Drifted
from libs.events.views.runner import runner
from libs.events.views.testing import recorded, told
from libs.events.views.view import Declared
from tests.stack import FreshDatabases
from tests.views_sample import (
    BOXES,
    COINS,
    Box,
    BoxBurnt,
    BoxMoved,
    BoxOpened,
    CoinsAdded,
    box,
    campaign,
    yuan,
)
from tests.views_stand import APP, migrated, prepared

OPENED = BoxOpened(box_id=box(1), unit="A")


async def applied(pool: asyncpg.Pool, events: list[Recorded], random: Random) -> None:
    """Apply events in random pages, with stretches that come twice."""
    start = 0
    while start < len(events):
        end = start + random.randint(1, 50)
        back = random.randint(max(0, start - 30), start)
        async with pool.acquire() as connection, connection.transaction():
            for declared in (BOXES, COINS):
                await runner(declared).apply(connection, events[back:end])
        start = end


@pytest.fixture
async def pool(fresh_database: FreshDatabases) -> asyncpg.Pool:
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=6) as made:
        await prepared(made, BOXES, COINS)
        yield made


async def test_rows_in_the_tables_are_what_the_pure_fold_says(
    pool: asyncpg.Pool,
) -> None:
    events = recorded(*campaign(Random(3), 600, 25))
    await applied(pool, events, Random(4))
    whole = fold_page(BOXES, {}, events)
    found = await pool.fetch("SELECT * FROM boxes ORDER BY stream")
    there = {s: v.row for s, v in sorted(whole.latest.items()) if v.row is not None}
    assert dict(zip([r["stream"] for r in found], rows(BOXES, found), strict=True)) == (
        there
    )
    assert await pool.fetchval("SELECT count(*) FROM boxes_v1_history") == len(
        whole.closed
    )


async def test_rows_as_known_at_any_time_are_the_fold_of_what_was_recorded_by_then(
    pool: asyncpg.Pool,
) -> None:
    events = recorded(*campaign(Random(5), 300, 12))
    await applied(pool, events, Random(6))
    for event in events[::29]:
        at = event.recorded_at
        then = fold_page(BOXES, {}, [e for e in events if e.recorded_at <= at]).latest
        expected = {s: v.row for s, v in then.items() if v.row is not None}
        query = "SELECT * FROM {} ORDER BY stream".format
        found = await pool.fetch(query(as_known(BOXES, 1)), at)
        assert [r["stream"] for r in found] == sorted(expected)
        assert rows(BOXES, found) == [expected[s] for s in sorted(expected)]
        lines = "SELECT count(*) FROM coins_as_known($1)"
        so_far = [e for e in events if e.recorded_at <= at and e.type in COINS.types]
        assert await pool.fetchval(lines, at) == sum(
            len(COINS.facts(e)) for e in so_far
        )


async def test_a_timeline_has_every_version_the_last_one_open(
    pool: asyncpg.Pool,
) -> None:
    story = told("box-1", OPENED, BoxMoved(unit="B"), BoxBurnt(), OPENED)
    events = recorded(story)
    await applied(pool, events, Random(1))
    times = [event.recorded_at for event in events]
    async with pool.acquire() as connection:
        found = await timeline(connection, BOXES, "box-1")
        assert await row_as_known(connection, BOXES, "box-1", times[2]) is None
        moved = await row_as_known(connection, BOXES, "box-1", times[1])
    first = BOXES.evolve(None, events[0])
    assert first is not None
    assert moved == replace(first, unit="B", mood="moved")
    assert found == [
        Version("box-1", 1, times[0], times[1], first),
        Version("box-1", 2, times[1], times[2], moved),
        Version("box-1", 3, times[2], times[3], None),
        Version("box-1", 4, times[3], None, first),
    ]


async def test_no_split_into_pages_changes_a_byte_of_rows_or_history(
    pool: asyncpg.Pool, fresh_database: FreshDatabases
) -> None:
    events = recorded(*campaign(Random(8), 500, 20))
    await applied(pool, events, Random(1))
    async with asyncpg.create_pool(
        await fresh_database(migrated), min_size=1, max_size=2
    ) as second:
        await prepared(second, BOXES, COINS)
        await applied(second, events, Random(99))
        damage: dict[str, Declared] = {
            "UPDATE boxes_v1 SET coins = 99": BOXES,
            "UPDATE coins_v1 SET line = line + 99": COINS,
        }
        for damaged, declared in damage.items():
            async with pool.acquire() as one, second.acquire() as two:
                ours = await checksum(one, declared)
                assert ours == await checksum(two, declared)
                await two.execute(damaged)
                assert ours != await checksum(two, declared)


async def test_the_checksum_is_the_same_in_every_session(pool: asyncpg.Pool) -> None:
    await applied(pool, recorded(*campaign(Random(8), 200, 9)), Random(1))
    async with pool.acquire() as connection:
        before = await checksum(connection, BOXES)
        await connection.execute("SET TimeZone = 'Asia/Shanghai'")
        await connection.execute("SET DateStyle = 'German'")
        assert await checksum(connection, BOXES) == before


async def test_the_service_may_fill_and_read_but_not_delete(
    pool: asyncpg.Pool,
) -> None:
    events = recorded(told("box-1", OPENED, CoinsAdded(amount=yuan(3))))
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(f"SET LOCAL ROLE {APP}")
        await runner(BOXES).apply(connection, events)
        await runner(COINS).apply(connection, events)
        assert await connection.fetchval("SELECT count(*) FROM boxes_history") == 2
        assert await connection.fetchval("SELECT count(*) FROM coins") == 1
    for refused in (
        "DELETE FROM boxes_v1",
        "DELETE FROM coins_v1",
        "UPDATE coins_v1 SET line = 9",
        "UPDATE boxes_v1_history SET unit = 'X'",
        "TRUNCATE boxes_v1_history",
    ):
        async with pool.acquire() as connection:
            await connection.execute(f"SET ROLE {APP}")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(refused)


async def test_changed_columns_under_the_same_version_are_refused(
    pool: asyncpg.Pool,
) -> None:
    @dataclass(frozen=True)
    class Wider(Box):
        lid: str = ""

    with pytest.raises(Drifted, match="raise the version"):
        await prepared(pool, replace(BOXES, row=Wider))


async def test_making_twice_changes_nothing_and_a_newer_version_waits_beside(
    pool: asyncpg.Pool,
) -> None:
    assert await prepared(pool, BOXES, COINS) == []
    newer = replace(BOXES, version=2)
    assert await prepared(pool, newer) == [newer]
    events = recorded(told("box-1", OPENED))
    async with pool.acquire() as connection, connection.transaction():
        await runner(newer).apply(connection, events)
        assert await connection.fetchval("SELECT count(*) FROM boxes_v2") == 1
        assert await connection.fetchval("SELECT count(*) FROM boxes") == 0


async def test_a_page_as_known_uses_the_indexes_of_history(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off")
        plan = await connection.fetch(
            "EXPLAIN SELECT * FROM boxes_as_known('2023-11-11') WHERE unit = 'A'"
        )
    text = "\n".join(line[0] for line in plan)
    # Put into the query around it, not called as a function.
    assert "boxes_v1_history_by_unit" in text
    assert "Function Scan" not in text
