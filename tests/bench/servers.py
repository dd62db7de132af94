"""The bench's own PostgreSQL and Kafka, and the whole system; gone with the run."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local import kafka, ports, running
from deploy.local.kept import SERVICES
from deploy.local.stack import SERVERS
from tests.bench.place import Place, postmaster
from tests.stack import running_kafka, running_postgres, temporary_folder


@contextmanager
def servers() -> Iterator[Place]:
    """Yield PostgreSQL and Kafka alone, with the settings the product starts them."""
    with temporary_folder() as state, running_postgres(state) as admin:
        database = asyncio.run(postmaster(admin))
        with _broker(state) as (bootstrap, pids):
            yield Place(admin, bootstrap, (database, *pids))


@contextmanager
def _broker(state: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    if "QINGXIN_KAFKA" in os.environ:
        with running_kafka(state) as bootstrap:
            yield bootstrap, ()
        return
    listeners = kafka.Listeners(ports.free_port(), ports.free_port())
    broker = kafka.launch(state, listeners)
    try:
        yield broker.bootstrap, (broker.child.pid,)
    finally:
        broker.child.kill()


@contextmanager
def the_system() -> Iterator[Place]:
    """Yield the whole system, started for this run."""
    with temporary_folder() as state:
        environment = {**os.environ, "QINGXIN_STATE": str(state)}
        command = [sys.executable, "-m", "deploy.local"]
        subprocess.run(  # noqa: S603 -- our own command.
            [*command, "up", "--detach"],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            told = running.settings(state)
            yield Place(
                told.servers.admin,
                told.servers.kafka,
                _processes(state, SERVERS),
                _processes(state, SERVICES),
                {"state": str(state)},
            )
        finally:
            subprocess.run(  # noqa: S603 -- our own command.
                [*command, "down"], check=True, env=environment, stdout=sys.stderr
            )


def _processes(state: Path, names: Sequence[str]) -> tuple[int, ...]:
    parts = running.parts(state)
    return tuple(int(str(parts[name]["pid"])) for name in names if name in parts)
