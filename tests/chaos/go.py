"""One go: a fresh system, a workload, faults, quiescence, and the checker's word."""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from deploy.local.kept import SERVICES
from libs.events.stream.topics import Topics
from tests.chaos.checker import Broken, checked
from tests.chaos.client import ASK_SECONDS, Client
from tests.chaos.facts import collected
from tests.chaos.fault import NotHealed
from tests.chaos.history import History
from tests.chaos.holding import held
from tests.chaos.nemesis import KINDS, Nemesis
from tests.chaos.reader import Reader
from tests.chaos.system import Shape, System, designed, small_disks
from tests.chaos.workload import Workload

REST_SECONDS = 120.0
Say = Callable[[str], None]
BEHIND = """
SELECT count(*) FROM position p JOIN unnest($1::text[], $2::int[], $3::bigint[])
    AS e(topic, partition, idx) USING (topic, partition)
WHERE p.idx < e.idx AND p.consumer NOT LIKE '%@%'
"""
RELAYED = "SELECT COALESCE(max(seq), 0) FROM relay_checkpoint"
ENDS = "SELECT topic, partition, idx FROM relay_partition"


@dataclass(frozen=True)
class Wanted:
    """How many faults, of which kinds and length, by which seed, with which bug."""

    faults: int
    seed: int
    kinds: tuple[str, ...] = tuple(KINDS)
    seconds: tuple[float, float] = (5.0, 15.0)
    side_by_side: int = 6
    clients: int = 4
    shape: Shape = field(default_factory=Shape)
    stop_at_first: bool = False


@dataclass
class Went:
    """What came of a go."""

    faults: list[tuple[str, float]]
    acts: dict[str, int]
    broken: list[Broken]
    seconds: float


def hush() -> None:
    """Let aiokafka be silent here: our own clients meet every fault, too."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


async def go(state: Path, wanted: Wanted, history: History, say: Say) -> Went:
    """Start a system, strike it, let it come to rest, and check it."""
    began = time.monotonic()
    with small_disks(state, wanted.shape) as disks:
        kinds = tuple(k for k in wanted.kinds if disks or not k.startswith("disk-"))
        system = designed(state, wanted.shape)
        try:
            await system.start()
            say(f"started in {time.monotonic() - began:.0f} s, seed {wanted.seed}")
            nemesis, broken = await _struck(system, wanted, history, (kinds, say))
        finally:
            await system.stop()
    acts = Counter(f"{op.phase}" for op in history.ops)
    for one in broken:
        history.note("broken", kind=one.kind, where=one.where)
    return Went(nemesis.done, dict(acts), broken, time.monotonic() - began)


async def _struck(
    system: System,
    wanted: Wanted,
    history: History,
    told: tuple[tuple[str, ...], Say],
) -> tuple[Nemesis, list[Broken]]:
    kinds, say = told
    dice = random.Random(wanted.seed)
    async with httpx.AsyncClient(timeout=ASK_SECONDS) as http:
        client = Client(system, history, random.Random(wanted.seed + 1), http)
        nemesis = Nemesis(
            system, client, history, dice, kinds, wanted.seconds, wanted.side_by_side
        )
        workload, reader = Workload(client), Reader(client)
        acting = asyncio.create_task(workload.run(wanted.clients))
        reading = asyncio.create_task(reader.run(workload.stopping))
        broken: list[Broken] = []
        try:
            while len(nemesis.done) < wanted.faults:
                await nemesis.wave(wanted.faults - len(nemesis.done))
                say(f"{len(nemesis.done)} faults, {len(history.ops)} acts")
        except NotHealed as reason:
            broken.append(Broken("stuck", str(reason)))
        workload.stopping.set()
        await asyncio.gather(acting, reading)
        broken += await _rested(system, reader)
        await reader.all_again()
        broken += [Broken("changed", f"as of {at}") for at in reader.changed]
        broken += checked(await collected(system), history.ops)
    return nemesis, broken


async def _rested(system: System, reader: Reader) -> list[Broken]:
    """Wait until nothing is under way and the watermark has passed every fact."""
    until = time.monotonic() + REST_SECONDS
    last: list[int] = []
    while time.monotonic() < until:
        heads = await _heads(system)
        if heads is not None and heads == last and await _is_complete(system, reader):
            return []
        last = heads or []
        await held(0.3)
    return [Broken("stale", f"not at rest after {REST_SECONDS:.0f} s")]


async def _heads(system: System) -> list[int] | None:
    """Return every journal's head; None while something is under way."""
    heads, ends = [], []
    for service in SERVICES:
        connection = await asyncpg.connect(system.settings.owner_dsn(service))
        try:
            head = await connection.fetchval("SELECT seq FROM journal.head")
            if await connection.fetchval(RELAYED) != head:
                return None
            heads.append(head)
            topic = Topics("").events(service)
            ends += [r for r in await connection.fetch(ENDS) if r["topic"] == topic]
        finally:
            await connection.close()
    columns = [[row[n] for row in ends] for n in range(3)]
    for service in SERVICES:
        connection = await asyncpg.connect(system.settings.owner_dsn(service))
        try:
            if await connection.fetchval(BEHIND, *columns):
                return None
        finally:
            await connection.close()
    return heads


async def _is_complete(system: System, reader: Reader) -> bool:
    complete = await reader.complete()
    if complete is None:
        return False
    for service in SERVICES:
        connection = await asyncpg.connect(system.settings.owner_dsn(service))
        try:
            last = await connection.fetchval(
                "SELECT max(recorded_at) FROM journal.event"
            )
        finally:
            await connection.close()
        if last is not None and last > complete:
            return False
    return True
