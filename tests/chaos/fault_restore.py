"""One service's database restored from an older copy while its topic went on."""

import random

import asyncpg

from deploy.local.databases import Database, provision
from tests.chaos.fault import Fault
from tests.chaos.fault_records import parts_ended, set_clock
from tests.chaos.system import System
from tests.eventually import eventually

RESTORED = ("routing", "enforcement")
"""Services whose databases keep nothing that their topics do not."""
RELAYED = """
SELECT (SELECT seq FROM journal.head) = (SELECT max(seq) FROM relay_checkpoint)
"""
ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"


def restore(system: System, dice: random.Random, seconds: float) -> Fault:
    """Copy a database, let time pass, and put the copy in its place."""
    service = dice.choice(RESTORED)
    name = system.settings.database(service).name
    copy = f"{name}_older"

    async def strike() -> None:
        await parts_ended(system, service)
        await _copied(system, name, copy)
        _begin(system, service)

    async def mend() -> None:
        await _all_relayed(system, service)
        await _copied(system, copy, name)
        await set_clock(system, service, system.clock_offset)
        _begin(system, service)

    return Fault("restore", service, seconds, strike, mend)


def _begin(system: System, service: str) -> None:
    for part in system.of(service):
        system.begin(part)


async def _copied(system: System, source: str, target: str) -> None:
    connection = await asyncpg.connect(system.settings.servers.admin)
    try:
        for name in (source, target):
            await connection.fetch(ALONE, name)
        await connection.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    finally:
        await connection.close()
    # Its rights: the copy is the administrator's until then.
    databases_of = [system.settings.database(service) for service in RESTORED]
    owned = [found for found in databases_of if found.name == target]
    for found in owned:
        await _given(system, found)


async def _given(system: System, found: Database) -> None:
    connection = await asyncpg.connect(system.settings.servers.admin)
    try:
        await connection.execute(
            f'ALTER DATABASE "{found.name}" OWNER TO "{found.owner.name}"'
        )
    finally:
        await connection.close()
    await provision(system.settings.servers.admin, [found])


async def _all_relayed(system: System, service: str) -> None:
    """End the service once its topic has all it acknowledged.

    What only the lost database had is lost with it: that is its promise, not ours.
    """

    async def is_all_there() -> bool:
        await parts_ended(system, service)
        if await _relayed(system, service):
            return True
        _begin(system, service)
        await eventually(lambda: _relayed(system, service), 60)
        return False

    await eventually(is_all_there, 240)


async def _relayed(system: System, service: str) -> bool:
    dsn = system.settings.owner_dsn(service)
    connection = await asyncpg.connect(dsn)
    try:
        return bool(await connection.fetchval(RELAYED))
    finally:
        await connection.close()
