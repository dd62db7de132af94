"""A service's replicas side by side, and clients behind a door that knows them all."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from deploy.local import ports
from deploy.local.children import Child, Program, start
from deploy.local.places import REPOSITORY
from deploy.local.stack import is_ready
from tests.end_to_end.complaint import EMPLOYER, WORKERS
from tests.end_to_end.whole import END_SECONDS, START_SECONDS, Whole
from tests.eventually import eventually

BUSY = 503


@dataclass
class Replica:
    """One more process of a service."""

    child: Child
    address: str


@asynccontextmanager
async def replica(whole: Whole, service: str, *module: str) -> AsyncIterator[Replica]:
    """Run a second process of a service, by another module if one is given."""
    port = ports.free_port()
    told = whole.settings.of_service(service) | {"QINGXIN_PORT": str(port)}
    words = [sys.executable, "-m", *(module or (f"services.{service}",)), "serve"]
    log = whole.state / "logs" / f"{service}-replica.log"
    program = Program(f"a replica of {service}", words, log, told, folder=REPOSITORY)
    made = Replica(start(program), f"http://{ports.LOOPBACK}:{port}")
    try:
        await eventually(
            lambda: asyncio.to_thread(is_ready, made.address), START_SECONDS
        )
        yield made
    finally:
        await asyncio.to_thread(made.child.stop, END_SECONDS)


@dataclass
class Clients:
    """Clients that complain one after another, each at whichever replica is there.

    A balancer does no more: who cannot be reached, or says 503, is asked later; the
    same key makes it the same act.
    """

    whole: Whole
    addresses: Sequence[str]
    receipts: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    retries: Counter[str] = field(default_factory=Counter)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def at_work(self, number: int) -> AsyncIterator["Clients"]:
        """Let so many complain until the end of the block."""
        async with httpx.AsyncClient(timeout=60) as client:
            tasks = [asyncio.create_task(self._complain(client)) for _ in range(number)]
            try:
                yield self
            finally:
                self.ending.set()
                await asyncio.gather(*tasks)

    async def further(self, more: int) -> None:
        """Wait until so many more complaints were answered."""
        wanted = len(self.receipts) + more

        async def answered() -> bool:
            return len(self.receipts) + len(self.failed) >= wanted

        await eventually(answered, START_SECONDS)

    async def _complain(self, client: httpx.AsyncClient) -> None:
        while not self.ending.is_set():
            body = {
                "channel": "window",
                "channel_number": f"R-{uuid4().hex[:12]}",
                "employer": EMPLOYER,
                "workers": list(WORKERS),
            }
            headers = {
                "Authorization": f"Bearer {self.whole.token('li-01')}",
                "Idempotency-Key": str(uuid4()),
            }

            async def tried() -> httpx.Response | None:
                return await self._anywhere(client, body, headers)  # noqa: B023 -- awaited at once.

            answer = await eventually(tried, START_SECONDS)
            assert answer is not None
            if answer.is_error:
                self.failed.append(answer.text)
            else:
                self.receipts.append(answer.json()["receipt"])

    async def _anywhere(
        self, client: httpx.AsyncClient, body: object, headers: dict[str, str]
    ) -> httpx.Response | None:
        for address in self.addresses:
            try:
                answer = await client.post(
                    f"{address}/v1/complaints", json=body, headers=headers
                )
            except httpx.TransportError as error:
                self.retries[type(error).__name__] += 1
                continue
            if answer.status_code != BUSY:
                return answer
            self.retries["503"] += 1
        return None
