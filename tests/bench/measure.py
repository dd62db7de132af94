"""What one measurement says, and what it is taken with."""

import asyncio
import os
import resource
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any, Self

LOOK_SECONDS = 0.25
TICKS = 100
"""Clock ticks a second in the kernel's account of a process (Linux: always 100)."""


@dataclass(frozen=True)
class Sample:
    """One contender at one setting, once; None is what was not measured.

    `rate` is a second; `p50`, `p95`, `p99` are milliseconds; `cpu` is CPU seconds of
    the measured processes, `servers_cpu` of PostgreSQL and Kafka, both of the measured
    stretch alone; `memory` is the measured processes' peaks in MiB, added up. `held`
    says what was checked; `broke` how the setting was not held, if it was not.
    """

    who: str
    at: str
    rate: float
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    cpu: float | None = None
    servers_cpu: float | None = None
    memory: float | None = None
    held: str = ""
    more: dict[str, float] = field(default_factory=dict)
    broke: str = ""

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
    return sum(_seconds(pid, stats[pid]) for pid in _trees(stats, roots))


def memory_of_trees(roots: Sequence[int]) -> float:
    """Return the peaks in MiB of processes and all that are below them, added up."""
    return sum(peak_memory(Path(f"/proc/{pid}")) for pid in _trees(_stats(), roots))


def started_by(root: int) -> set[int]:
    """Return the ids of the processes below one."""
    return {pid for pid in _trees(_stats(), [root]) if pid != root}


def _stats() -> dict[int, list[str]]:
    """Return what the kernel says of each process, from its state on."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # one that has just ended
            words = (path / "stat").read_text().rpartition(")")[2].split()
            found[int(path.name)] = words
    return found


def _seconds(pid: int, stat: Sequence[str]) -> float:
    user, system, *ended = map(int, stat[11:15])
    own = (user + system) / TICKS
    if stat[17] == "1":
        # Ticks would lose most of what hundreds of idle connections do; this account
        # in nanoseconds is of the first thread, here the only one.
        with suppress(OSError):
            text = Path(f"/proc/{pid}/schedstat").read_text()
            own = int(text.split()[0]) / 1e9
    # Children that have ended and were waited for.
    return own + sum(ended) / TICKS


def _trees(stats: dict[int, list[str]], roots: Sequence[int]) -> list[int]:
    parents = {pid: int(stat[1]) for pid, stat in stats.items()}
    return [pid for pid in parents if _is_below(pid, parents, roots)]


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
    """Takes time, CPU and memory between `with` and its end.

    They are of this process and those it starts meanwhile, or of the processes `of`
    and those below them.
    """

    def __init__(self, servers: Sequence[int], of: Sequence[int] = ()) -> None:
        self._servers, self._of = servers, of
        self.seconds = self.began = self.cpu = self.memory = 0.0
        self.servers_cpu: float | None = None

    def __enter__(self) -> Self:
        self._workers = Workers()
        self._before = self._spent()
        self.began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self.began
        spent = [
            after - before
            for after, before in zip(self._spent(), self._before, strict=True)
        ]
        self.cpu = spent[0]
        # An external server's processes are not ours to see.
        self.servers_cpu = spent[1] if self._servers else None
        workers = self._workers.stop()
        own = peak_memory() + workers
        self.memory = memory_of_trees(self._of) if self._of else own

    def _spent(self) -> tuple[float, float]:
        cpu = cpu_of_trees(self._of) if self._of else own_cpu()
        return cpu, cpu_of_trees(self._servers)

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
            memory=self.memory,
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
