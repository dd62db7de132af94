"""A real PostgreSQL and a real Kafka for one run of the tests, gone with it.

With `QINGXIN_POSTGRES_DSN` (a superuser's) or `QINGXIN_KAFKA` set, those are used.
"""

import hashlib
import os
import random
import shutil
import string
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local import kafka, ports, postgres

Setup = str | Callable[[str], Awaitable[object]]
MAY_PASS = 0o711


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a folder the database's account may pass through; remove it after."""
    folder = Path(tempfile.mkdtemp(prefix="qingxin-test-"))
    folder.chmod(MAY_PASS)
    (folder / "logs").mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_postgres(state: Path) -> Iterator[str]:
    """Yield a superuser's DSN: of an external server, or of one started in `state`."""
    external = os.environ.get("QINGXIN_POSTGRES_DSN")
    if external:
        yield external
        return
    password = postgres.new_password()
    place = postgres.prepare(state, password)
    server = postgres.launch(place, ports.free_port(), password)
    try:
        yield server.dsn()
    finally:
        server.stop()
        if not place.folder.is_relative_to(state):
            shutil.rmtree(place.folder.parent, ignore_errors=True)


@contextmanager
def running_kafka(state: Path) -> Iterator[str]:
    """Yield a bootstrap address: of an external broker, or of one started here."""
    external = os.environ.get("QINGXIN_KAFKA")
    if external:
        yield external
        return
    listeners = kafka.Listeners(ports.free_port(), ports.free_port())
    broker = kafka.launch(state, listeners)
    try:
        yield broker.bootstrap
    finally:
        broker.child.kill()


def with_database(dsn: str, database: str) -> str:
    """Return the same DSN for another database."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))


class FreshDatabases:
    """Databases for one test, each cloned from a template made once a run.

    `await fresh_database()` is empty; given SQL, or an `async def setup(dsn)`, the
    template is made with it the first time and cloned from then on.
    """

    def __init__(self, admin: str, templates: dict[str, str]) -> None:
        self._admin = admin
        self._templates = templates
        self._made: list[str] = []

    async def __call__(self, setup: Setup = "", key: str = "") -> str:
        """Return a superuser's DSN of a new database.

        `key` tells set-ups apart that are closures of one function.
        """
        name = f"test_{uuid.uuid4().hex}"
        template = await self._template(setup, key)
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self._made.append(name)
        return with_database(self._admin, name)

    async def drop_all(self) -> None:
        """Drop what this test made, whoever is still connected."""
        await drop_databases(self._admin, self._made)

    async def _template(self, setup: Setup, key: str) -> str:
        source = _identity(setup) + key
        if source not in self._templates:
            digest = hashlib.sha256(source.encode()).hexdigest()[:8]
            name = f"template_{digest}_{uuid.uuid4().hex[:8]}"
            await self._execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            await _apply(setup, with_database(self._admin, name))
            self._templates[source] = name
        return self._templates[source]

    async def _execute(self, sql: str) -> None:
        connection = await asyncpg.connect(self._admin)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


def _identity(setup: Setup) -> str:
    if isinstance(setup, str):
        return setup
    return f"{setup.__module__}.{setup.__qualname__}"


async def _apply(setup: Setup, dsn: str) -> None:
    # asyncpg breaks on an empty query.
    if not setup:
        return
    if not isinstance(setup, str):
        await setup(dsn)
        return
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(setup)
    finally:
        await connection.close()


async def drop_databases(admin: str, names: Sequence[str]) -> None:
    """Drop databases, whoever is still connected."""
    connection = await asyncpg.connect(admin)
    try:
        for name in names:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()


def _letters(count: int) -> str:
    # Never digits: eight in a row are taken for a telephone number and withheld.
    return "".join(random.choices(string.ascii_lowercase, k=count))


class FreshTopics:
    """Topics for one test under a prefix of its own, deleted after it."""

    def __init__(self, bootstrap: str) -> None:
        self.prefix = f"{_letters(12)}."
        self._bootstrap = bootstrap
        self._made: list[str] = []

    async def make(self, *names: str, partitions: int = 3) -> list[str]:
        """Create `prefix + name` for each name; return the full names."""
        topics = [self.prefix + name for name in names]
        await self._ask(
            lambda admin: admin.create_topics(
                [NewTopic(topic, partitions, 1) for topic in topics]
            )
        )
        self._made += topics
        return topics

    async def delete_all(self) -> None:
        """Delete what this test made."""
        if self._made:
            await self._ask(lambda admin: admin.delete_topics(self._made))

    async def _ask(
        self, request: Callable[[AIOKafkaAdminClient], Awaitable[object]]
    ) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await admin.start()
        try:
            await request(admin)
        finally:
            await admin.close()
