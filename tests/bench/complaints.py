"""Complaints over HTTP, and the ledger in which each must come to stand."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID, uuid4

import asyncpg
import orjson

from deploy.local import running
from deploy.local.settings import Settings
from tests.bench.http import Http
from tests.bench.measure import until
from tests.bench.place import Place

CREATED = 201
LOOK = 0.005
STANDS = "SELECT claim_id FROM claim WHERE claim_id = ANY($1)"
# No trace: what is measured is the way, not its picture.
UNTRACED = "00-{0:032x}-{0:016x}-00"
BODY = orjson.dumps(
    {
        "channel": "web",
        "mode": "named",
        "employer": {"name": "测试建筑有限公司"},
        "workers": [{"name": "张三", "claimed": {"minor": 1_234_500}}],
    }
)


class Refused(Exception):
    """The door did not take a complaint."""


def settings(place: Place) -> Settings:
    """Return the running system's settings."""
    return running.settings(Path(place.ready["state"]))


class Ledger:
    """Registers complaints, and looks until they are in the ledger."""

    def __init__(self, told: Settings) -> None:
        self._http = Http(told.address("intake"))
        self._dsn = told.owner_dsn("reporting")
        self._waiting: dict[UUID, asyncio.Event] = {}
        self._task: asyncio.Task[None] | None = None
        self.claims: list[UUID] = []

    async def __aenter__(self) -> Self:
        self._pool = await asyncpg.create_pool(self._dsn, min_size=1, max_size=2)
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self,
        _: type[BaseException] | None,
        __: BaseException | None,
        ___: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._pool.close()
        self._http.close()

    async def register(self) -> UUID:
        """Register a complaint; raises Refused."""
        headers = {
            "Idempotency-Key": str(uuid4()),
            "traceparent": UNTRACED.format(uuid4().int % 2**60 + 1),
        }
        status, answer = await self._http.post("/v1/complaints", BODY, headers)
        if status != CREATED:
            raise Refused(f"{status}: {answer[:200]!r}")
        claim = UUID(orjson.loads(answer)["claims"][0]["claim_id"])
        self.claims.append(claim)
        return claim

    async def registered_and_seen(self) -> None:
        """Register a complaint and wait until its claim stands in the ledger."""
        await self.seen(await self.register())

    async def seen(self, claim: UUID) -> None:
        """Wait until a claim stands in the ledger."""
        came = self._waiting[claim] = asyncio.Event()
        await came.wait()

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await until(loop.time() + LOOK)
            if not self._waiting:
                continue
            rows = await self._pool.fetch(STANDS, list(self._waiting))
            for row in rows:
                self._waiting.pop(UUID(str(row["claim_id"]))).set()

    async def check(self, claims: Sequence[UUID]) -> None:
        """Hold that each claim stands in the ledger once."""
        rows = await self._pool.fetch(STANDS, claims)
        assert len(rows) == len({row["claim_id"] for row in rows}) == len(claims)
