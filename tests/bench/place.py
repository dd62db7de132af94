"""Where a measurement runs: its servers, and what was made ready for it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import asyncpg

KEPT = Path(".local/bench")


@dataclass(frozen=True)
class Place:
    """A PostgreSQL, a Kafka, their processes, and what a part has prepared.

    `services` are the processes of the product's services, where they run.
    """

    admin: str
    kafka: str
    servers: tuple[int, ...] = ()
    services: tuple[int, ...] = ()
    ready: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return it as one line, for a process of a contender."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        told = json.loads(text)
        lists = {name: tuple(told[name]) for name in ("servers", "services")}
        return cls(**{**told, **lists})


async def postmaster(admin: str) -> int:
    """Return the process of a PostgreSQL server on this machine."""
    connection = await asyncpg.connect(admin)
    try:
        pid = await connection.fetchval("SELECT pg_backend_pid()")
        return _parent(pid)
    finally:
        await connection.close()


def _parent(pid: int) -> int:
    status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(status[1])
