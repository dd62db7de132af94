"""Commands over HTTP, beside FastAPI that inserts the same body without events."""

import asyncio
import subprocess
import sys

import asyncpg

from deploy.local import ports
from tests.bench.complaints import BODY, CREATED, Ledger, settings
from tests.bench.http import Http
from tests.bench.loops import Closed
from tests.bench.measure import Meter, Sample, until
from tests.bench.place import Place
from tests.stack import FreshDatabases

CLIENTS = 32
PATIENCE = 120.0
TABLE = """
CREATE TABLE complaint (id uuid PRIMARY KEY DEFAULT uuidv7(), body jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp())"""


async def ours(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure complaints at the door, the whole system at work behind it."""
    del databases
    async with Ledger(settings(place)) as ledger:
        meter = Meter(place.servers, place.services)
        spent = await Closed(CLIENTS, 1.0, 4.0).run(ledger.register, meter)
        seen = (ledger.seen(claim) for claim in ledger.claims)
        await asyncio.wait_for(asyncio.gather(*seen), PATIENCE)
        await ledger.check(ledger.claims)
    held = "each stands in the ledger once"
    return [meter.sample("ours", str(CLIENTS), len(spent), spent, held=held)]


async def bare(place: Place, databases: FreshDatabases) -> list[Sample]:
    """Measure the same bodies at a door that only inserts them."""
    dsn = await databases(TABLE)
    port = ports.free_port()
    command = [sys.executable, "-m", "tests.bench.inserting", dsn, str(port)]
    with subprocess.Popen(command) as process:  # noqa: ASYNC220, S603 -- ours.
        try:
            await _answers(port)
            http = Http(f"http://{ports.LOOPBACK}:{port}")

            async def act() -> None:
                status, _ = await http.post("/complaints", BODY)
                assert status == CREATED

            loop, meter = Closed(CLIENTS, 1.0, 4.0), Meter(place.servers, [process.pid])
            spent = await loop.run(act, meter)
            http.close()
        finally:
            process.terminate()
    connection = await asyncpg.connect(dsn)
    count = await connection.fetchval("SELECT count(*) FROM complaint")
    await connection.close()
    assert count == loop.acts
    who = "FastAPI and INSERT"
    return [meter.sample(who, str(CLIENTS), len(spent), spent, held="count")]


async def _answers(port: int) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(30):
        while not ports.answers(port):
            await until(loop.time() + 0.05)
