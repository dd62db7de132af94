"""Backup: four databases at one common cut, the files, and where the topics end.

Each database is dumped from a snapshot of its own. The four snapshots are taken at the
same moment and held against each other: no reader may know an event that the journal
which wrote it has not got, else they are taken again. So a backup is whole by itself,
even without Kafka, and nothing stands still while it is made.
"""

import asyncio
import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import TopicPartition

from deploy.local import databases, kept, postgres
from deploy.local.cannot import Cannot, last_line
from deploy.local.databases import Role
from deploy.local.kept import SERVICES
from deploy.local.settings import Settings
from libs.events.stream.reading import reading
from libs.events.stream.topics import PARTITIONS, Topics

MANIFEST = "manifest.json"
OBJECTS = "objects"
TRIES = 100
SEEN = "SELECT seq, encode(chain, 'hex') AS chain, recorded_at FROM journal.head"
KNOWN = "SELECT topic, max(seq) AS seq FROM public.position GROUP BY topic"
EXPORT = "SELECT pg_export_snapshot()"


@dataclass(frozen=True)
class Snapshot:
    """One database as it was: its head, and what its readers know of the others."""

    name: str
    head: int
    chain: str
    recorded_at: datetime
    known: Mapping[str, int]


@dataclass(frozen=True)
class Taken:
    """A finished backup: its folder, and what the manifest says."""

    folder: Path
    manifest: Mapping[str, Any]


async def take(settings: Settings, folder: Path) -> Taken:
    """Back up into a new folder; raises Cannot when there is something in it.

    The manifest is written last: a folder without one is no backup.
    """
    await asyncio.to_thread(_open_folder, folder)
    async with AsyncExitStack() as stack:
        snapshots = await _common_cut(settings, stack)
        for service, snapshot in snapshots.items():
            await asyncio.to_thread(_dump, settings, service, snapshot, folder)
    await asyncio.to_thread(_copy_objects, settings, folder)
    manifest = {
        "made_at": datetime.now(UTC).isoformat(),
        "site": settings.deployment.site,
        "mode": settings.deployment.mode,
        "prefix": settings.prefix,
        "services": {
            name: _entry(folder, name, one) for name, one in snapshots.items()
        },
        "topics": await _topic_ends(settings),
    }
    kept.write_private(folder / MANIFEST, manifest)
    return Taken(folder, manifest)


def _open_folder(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Cannot(f"{folder} is not empty: give a folder of its own.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def read(folder: Path) -> Mapping[str, Any]:
    """Return a backup's manifest; raises Cannot for a torn or altered backup."""
    file = folder / MANIFEST
    if not file.exists():
        raise Cannot(f"{folder} is no backup: it has no {MANIFEST}.")
    manifest: Mapping[str, Any] = json.loads(file.read_text())
    for name, entry in manifest["services"].items():
        dump = folder / str(entry["file"])
        if not dump.exists() or _digest(dump) != entry["sha256"]:
            raise Cannot(f"{dump} is not what was backed up of {name}.")
    return manifest


async def _common_cut(
    settings: Settings, stack: AsyncExitStack
) -> Mapping[str, Snapshot]:
    opened = [await _opened(settings, service, stack) for service in SERVICES]
    for _ in range(TRIES):
        for connection in opened:
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = await asyncio.gather(*map(_snapshot, opened))
        snapshots = dict(zip(SERVICES, found, strict=True))
        if holds_together(snapshots, Topics(settings.prefix)):
            return snapshots
        for connection in opened:
            await connection.execute("ROLLBACK")
    raise Cannot(f"No common moment of all databases in {TRIES} tries: try again.")


async def _opened(
    settings: Settings, service: str, stack: AsyncExitStack
) -> asyncpg.Connection:
    connection = await asyncpg.connect(admin_dsn(settings, service))
    stack.push_async_callback(connection.close)
    return connection


async def _snapshot(connection: asyncpg.Connection) -> Snapshot:
    head = await connection.fetchrow(SEEN)
    known = {row["topic"]: row["seq"] or 0 for row in await connection.fetch(KNOWN)}
    name = await connection.fetchval(EXPORT)
    return Snapshot(name, head["seq"], head["chain"], head["recorded_at"], known)


def holds_together(snapshots: Mapping[str, Snapshot], topics: Topics) -> bool:
    """Say whether no reader knows more of a journal than that journal itself."""
    heads = {topics.events(name): one.head for name, one in snapshots.items()}
    return all(
        seq <= heads.get(topic, seq)
        for one in snapshots.values()
        for topic, seq in one.known.items()
    )


def admin_dsn(settings: Settings, service: str, database: str = "") -> str:
    """Return the administrator's DSN for a service's database."""
    name = database or settings.database(service).name
    return databases.named(settings.servers.admin, name)


def _dump(settings: Settings, service: str, snapshot: Snapshot, folder: Path) -> None:
    dsn = admin_dsn(settings, service)
    said = (f"--snapshot={snapshot.name}", f"--file={folder / f'{service}.dump'}")
    call("pg_dump", "--format=custom", *said, f"--dbname={dsn}")


def call(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; raises Cannot with its last line."""
    done = subprocess.run(  # noqa: S603 -- our own binary.
        [str(postgres.program(program)), *arguments],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Cannot(f"{program} failed: {last_line(done.stderr)}")


def _copy_objects(settings: Settings, folder: Path) -> None:
    # A file is never changed and comes before its event: a later copy lacks none.
    source = settings.state / OBJECTS
    if source.exists():
        shutil.copytree(source, folder / OBJECTS)


def _entry(folder: Path, service: str, snapshot: Snapshot) -> dict[str, object]:
    file = folder / f"{service}.dump"
    return {
        "file": file.name,
        "bytes": file.stat().st_size,
        "sha256": _digest(file),
        "head": snapshot.head,
        "chain": snapshot.chain,
        "recorded_at": snapshot.recorded_at.isoformat(),
    }


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


async def _topic_ends(settings: Settings) -> dict[str, Sequence[int]]:
    """Return the end offset of each partition: what a restore finds again, or more."""
    topics = Topics(settings.prefix)
    names = [topics.events(service) for service in SERVICES]
    async with reading(settings.servers.kafka) as consumer:
        places = [TopicPartition(n, p) for n in names for p in range(PARTITIONS)]
        ends = await consumer.end_offsets(places)
    return {
        name: [ends[TopicPartition(name, p)] for p in range(PARTITIONS)]
        for name in names
    }


def role_dsn(settings: Settings, database: str, role: Role) -> str:
    """Return a role's DSN for a database of another name."""
    return databases.dsn_for(settings.servers.admin, database, role)
