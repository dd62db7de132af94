"""What one measurement says, and the loops that make one: closed, and open."""

import asyncio
import os
import resource
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any, Self

Act = Callable[[], Awaitable[object]]
LOOK_SECONDS = 0.25
TICKS = 100
"""Clock ticks a second in the kernel's account of a process (Linux: always 100)."""


@dataclass(frozen=True)
class Sample:
    """One contender at one setting, once.

    `rate` is a second; `p50`, `p95`, `p99` are milliseconds; `cpu` is CPU seconds of
    the measured process and those it starts, `servers_cpu` of PostgreSQL and Kafka,
    both of the measured stretch alone; `memory` is the processes' peaks in MiB, added
    up. `held` says what was checked.
    """

    who: str
    at: str
    rate: float
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    cpu: float = 0.0
    servers_cpu: float = 0.0
    memory: float = 0.0
    held: str = ""
    more: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self)


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return p50, p95 and p99 in milliseconds; nothing of fewer than two."""
    if len(seconds) < 2:
        return {}
    found = quantiles(seconds, n=100, method="inclusive")
    return {f"p{at}": found[at - 1] * 1000 for at in (50, 95, 99)}


def cpu_of_trees(roots: Sequence[int]) -> float:
    """Return the CPU seconds of processes and all that ever were below them."""
    stats = _stats()
    parents = {pid: parent for pid, parent, _ in stats}
    return sum(ticks for pid, _, ticks in stats if _is_below(pid, parents, roots)) / (
        TICKS
    )


def started_by(root: int) -> set[int]:
    """Return the ids of the processes below one."""
    parents = {pid: parent for pid, parent, _ in _stats()}
    return {pid for pid in parents if pid != root and _is_below(pid, parents, [root])}


def _stats() -> list[tuple[int, int, int]]:
    return [stat for path in Path("/proc").glob("[0-9]*") if (stat := _stat(path))]


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        words = (path / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    # user, system, and the same of children that have ended and were waited for
    return int(path.name), int(words[1]), sum(map(int, words[11:15]))


def _is_below(pid: int, parents: dict[int, int], roots: Sequence[int]) -> bool:
    while pid in parents:
        if pid in roots:
            return True
        pid = parents[pid]
    return False


class Workers:
    """Looks after the memory of processes that are started while it runs."""

    def __init__(self) -> None:
        self._before = started_by(os.getpid())
        self._peaks: dict[int, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Look no more; return their peaks, added up, in MiB."""
        self._ended.set()
        self._thread.join()
        return sum(self._peaks.values())

    def _look(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            for pid in started_by(os.getpid()) - self._before:
                peak = peak_memory(Path(f"/proc/{pid}"))
                self._peaks[pid] = peak or self._peaks.get(pid, 0.0)


class Meter:
    """Takes time, CPU and memory between `with` and its end."""

    def __init__(self, servers: Sequence[int]) -> None:
        self._servers = servers
        self.seconds = self.cpu = self.servers_cpu = self.began = self.workers = 0.0

    def __enter__(self) -> Self:
        self._workers = Workers()
        self._before = (own_cpu(), cpu_of_trees(self._servers))
        self.began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self.began
        self.cpu = own_cpu() - self._before[0]
        self.servers_cpu = cpu_of_trees(self._servers) - self._before[1]
        self.workers = self._workers.stop()

    def sample(
        self, who: str, at: str, count: int, seconds: Sequence[float] = (), **more: Any
    ) -> Sample:
        """Return what was measured: so many things done, each in so many seconds."""
        times: dict[str, Any] = percentiles(seconds)
        return Sample(
            who,
            at,
            count / self.seconds,
            **times,
            cpu=self.cpu,
            servers_cpu=self.servers_cpu,
            memory=peak_memory() + self.workers,
            **more,
        )


def own_cpu() -> float:
    """Return this process's CPU seconds, with those of children that have ended."""
    own, ended = map(
        resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def peak_memory(process: Path = Path("/proc/self")) -> float:
    """Return a process's peak resident memory in MiB; 0 of one that has ended."""
    # Not ru_maxrss: that one begins with what the process had that started this one.
    try:
        status = (process / "status").read_text()
    except OSError:
        return 0.0
    found = [one for one in status.splitlines() if one.startswith("VmHWM")]
    return int(found[0].split()[1]) / 1024 if found else 0.0


@dataclass(frozen=True)
class Closed:
    """A closed loop: so many clients, each sends its next when it has its answer."""

    clients: int
    warm_up: float = 0.3
    seconds: float = 1.0

    async def run(self, act: Act, meter: Meter) -> list[float]:
        """Warm up, then measure; return the seconds each act took.

        The rate is of acts that ended within the measured time.
        """
        await self._for(act, self.warm_up)
        with meter:
            return await self._for(act, self.seconds)

    async def _for(self, act: Act, seconds: float) -> list[float]:
        spent: list[float] = []
        until = time.perf_counter() + seconds

        async def client() -> None:
            began = time.perf_counter()
            while began < until:
                await act()
                ended = time.perf_counter()
                spent.append(ended - began)
                began = ended

        await asyncio.gather(*(client() for _ in range(self.clients)))
        return spent


@dataclass(frozen=True)
class Open:
    """An open loop: the next begins at its time, whether the last is done or not."""

    rate: float
    seconds: float

    async def run(self, act: Act) -> list[float]:
        """Return the seconds each act took, from the time it was due."""
        loop = asyncio.get_running_loop()
        start = loop.time()

        async def one(due: float) -> float:
            await act()
            return loop.time() - due

        tasks = []
        for number in range(int(self.rate * self.seconds)):
            due = start + number / self.rate
            await until(due)
            tasks.append(asyncio.create_task(one(due)))
        return list(await asyncio.gather(*tasks))


async def until(at: float) -> None:
    """Wait for a time of the loop's clock: the model's own rate, no wait for a fact."""
    loop = asyncio.get_running_loop()
    if (left := at - loop.time()) > 0:
        turn = loop.create_future()

        def comes() -> None:
            # Cancelled in the moment it fires: it is done already.
            if not turn.done():
                turn.set_result(None)

        timer = loop.call_later(left, comes)
        try:
            await turn
        finally:
            timer.cancel()
