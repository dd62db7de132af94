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
from tests.chaos.broken import Broken
from tests.chaos.checker import checked
from tests.chaos.client import ASK_SECONDS, Client
from tests.chaos.facts import collected
from tests.chaos.fault import NotHealed
from tests.chaos.history import History
from tests.chaos.holding import held
from tests.chaos.nemesis import KINDS, NOT_YET, Nemesis
from tests.chaos.reader import Reader
from tests.chaos.system import Shape, System, designed, small_disks
from tests.chaos.workload import Workload

REST_SECONDS = 120.0
GAVE_UP = (*NOT_YET, NotHealed, httpx.HTTPError)
Say = Callable[[str], None]
BEHIND = """
SELECT count(*) FROM position p JOIN unnest($1::text[], $2::int[], $3::bigint[])
    AS e(topic, partition, idx) USING (topic, partition)
WHERE p.idx < e.idx AND p.consumer NOT LIKE '%@%'
"""
WAITING = "SELECT count(*) FROM imports.job WHERE state IN ('waiting', 'running')"
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


@dataclass
class Went:
    """What came of a go."""

    faults: list[tuple[str, float]]
    acts: dict[str, int]
    repeats: dict[str, int]
    broken: list[Broken]
    seconds: float


def hush() -> None:
    """Let aiokafka be silent here: our own clients meet every fault, too."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


async def go(state: Path, wanted: Wanted, history: History, say: Say) -> Went:
    """Start a system, strike it, let it come to rest, and check it.

    One that does not start, come back or let itself be read has broken a promise.
    """
    began = time.monotonic()
    with small_disks(state, wanted.shape) as disks:
        kinds = tuple(k for k in wanted.kinds if disks or not k.startswith("disk-"))
        going = _Going(designed(state, wanted.shape), wanted, history, (kinds, say))
        try:
            await going.whole()
        except GAVE_UP as error:
            going.broken.append(Broken("stuck", f"the go cannot go on: {error!r}"))
        finally:
            await going.system.stop()
    acts = Counter(f"{op.phase}" for op in history.ops)
    for one in going.broken:
        history.note("broken", kind=one.kind, where=one.where)
    seconds = time.monotonic() - began
    return Went(going.done, dict(acts), dict(history.repeats), going.broken, seconds)


@dataclass
class _Going:
    """A go as far as it has come: its faults that were mended, and what is broken."""

    system: System
    wanted: Wanted
    history: History
    told: tuple[tuple[str, ...], Say]
    done: list[tuple[str, float]] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    async def whole(self) -> None:
        """Start, strike, rest and check; raises one of GAVE_UP."""
        began, (_, say) = time.monotonic(), self.told
        await self.system.start()
        seconds = time.monotonic() - began
        say(f"started in {seconds:.0f} s, seed {self.wanted.seed}")
        async with httpx.AsyncClient(timeout=ASK_SECONDS) as http:
            dice = random.Random(self.wanted.seed + 1)
            client = Client(self.system, self.history, dice, http)
            reader = Reader(client)
            await self._struck(client, reader)
            self.broken += await _rested(self.system, reader)
            await reader.all_again()
            self.broken += reader.broken()
            facts = await collected(self.system)
            facts.told = await reader.told()
            self.history.note("read", held=len(reader.said), told=facts.told)
            self.broken += checked(facts, self.history.ops)

    async def _struck(self, client: Client, reader: Reader) -> None:
        """Let clients act and faults strike, until there were enough."""
        (kinds, say), wanted = self.told, self.wanted
        nemesis = Nemesis(
            self.system,
            client,
            self.history,
            random.Random(wanted.seed),
            kinds,
            wanted.seconds,
            wanted.side_by_side,
            done=self.done,
        )
        workload = Workload(client)
        acting = asyncio.create_task(workload.run(wanted.clients))
        reading = asyncio.create_task(reader.run(workload.stopping))
        try:
            while len(self.done) < wanted.faults:
                await nemesis.wave(wanted.faults - len(self.done))
                say(f"{len(self.done)} faults, {len(self.history.ops)} acts")
        except NotHealed as reason:
            self.broken.append(Broken("stuck", str(reason)))
        finally:
            workload.stopping.set()
            await asyncio.gather(acting, reading)


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
            if service == "intake" and await connection.fetchval(WAITING):
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
