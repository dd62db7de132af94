"""Rebuilding beside parked and dropped events: retried, parked again, left out."""

from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from libs.events.event import Recorded
from libs.events.stream import parked
from libs.events.views.rebuild import Order, rebuild
from libs.events.views.runner import runner
from libs.events.views.testing import recorded, told
from libs.events.views.view import View
from tests.stack import FreshDatabases
from tests.views_sample import (
    BOXES,
    Box,
    BoxMoved,
    BoxOpened,
    CoinsAdded,
    box,
    evolve,
    yuan,
)
from tests.views_stand import APP, Memory, apply_live, migrated, prepared


@pytest.fixture
async def pool(fresh_database: FreshDatabases) -> asyncpg.Pool:
    dsn = await fresh_database(migrated)
    async with asyncpg.create_pool(dsn, min_size=1, max_size=8) as made:
        await prepared(made, BOXES)
        yield made


def choking(on: set[str]) -> View[Box]:
    """Return the boxes' view that fails on these units."""

    def fold(row: Box | None, event: Recorded) -> Box | None:
        after = evolve(row, event)
        if after is not None and after.unit in on:
            raise ZeroDivisionError
        return after

    return replace(BOXES, evolve=fold)


def two_boxes() -> list[Recorded]:
    good = BoxOpened(box_id=box(2), unit="A")
    bad = BoxOpened(box_id=box(1), unit="A"), BoxMoved(unit="BAD"), BoxMoved(unit="C")
    return recorded(
        told("box-1", *bad),
        told("box-2", good, CoinsAdded(amount=yuan(1)), CoinsAdded(amount=yuan(2))),
    )


async def test_a_rebuild_retries_what_was_parked(pool: asyncpg.Pool) -> None:
    source = Memory()
    source.say(two_boxes())
    await apply_live(pool, source, [choking({"BAD"})])
    assert [p.reason for p in await parked.listed(pool)] == ["failed", "behind"]
    entry = (await rebuild(pool, source, Order([BOXES], APP)))[0]
    assert entry.compared.same
    assert entry.compared.parked == ("box-1",)
    assert await parked.listed(pool) == []
    row = await pool.fetchrow("SELECT unit, version FROM boxes WHERE stream = 'box-1'")
    assert tuple(row) == ("C", 3)


async def test_a_rebuild_parks_what_it_cannot_fold_and_its_later_ones(
    pool: asyncpg.Pool,
) -> None:
    source = Memory()
    source.say(two_boxes())
    await apply_live(pool, source, [BOXES])
    entry = (await rebuild(pool, source, Order([choking({"BAD"})], APP)))[0]
    assert entry.compared.same
    assert entry.compared.parked == ("box-1",)
    waiting = await parked.listed(pool, "boxes_v1")
    assert [(p.stream, p.reason) for p in waiting] == [
        ("box-1", "failed"),
        ("box-1", "behind"),
    ]
    assert await pool.fetchval("SELECT version FROM boxes WHERE stream = 'box-2'") == 3


async def test_a_rebuild_leaves_dropped_events_out(pool: asyncpg.Pool) -> None:
    source = Memory()
    source.say(events := two_boxes())
    choked = choking({"BAD"})
    await apply_live(pool, source, [choked])
    async with pool.acquire() as connection, connection.transaction():
        await parked.drop(connection, "boxes_v1", events[1].id)
        await runner(choked).apply(connection, events[2:3])
        await parked.remove(connection, "boxes_v1", events[2].id)
    dropped: dict[str, frozenset[UUID]] = {"boxes": frozenset({events[1].id})}
    entry = (await rebuild(pool, source, Order([choked], APP, dropped=dropped)))[0]
    assert entry.compared.same
    assert entry.compared.parked == ()
    assert await pool.fetchval("SELECT unit FROM boxes WHERE stream = 'box-1'") == "C"
