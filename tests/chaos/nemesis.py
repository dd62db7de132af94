"""The nemesis: draws faults by seed, strikes one or more at a time, and mends them."""

import asyncio
import random
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg
from aiokafka.errors import KafkaError

from deploy.local.cannot import Cannot
from tests.chaos import fault, fault_records, fault_restore
from tests.chaos.client import Client
from tests.chaos.fault import Fault, Maker, Missed, NotHealed, link_fault
from tests.chaos.history import History, Op
from tests.chaos.holding import held
from tests.chaos.reader import AUDITOR, GOOD
from tests.chaos.system import System
from tests.chaos.unready import unready

KINDS: Mapping[str, Maker] = {
    "kill": fault.kill,
    "term": fault.term,
    "pause": fault.pause,
    "zombie": fault.zombie,
    "link-cut": link_fault("cut"),
    "link-slow": link_fault("slow"),
    "link-mute": link_fault("mute"),
    "broker-kill": fault.broker_kill,
    "broker-stop": fault.broker_stop,
    "broker-pause": fault.broker_pause,
    "postgres-restart": fault.database_restart,
    "postgres-kill": fault.database_kill,
    "rebalance": fault_records.rebalance,
    "twice": fault_records.twice,
    "foreign": fault_records.foreign,
    "clock-step": fault_records.clock,
    "disk-postgres": fault_records.disk("postgres"),
    "disk-kafka": fault_records.disk("kafka"),
    "topic-lost": fault_records.topic_lost,
    "restore": fault_restore.restore,
}
ALONE = frozenset({"restore", "topic-lost"})
"""Struck with no other: their mending asks the servers themselves."""
APART = frozenset({"disk-postgres", "disk-kafka", "broker-kill", "broker-stop"})
"""One of these in a wave: a full disk ends a server that the other's mending asks, and
a broker stopped on a full disk can come back with a coordinator out of sync with its
log, which refuses every join until the broker is started again (Apache Kafka 4).
"""
LONG = frozenset({"pause", "zombie", "broker-pause"})
"""Held as long as was asked; what only has to meet the work is held a fifth of it."""
SHORTER = 5
HEAL_SECONDS = 240.0
OUT_OF_REACH = (
    KafkaError,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    Cannot,
)
NOT_YET = (*OUT_OF_REACH, AssertionError)
"""Also what was waited for in vain."""


@dataclass
class Nemesis:
    """Faults drawn from some kinds; every one is noted with its recovery's time."""

    system: System
    client: Client
    history: History
    dice: random.Random
    kinds: tuple[str, ...]
    seconds: tuple[float, float] = (5.0, 15.0)
    side_by_side: int = 2
    patience: float = HEAL_SECONDS
    done: list[tuple[str, float]] = field(default_factory=list)
    _bag: list[str] = field(default_factory=list)

    async def wave(self, most: int) -> None:
        """Strike some faults together; return once all is well again.

        Raises NotHealed.
        """
        faults = self._together(self._count(most))
        # All of them end before one is told: nothing is struck behind the check's back.
        ends = await asyncio.gather(*map(self._one, faults), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        await self.well()
        now = time.monotonic()
        for each, ended in zip(faults, ends, strict=True):
            if not isinstance(ended, float):
                continue
            self.done.append((each.kind, now - ended))
            seconds = round(now - ended, 2)
            self.history.note(
                "fault", kind=each.kind, target=each.target, recovered=seconds
            )

    def _count(self, most: int) -> int:
        # The last ones together: each wave waits for all to be well again.
        if most <= self.side_by_side:
            return most
        return self.dice.randint(max(1, self.side_by_side // 4), self.side_by_side)

    def _together(self, count: int) -> list[Fault]:
        """Draw faults that may overlap; those that may not wait for a later wave."""
        drawn: list[str] = []
        later: list[str] = []
        while len(drawn) + len(later) < count:
            kind = self._drawn()
            taken = APART & {*drawn} if kind in APART else drawn
            hindered = taken and kind in ALONE | APART
            (later if hindered else drawn).append(kind)
            if drawn[0] in ALONE:
                break
        self._bag += later
        return [self._made(kind) for kind in drawn]

    def _drawn(self) -> str:
        # From a bag, so that a short run meets many kinds.
        if not self._bag:
            self._bag = list(self.kinds)
            self.dice.shuffle(self._bag)
        return self._bag.pop()

    def _made(self, kind: str) -> Fault:
        low, high = self.seconds
        if kind not in LONG:
            low, high = low / SHORTER, high / SHORTER
        return KINDS[kind](self.system, self.dice, self.dice.uniform(low, high))

    async def _one(self, each: Fault) -> float | None:
        """Strike, hold and mend; return when it was mended, None when it missed."""
        said = {"kind": each.kind, "target": each.target}
        self.history.note("strike", **said, seconds=round(each.seconds, 1))
        struck = True
        try:
            await each.strike()
        except (Missed, *OUT_OF_REACH) as error:
            # Another fault was there first.
            self.history.note("missed", **said, error=type(error).__name__)
            struck = False
        await held(each.seconds)
        await self._mended(each)
        self.history.note("mended", **said)
        return time.monotonic() if struck else None

    async def _mended(self, each: Fault) -> None:
        """Mend a fault, again and again while another one stands in the way.

        Raises NotHealed when that takes more than four minutes.
        """
        until = time.monotonic() + self.patience
        while True:
            try:
                await each.mend()
            except NOT_YET as error:
                if time.monotonic() > until:
                    said = f"{each.kind} {each.target} is not mended: {error!r}"
                    raise NotHealed(said) from error
                await held(0.5)
            else:
                return

    async def well(self) -> None:
        """Wait until all is ready and a complaint of now is seen by everyone.

        Raises NotHealed when that takes more than four minutes.
        """
        until = time.monotonic() + self.patience
        while not await self._is_well():
            self._supervised()
            if time.monotonic() > until:
                for part in self.system.parts.values():
                    # Into its log: what it waits for.
                    part.signal(signal.SIGUSR1)
                raise NotHealed("; ".join(await unready(self.system.parts.values())))
            await held(0.1)

    def _supervised(self) -> None:
        """Start again what ended by itself, as every supervisor does."""
        for part in self.system.parts.values():
            if not part.lives:
                # A start without its servers ends: it says so, and is made again.
                self.history.note("restarted", target=part.name)
                self.system.begin(part)
        for broker in self.system.brokers.all:
            # A full disk ends a broker a moment after there is room again.
            if broker.child is None or not broker.child.is_running():
                self.history.note("restarted", target=f"kafka-{broker.number}")
                self.system.brokers.begin(broker)
        self.system.begin_database()

    async def _is_well(self) -> bool:
        if not await self.system.is_ready():
            return False
        op = Op("canary", "li-01", "intake", "/v1/complaints", key=f"canary-{uuid4()}")
        body = {
            "channel": "window",
            "employer": {"name": "虚构探测有限公司"},
            "workers": [{"name": "张试二"}],
        }
        done = await self.client.act(op, body)
        if done.phase != "ok":
            return False
        case = f"/v1/cases/{done.answer['case_id']}"
        until = time.monotonic() + SEEN_SECONDS
        while time.monotonic() < until:
            shown = await self.client.get(AUDITOR, "reporting", case)
            known = await self.client.get("li-01", "enforcement", case)
            if all(a is not None and a.status_code == GOOD for a in (shown, known)):
                return True
            await held(0.1)
        return False


SEEN_SECONDS = 30.0
