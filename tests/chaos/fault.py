"""Faults on processes and servers: struck, held, mended by nobody but a supervisor."""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from deploy.local.children import Child
from tests.chaos.brokers import Broker
from tests.chaos.holding import held
from tests.chaos.links import Link, Mood
from tests.chaos.system import STOP_SECONDS, Part, System

Deed = Callable[[], Awaitable[None]]
LEADER = """
SELECT client_port FROM pg_stat_activity a JOIN relay_checkpoint c
ON c.leader_pid = a.pid
"""


class Missed(Exception):
    """There was nobody to strike: another fault was there first."""


class NotHealed(Exception):
    """The system did not come back by itself, or did not do what it was asked."""


@dataclass(frozen=True)
class Fault:
    """What happens to whom, for how long, and how it ends."""

    kind: str
    target: str
    seconds: float
    strike: Deed
    mend: Deed


Maker = Callable[[System, random.Random, float], Fault]
"""Draws one fault of a kind, to be held so many seconds."""


def kill(system: System, dice: random.Random, seconds: float) -> Fault:
    """End a service's process at once; it is started again."""
    part = dice.choice(list(system.parts.values()))
    return _ended("kill", system, part, (signal.SIGKILL, min(seconds, 2.0)))


def term(system: System, dice: random.Random, seconds: float) -> Fault:
    """Ask a service's process to end while clients ask it."""
    part = dice.choice(list(system.parts.values()))
    return _ended("term", system, part, (signal.SIGTERM, min(seconds, 2.0)))


def _ended(
    kind: str, system: System, part: Part, how: tuple[signal.Signals, float]
) -> Fault:
    number, seconds = how
    struck: list[Child] = []

    async def strike() -> None:
        struck.extend(filter(None, [part.child]))
        _heard(part.signal(number), part.name)

    async def mend() -> None:
        ended = [await _ends_by_itself(child, system.grace) for child in struck]
        system.begin(part)
        if not all(ended):
            raise NotHealed(f"{part.name} went on {system.grace} s after {number.name}")

    return Fault(kind, part.name, seconds, strike, mend)


async def _ends_by_itself(child: Child, seconds: float) -> bool:
    """Wait for the end of what was struck: not of what was begun since."""
    until = time.monotonic() + seconds
    while child.is_running() and time.monotonic() < until:
        # Another fault may have paused it.
        child.process.send_signal(signal.SIGCONT)
        await held(0.2)
    if not child.is_running():
        return True
    # Into its log: what it waits for.
    child.process.send_signal(signal.SIGUSR1)
    await held(min(seconds, 1.0))
    await asyncio.to_thread(child.ends_by, time.monotonic())
    return False


def _heard(was_heard: bool, target: str) -> None:  # noqa: FBT001 -- what a signal answers
    if not was_heard:
        raise Missed(f"{target} does not run")


def pause(system: System, dice: random.Random, seconds: float) -> Fault:
    """Stop a service's process in the middle of what it does, and let it go on."""
    return _paused("pause", dice.choice(list(system.parts.values())), seconds)


def _paused(kind: str, part: Part, seconds: float) -> Fault:
    async def strike() -> None:
        _heard(part.signal(signal.SIGSTOP), part.name)

    async def mend() -> None:
        part.signal(signal.SIGCONT)

    return Fault(kind, part.name, seconds, strike, mend)


def zombie(system: System, dice: random.Random, seconds: float) -> Fault:
    """Pause the process whose relay leads, where a twin could take over."""
    service = dice.choice(system.shape.twins or ("routing",))
    chosen: list[Part] = []

    async def strike() -> None:
        part = await leader(system, service) or system.of(service)[0]
        chosen.append(part)
        _heard(part.signal(signal.SIGSTOP), part.name)

    async def mend() -> None:
        for part in chosen:
            part.signal(signal.SIGCONT)

    return Fault("zombie", service, seconds, strike, mend)


async def leader(system: System, service: str) -> Part | None:
    """Return the process whose relay holds the lock, by its link's own port."""
    try:
        connection = await asyncpg.connect(system.settings.owner_dsn(service))
    except (OSError, asyncpg.PostgresError):
        return None
    try:
        port = await connection.fetchval(LEADER)
    finally:
        await connection.close()
    for part in system.of(service):
        if port in part.links[0].ports():
            return part
    return None


def link_fault(mood: Mood) -> Maker:
    """Return a maker of links that are cut, slow or half-open."""

    def make(system: System, dice: random.Random, seconds: float) -> Fault:
        link: Link = dice.choice(system.links)

        async def strike() -> None:
            link.become(mood)

        async def mend() -> None:
            link.become("well")

        return Fault(f"link-{mood}", link.name, seconds, strike, mend)

    return make


def broker_kill(system: System, dice: random.Random, seconds: float) -> Fault:
    """End a broker at once."""
    return _broker("broker-kill", system, dice, (signal.SIGKILL, seconds))


def broker_stop(system: System, dice: random.Random, seconds: float) -> Fault:
    """Ask a broker to end in order."""
    return _broker("broker-stop", system, dice, (signal.SIGTERM, seconds))


def broker_pause(system: System, dice: random.Random, seconds: float) -> Fault:
    """Stop a broker in the middle of what it does."""
    broker = dice.choice(list(system.brokers.all))

    async def strike() -> None:
        _heard(_send(broker.child, signal.SIGSTOP), f"kafka-{broker.number}")

    async def mend() -> None:
        _send(broker.child, signal.SIGCONT)

    return Fault("broker-pause", f"kafka-{broker.number}", seconds, strike, mend)


def _broker(
    kind: str,
    system: System,
    dice: random.Random,
    how: tuple[signal.Signals, float],
) -> Fault:
    broker = dice.choice(list(system.brokers.all))
    number, seconds = how
    struck: list[Child | None] = []

    async def strike() -> None:
        struck.append(broker.child)
        _heard(_send(broker.child, number), f"kafka-{broker.number}")

    async def mend() -> None:
        _send(broker.child, signal.SIGCONT)
        await _ends(struck)
        revived(system, broker)

    return Fault(kind, f"kafka-{broker.number}", min(seconds, 4.0), strike, mend)


def revived(system: System, broker: Broker) -> None:
    """Start a broker again, unless another fault's mending has."""
    if broker.child is None or not broker.child.is_running():
        system.brokers.begin(broker)


async def _ends(struck: list[Child | None]) -> None:
    """Wait for the end of what was struck: not of what was begun since."""
    for child in struck:
        if child is not None:
            until = time.monotonic() + STOP_SECONDS
            await asyncio.to_thread(child.ends_by, until)


def database_restart(system: System, dice: random.Random, seconds: float) -> Fault:
    """Restart PostgreSQL: connections are ended, what was open is rolled back."""
    del dice
    return _database("postgres-restart", system, (signal.SIGINT, min(seconds, 1.0)))


def database_kill(system: System, dice: random.Random, seconds: float) -> Fault:
    """End PostgreSQL at once; its next start recovers."""
    del dice
    return _database("postgres-kill", system, (signal.SIGKILL, min(seconds, 2.0)))


def _database(kind: str, system: System, how: tuple[signal.Signals, float]) -> Fault:
    number, seconds = how
    struck: list[Child | None] = []

    async def strike() -> None:
        server = system.server.child if system.server is not None else None
        struck.append(server)
        _heard(_send(server, number), "postgres")

    async def mend() -> None:
        await _ends(struck)
        system.begin_database()

    return Fault(kind, "postgres", seconds, strike, mend)


def _send(child: Child | None, number: signal.Signals) -> bool:
    if child is None or not child.is_running():
        return False
    child.process.send_signal(number)
    return True
