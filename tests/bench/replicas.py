"""Complaints until they stand in the ledger, with one, two and three of routing."""

import asyncio
import os
import subprocess
import sys
from contextlib import ExitStack

from deploy.local import ports
from deploy.local.stack import is_ready
from tests.bench.complaints import Ledger, settings
from tests.bench.measure import Meter, Sample, until
from tests.bench.place import Place
from tests.stack import FreshDatabases

REPLICAS = ("1", "2", "3")
CLIENTS, WARM_UP, COMPLAINTS = 16, 32, 160
PATIENCE = 120.0
START_SECONDS = 60


async def ours(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure each number of routing's processes, one more at a time."""
    del databases
    samples = []
    with ExitStack() as stack:
        services = list(place.services)
        for number in REPLICAS:
            if number != REPLICAS[0]:
                services.append(await _one_more(place, stack))
            samples.append(await _measured(place, number, services))
    return samples


async def _one_more(place: Place, stack: ExitStack) -> int:
    port = ports.free_port()
    command = [sys.executable, "-m", "deploy.cli", "replica", "routing"]
    process = subprocess.Popen(  # noqa: ASYNC220, S603 -- ours.
        [*command, "--port", str(port)],
        env={**os.environ, "QINGXIN_STATE": place.ready["state"]},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(process.wait)
    stack.callback(process.terminate)
    loop, address = asyncio.get_running_loop(), f"http://{ports.LOOPBACK}:{port}"
    async with asyncio.timeout(START_SECONDS):
        while not await asyncio.to_thread(is_ready, address):
            await until(loop.time() + 0.1)
    return process.pid


async def _measured(place: Place, number: str, services: list[int]) -> Sample:
    async with Ledger(settings(place)) as ledger:
        # The first ones meet the group while it shares its partitions out anew.
        await _seen(ledger, WARM_UP)
        meter = Meter(place.servers, services)
        with meter:
            await asyncio.wait_for(_seen(ledger, COMPLAINTS), PATIENCE)
        await ledger.check(ledger.claims)
    held = "each stands in the ledger once"
    return meter.sample("routing", number, COMPLAINTS, held=held)


async def _seen(ledger: Ledger, complaints: int) -> None:
    """Have so many complaints made by a few clients, each until it is in the ledger."""
    left = iter(range(complaints))

    async def client() -> None:
        for _ in left:
            await ledger.registered_and_seen()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
