"""Restore: databases from a backup, beside the present ones, then swapped in.

What was recorded after the backup comes back from the topics: a service's relay takes
missing rows in again before its journal opens, and intake erases again whoever was
erased, before its door opens. The database that was there is kept under another name.
"""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.local import backup, running
from deploy.local.alone import only_one
from deploy.local.backup import admin_dsn, call, role_dsn
from deploy.local.cannot import Cannot
from deploy.local.children import POLL_SECONDS, Program, start, why_ended
from deploy.local.kept import SERVICES
from deploy.local.places import REPOSITORY
from deploy.local.plan import Plan
from deploy.local.progress import Say
from deploy.local.settings import Settings
from deploy.local.stack import Stack, is_ready
from deploy.local.status import ENDED

READY_SECONDS = 180
END_SECONDS = 60
MIGRATION_SECONDS = 300
EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"""


@dataclass(frozen=True)
class Restored:
    """One service's database: restored up to this number; the old one's new name."""

    service: str
    head: int
    kept_as: str | None


def restore(
    plan: Plan, folder: Path, services: Sequence[str], say: Say
) -> list[Restored]:
    """Restore services from a backup, whether the system runs or not.

    Running, the other services go on. Raises Cannot; before the swap nothing changed.
    """
    manifest = backup.read(folder)
    if running.is_up(plan.state):
        settings = running.settings(plan.state)
        _check(settings, manifest)
        done = _swapped_in(settings, folder, services, manifest, say)
        _await_ready(settings, services)
        return done
    with only_one(plan.state):
        stack = Stack(plan, say)
        try:
            settings = stack.start_database()
            _check(settings, manifest)
            return _swapped_in(settings, folder, services, manifest, say)
        finally:
            stack.stop()


def _check(settings: Settings, manifest: Mapping[str, object]) -> None:
    ours = {
        "site": settings.deployment.site,
        "mode": settings.deployment.mode,
        "prefix": settings.prefix,
    }
    for name, value in ours.items():
        if manifest[name] != value:
            message = f"This backup is of {name} {manifest[name]}, here it is {value}."
            raise Cannot(message)


def _swapped_in(
    settings: Settings,
    folder: Path,
    services: Sequence[str],
    manifest: Mapping[str, Mapping[str, Mapping[str, object]]],
    say: Say,
) -> list[Restored]:
    for service in services:
        asyncio.run(_make_beside(settings, service))
        _fill(settings, service, folder)
        say(f"{service} is restored beside the present database")
    _copy_objects(settings, folder)
    old = {service: asyncio.run(_close(settings, service)) for service in services}
    _end_processes(settings, services)
    done = []
    for service in services:
        asyncio.run(_swap(settings, service, old[service]))
        head = int(str(manifest["services"][service]["head"]))
        done.append(Restored(service, head, old[service]))
    return done


def _beside(settings: Settings, service: str) -> str:
    return f"{settings.database(service).name}_restoring"


async def _make_beside(settings: Settings, service: str) -> None:
    database, name = settings.database(service), _beside(settings, service)
    admin = await asyncpg.connect(settings.servers.admin)
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await admin.execute(
            f'CREATE DATABASE "{name}" OWNER "{database.owner.name}"'
            " TEMPLATE template0 ENCODING 'UTF8'"
        )
        await admin.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
        for role in (database.owner, database.app):
            grant = f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO "{role.name}"'
            await admin.execute(grant)
    finally:
        await admin.close()


def _fill(settings: Settings, service: str, folder: Path) -> None:
    """Load the dump, and bring an older release's tables up to date."""
    name, database = _beside(settings, service), settings.database(service)
    dsn = admin_dsn(settings, service, name)
    dump = str(folder / f"{service}.dump")
    call("pg_restore", "--exit-on-error", f"--dbname={dsn}", dump)
    program = Program(
        f"the migration of {service}",
        [sys.executable, "-m", f"services.{service}", "migrate"],
        settings.state / "logs" / f"{service}-migrate.log",
        {
            **settings.of_service(service),
            "QINGXIN_DATABASE": role_dsn(settings, name, database.app),
            "QINGXIN_OWNER_DATABASE": role_dsn(settings, name, database.owner),
        },
        folder=REPOSITORY,
    )
    migration = start(program)
    if migration.process.wait(MIGRATION_SECONDS):
        raise Cannot(why_ended(migration))


def _copy_objects(settings: Settings, folder: Path) -> None:
    source = folder / backup.OBJECTS
    if source.exists():
        target = settings.state / backup.OBJECTS
        shutil.copytree(source, target, dirs_exist_ok=True)


async def _close(settings: Settings, service: str) -> str | None:
    """Let nobody into the present database any more; return the name it will have."""
    name = settings.database(service).name
    admin = await asyncpg.connect(settings.servers.admin)
    try:
        if not await admin.fetchval(EXISTS, name):
            return None
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    finally:
        await admin.close()
    return f"{name}_before_{time.strftime('%Y%m%d%H%M%S')}"


def _end_processes(settings: Settings, services: Sequence[str]) -> None:
    """Have services drain and end; the supervisor starts them again by itself."""
    parts = running.parts(settings.state)
    pids = [int(str(parts[name]["pid"])) for name in services if name in parts]
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    while not all(map(_has_ended, pids)):
        if time.monotonic() > deadline:
            raise Cannot(f"Processes {pids} do not end: see their logs.")
        time.sleep(POLL_SECONDS)


def _has_ended(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == ENDED


async def _swap(settings: Settings, service: str, old: str | None) -> None:
    name, beside = settings.database(service).name, _beside(settings, service)
    admin = await asyncpg.connect(settings.servers.admin)
    try:
        if old is not None:
            await _rename(admin, name, old)
        await admin.execute(f'ALTER DATABASE "{beside}" RENAME TO "{name}"')
    finally:
        await admin.close()


async def _rename(admin: asyncpg.Connection, name: str, new: str) -> None:
    deadline = time.monotonic() + END_SECONDS
    while True:
        await admin.execute(CONNECTIONS, name)
        try:
            await admin.execute(f'ALTER DATABASE "{name}" RENAME TO "{new}"')
        except asyncpg.ObjectInUseError:
            # A backend that was told to end needs a moment.
            if time.monotonic() > deadline:
                raise Cannot(f"{name} is in use: end what is connected.") from None
            await asyncio.sleep(POLL_SECONDS)
        else:
            return


def _await_ready(settings: Settings, services: Sequence[str]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    for service in services:
        while not is_ready(settings.address(service)):
            if time.monotonic() > deadline:
                log = settings.state / "logs" / f"{service}.log"
                raise Cannot(f"{service} is not ready after {READY_SECONDS} s: {log}")
            time.sleep(POLL_SECONDS * 5)


ALL = tuple(SERVICES)
