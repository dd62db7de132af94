"""Consoling: the console as a browser asks it, and what an answer cost whom."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from services.reporting.console.session import COOKIE, begin
from tests.bench.measure import cpu_of_trees
from tests.end_to_end.whole import Whole

CONNECTIONS = 600
PARTS = ("intake", "routing", "enforcement", "reporting", "postgres")
PEAK, RESET = "VmHWM:", "5"


async def signed_in(whole: Whole, pool: asyncpg.Pool, who: str) -> dict[str, str]:
    """Return the cookie of an officer who has signed in."""
    key = door_key(whole)
    session = await begin(pool, key, whole.token(who))
    return {"Cookie": f"{COOKIE}={session.secret}"}


def key_of(whole: Whole, service: str, name: str) -> bytes:
    """Return one of the keys that a service was told."""
    return b64decode(whole.settings.of_service(service)[name])


def door_key(whole: Whole) -> bytes:
    """Return the key under which reporting seals sessions and cursors."""
    return key_of(whole, "reporting", "QINGXIN_DOOR_KEY")


def browsers(whole: Whole, service: str = "reporting") -> httpx.AsyncClient:
    """Open many connections to a service."""
    limits = httpx.Limits(
        max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS
    )
    address = whole.settings.address(service)
    return httpx.AsyncClient(base_url=address, limits=limits, timeout=900)


@dataclass
class Spent:
    """CPU seconds by part of the system, of user and kernel."""

    by_part: dict[str, float] = field(default_factory=dict)

    def each(self, times: int, *parts: str) -> str:
        """Return milliseconds a time of these parts, for a person."""
        told = [
            f"{name} {1000 * self.by_part.get(name, 0) / times:6.1f}" for name in parts
        ]
        return "  ".join(told)


@contextmanager
def counting(whole: Whole) -> Iterator[Spent]:
    """Count the CPU that the system's parts use meanwhile."""
    spent = Spent()
    before = {name: cpu_of_trees([whole.pid(name)]) for name in PARTS}
    yield spent
    for name in PARTS:
        spent.by_part[name] = cpu_of_trees([whole.pid(name)]) - before[name]


def forget_peak(pid: int) -> int:
    """Begin to measure a process's peak anew; return what it holds now, in bytes."""
    Path(f"/proc/{pid}/clear_refs").write_text(RESET)
    return peak(pid)


def peak(pid: int) -> int:
    """Return the most that a process held in memory, in bytes."""
    text = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in text.splitlines() if line.startswith(PEAK))
    return int(line.split()[1]) * 1024
