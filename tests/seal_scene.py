"""A scene with seals: a service's journal and topics, its key, folder and sealer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from libs.events.audit import signing
from libs.events.audit.seal_store import Folder
from libs.events.audit.sealer import Sealer, SealSettings
from tests.stack import FreshDatabases, FreshTopics
from tests.stream_scene import SERVICE, Scene, a_scene

UNGUARDED = (
    "ALTER TABLE journal.event DISABLE TRIGGER USER",
    "ALTER TABLE journal.head DISABLE TRIGGER USER",
    "ALTER TABLE journal.seal DISABLE TRIGGER USER",
)


@dataclass(frozen=True)
class Sealed:
    """A service whose log is sealed every `every` events."""

    scene: Scene
    settings: SealSettings

    @property
    def folder(self) -> Folder:
        return Folder(self.settings.folder)

    def sealer(self) -> Sealer:
        """Return a sealer as a process of the service has one."""
        return Sealer(self.scene.pool, self.settings)


@asynccontextmanager
async def a_sealed_scene(
    fresh_database: FreshDatabases, topics: FreshTopics, kafka: str, folder: Path
) -> AsyncIterator[Sealed]:
    """Make a scene with a seal key and an audit topic; seal every eight events."""
    async with a_scene(fresh_database, topics, kafka) as scene:
        await topics.make("qingxin.audit.v1", partitions=1)
        key = folder / "keys" / f"{SERVICE}.pem"
        signing.keep(signing.made(), key)
        settings = SealSettings(
            SERVICE, kafka, scene.topics.audit, key, folder / "seals", every=8
        )
        yield Sealed(scene, settings)


async def as_superuser(dsn: str, sql: str, *values: object) -> None:
    """Do to a journal what nobody may; that nothing was touched is an error."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            for statement in UNGUARDED:
                await connection.execute(statement)
            done = await connection.execute(sql, *values)
    finally:
        await connection.close()
    assert done.rpartition(" ")[2] != "0", done
