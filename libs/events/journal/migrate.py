"""Migration: numbered SQL files, run once each, in order, under one lock."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import asyncpg
import structlog

from libs.events.journal.words import Deployment

LIBRARY = Path(__file__).resolve().parents[1] / "sql"
SERVICES = Path(__file__).resolve().parents[3] / "services"
LOCK = 7_310_199_001
"""The advisory lock that lets one migration run at a time in a database."""

TABLE = """
CREATE TABLE IF NOT EXISTS public.migration (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
APPLIED = "SELECT name, sha256 FROM public.migration"
NOTE = "INSERT INTO public.migration (name, sha256) VALUES ($1, $2)"
DEPLOY = """
INSERT INTO journal.deployment (service, site, mode, simulated_now)
VALUES ($1, $2, $3, $4) ON CONFLICT (one) DO NOTHING
"""
DEPLOYED = "SELECT service, site, mode FROM journal.deployment"

log = structlog.get_logger()


class MigrationChanged(Exception):
    """A file that was already applied is not the same any more."""


class DeploymentDiffers(Exception):
    """The database belongs to another service or site, or its time is another."""


@dataclass(frozen=True)
class Script:
    """One numbered file."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """Return the sha256 of the file, in hex."""
        return sha256(self.text.encode()).hexdigest()


async def migrate(
    owner_dsn: str, service: str, app_role: str, deployment: Deployment
) -> list[str]:
    """Bring a service's database up to date; return the names of the files applied.

    The role must exist. Raises MigrationChanged, DeploymentDiffers.
    """
    # A connection of its own: a pool's reset would release the lock.
    connection = await asyncpg.connect(owner_dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        applied = await _apply(connection, service, app_role)
        await _deploy(connection, service, deployment)
    finally:
        await connection.close()
    return applied


def scripts(service: str) -> list[Script]:
    """Return the library's files and then the service's, each in order."""
    own = SERVICES / service / "sql"
    return [
        *_in(LIBRARY, "events"),
        *_in(own, service),
    ]


def _in(folder: Path, prefix: str) -> Iterable[Script]:
    for path in sorted(folder.glob("*.sql")):
        yield Script(f"{prefix}/{path.name}", path.read_text("utf-8"))


async def _apply(
    connection: asyncpg.Connection, service: str, app_role: str
) -> list[str]:
    await connection.execute(TABLE)
    before = {row["name"]: row["sha256"] for row in await connection.fetch(APPLIED)}
    applied: list[str] = []
    for script in scripts(service):
        if script.name in before:
            if before[script.name] != script.digest:
                message = f"{script.name} was applied and has been edited since"
                raise MigrationChanged(message)
            continue
        async with connection.transaction():
            await connection.execute(_filled(script.text, service, app_role))
            await connection.execute(NOTE, script.name, script.digest)
        applied.append(script.name)
        log.info("migration_applied", service=service, file=script.name)
    return applied


def _filled(text: str, service: str, app_role: str) -> str:
    # As psql would: an identifier and a literal, both quoted.
    role = app_role.replace('"', '""')
    name = service.replace("'", "''")
    return text.replace(':"app_role"', f'"{role}"').replace(":'service'", f"'{name}'")


async def _deploy(
    connection: asyncpg.Connection, service: str, wanted: Deployment
) -> None:
    await connection.execute(DEPLOY, service, wanted.site, wanted.mode, wanted.start_at)
    found = tuple(await connection.fetchrow(DEPLOYED))
    if found != (service, wanted.site, wanted.mode):
        message = (
            f"This database is {found[0]}'s at site {found[1]} in {found[2]} time:"
            " use another database, or set what it was made with."
        )
        raise DeploymentDiffers(message)
