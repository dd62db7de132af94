"""What the peers' scripts share: a meter of their own, and databases that go."""

# mypy: disable-error-code="import-not-found,misc,untyped-decorator"

import gc
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg


def collect_seldom() -> None:
    """Look for cycles as seldom as every other contender's process does."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class Meter:
    """Takes time and CPU between `with` and its end: our own, and the servers'."""

    def __init__(self, servers: list[int]) -> None:
        self._servers = servers
        self.seconds = 0.0
        self.figures: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._before = (_cpu(), _servers_cpu(self._servers))
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._began
        cpu, servers = _cpu(), _servers_cpu(self._servers)
        self.figures = {
            "cpu": cpu - self._before[0],
            "servers_cpu": servers - self._before[1] if self._servers else None,
            "memory": _peak(),
        }


@contextmanager
def database(admin: str) -> Iterator[dict[str, str]]:
    """Yield where a database of its own is, by name, host, port, user, password."""
    parts, name = urlsplit(admin), f"peer_{uuid4().hex}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        yield {
            "dbname": name,
            "host": str(parts.hostname),
            "port": str(parts.port),
            "user": str(parts.username),
            "password": str(parts.password),
        }
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _peak() -> float:
    status = Path("/proc/self/status").read_text()
    [line] = [one for one in status.splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _servers_cpu(roots: list[int]) -> float:
    spent, parents = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # one that has just ended
            words = (path / "stat").read_text().rpartition(")")[2].split()
            own = sum(map(int, words[11:13])) / 100
            if words[17] == "1":
                # In nanoseconds, of the only thread: ticks lose what is short.
                own = int((path / "schedstat").read_text().split()[0]) / 1e9
            parents[int(path.name)] = int(words[1])
            spent[int(path.name)] = own + sum(map(int, words[13:15])) / 100

    def is_below(pid: int) -> bool:
        while pid in parents:
            if pid in roots:
                return True
            pid = parents[pid]
        return False

    return sum(seconds for pid, seconds in spent.items() if is_below(pid))
