"""Rebuild: views and registers read anew from the topics' first record, blue/green."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import asyncpg

from libs.events.views.build import (
    Build,
    Meter,
    RebuildCancelled,
    Say,
    begin,
    discard,
    forget_progress,
    set_state,
)
from libs.events.views.checksum import checksum
from libs.events.views.crew import Crew
from libs.events.views.live import make_readers
from libs.events.views.loading import Dropped, jobs, load
from libs.events.views.making import analyze, grant, index_all
from libs.events.views.source import Source
from libs.events.views.switch import Compared, Switch
from libs.events.views.view import Declared

USE = "GRANT USAGE ON SCHEMA {schema} TO {role}"


@dataclass(frozen=True)
class Order:
    """What to rebuild: up to now and live at the end, or as of a time and aside.

    `fresh` throws away what an earlier, stopped rebuild has done: after a mended fold.
    As of a time the tables stay in a schema of their own; with it first in the
    `search_path`, every page's query reads the past. With a crew, what is long is
    loaded by several processes.
    """

    declared: Sequence[Declared]
    app_role: str
    as_of: datetime | None = None
    fresh: bool = False
    dropped: Dropped = field(default_factory=dict)
    crew: Crew | None = None


@dataclass(frozen=True)
class Rebuilt:
    """What was rebuilt, in which schema it stands, and how it compared."""

    name: str
    version: int
    schema: str
    compared: Compared


async def rebuild(
    pool: asyncpg.Pool, source: Source, order: Order, say: Say = lambda _: None
) -> list[Rebuilt]:
    """Rebuild in one reading of the topics; the pool is the owner's, of 6 or more.

    It goes on where an earlier one of the same versions and time stopped. Raises
    RebuildRunning, RebuildCancelled, TopicIncomplete, LoaderLost.
    """
    async with pool.acquire() as keeper:
        builds = [await _begun(keeper, each, order) for each in order.declared]
        try:
            return await _rebuilt(source, order, Meter(pool, builds, say))
        except RebuildCancelled:
            for build in builds:
                await set_state(pool, build, "cancelled")
            raise


async def compare(
    pool: asyncpg.Pool, source: Source, order: Order, say: Say = lambda _: None
) -> list[Rebuilt]:
    """Rebuild aside, compare with what is live, and throw the rebuilt one away.

    Whoever changed a row of a live table is found out; nothing is switched. Raises as
    `rebuild` does.
    """
    fresh = replace(order, fresh=True)
    async with pool.acquire() as keeper:
        builds = [await _begun(keeper, each, fresh) for each in order.declared]
        try:
            await _loaded(source, order, Meter(pool, builds, say))
            done = []
            for build in builds:
                switch = Switch(pool, source, build, order.app_role, order.dropped)
                done.append(_entry(build, await switch.compared(), build.schema))
            return done
        finally:
            for build in builds:
                await discard(keeper, build)


async def _begun(keeper: asyncpg.Connection, declared: Declared, order: Order) -> Build:
    build = await begin(keeper, declared, order.as_of)
    if not order.fresh:
        return build
    await discard(keeper, build)
    return await begin(keeper, declared, order.as_of)


async def _loaded(source: Source, order: Order, meter: Meter) -> None:
    lacked = await jobs(meter.pool, source, meter.builds, order.dropped)
    total = sum(job.part.records for job in lacked)
    await meter.begin(total)
    if lacked and order.crew is not None and total >= order.crew.few:
        await order.crew.load(source, lacked, meter)
    else:
        for job in lacked:
            await load(source, job, meter)
    await meter.tell()


async def _rebuilt(source: Source, order: Order, meter: Meter) -> list[Rebuilt]:
    await _loaded(source, order, meter)
    pool = meter.pool
    done: list[Rebuilt] = []
    for build in meter.builds:
        async with pool.acquire() as connection:
            await index_all(connection, build.declared, build.schema)
            await analyze(connection, build.declared, build.schema)
        if order.as_of is None:
            switch = Switch(pool, source, build, order.app_role, order.dropped)
            done.append(_entry(build, await switch.run(), "public"))
        else:
            compared = Compared(await _aside(pool, build, order.app_role))
            done.append(_entry(build, compared, build.schema))
    return done


async def _aside(pool: asyncpg.Pool, build: Build, app_role: str) -> str:
    """Let the past be read in its schema; return its checksum."""
    async with pool.acquire() as connection, connection.transaction():
        await grant(connection, build.declared, build.schema, app_role)
        await make_readers(connection, build.declared, build.schema, app_role)
        names = {"schema": build.schema, "role": f'"{app_role}"'}
        await connection.execute(USE.format_map(names))
        await forget_progress(connection, build.consumer)
        total = await checksum(connection, build.declared, build.schema)
        await set_state(connection, build, "built", total)
        return total


def _entry(build: Build, compared: Compared, schema: str) -> Rebuilt:
    return Rebuilt(build.declared.name, build.declared.version, schema, compared)
