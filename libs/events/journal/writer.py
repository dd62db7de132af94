"""The writer: one task a process that gathers waiting commands into one commit."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import structlog

from libs.events.event import Source
from libs.events.journal.call import Call, Place, append
from libs.events.journal.gone import GONE
from libs.events.journal.words import (
    Appended,
    ClockAhead,
    Commit,
    Diverged,
    Overloaded,
    Result,
)
from libs.telemetry.steps import group_committed

PLACE = "SELECT service, site FROM journal.deployment"
BUSY = (asyncpg.LockNotAvailableError, asyncpg.TransactionRollbackError)

SEEN = "SELECT seq, chain FROM journal.head"
CHAIN = "SELECT chain FROM journal.event WHERE seq = $1"

Seen = tuple[int, bytes]
Gate = Callable[[], Awaitable[None]]
"""Awaited before the journal opens for writing: take back what it lost, or raise."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Limits:
    """How much waits and how much goes in one call.

    While live commands wait, imports take at most `import_share` events of a call.
    A commit that could not be made for `patience` seconds is given back.
    """

    waiting: int = 2000
    commands: int = 500
    events: int = 2000
    import_share: int = 200
    patience: float = 15


@dataclass(eq=False)
class _Waiting:
    commit: Commit
    future: asyncio.Future[Result] = field(default_factory=asyncio.Future)


class Writer:
    """Appends by group commit over one connection of its own; start, submit, stop."""

    def __init__(
        self, dsn: str, gate: Gate | None = None, limits: Limits | None = None
    ) -> None:
        self._dsn = dsn
        self._gate = gate
        self._limits = limits or Limits()
        self._live: deque[_Waiting] = deque()
        self._imports: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection | None = None
        self._place = Place("", "")
        self._seen: Seen | None = None

    async def start(self) -> None:
        """Connect, pass the gate, and begin; raises what stands in the way."""
        await self._connected()
        self._task = asyncio.create_task(self._run(), name="journal-writer")

    async def stop(self) -> None:
        """Commit what waits, then close."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        if self._connection is not None:
            await self._connection.close()

    @property
    def waiting(self) -> int:
        """How many commits wait to be appended, at most twice the limit."""
        return len(self._live) + len(self._imports)

    async def submit(self, commit: Commit) -> Result:
        """Append a commit together with others that wait; return its result.

        Raises Overloaded when too many wait or the database cannot be reached (it
        may then have been appended: the same command id finds out), ClockAhead.
        """
        lane = self._imports if commit.stamp.source is Source.IMPORT else self._live
        if len(lane) >= self._limits.waiting or self._stopping:
            raise Overloaded("Too much is waiting to be recorded: try again shortly.")
        waiting = _Waiting(commit)
        lane.append(waiting)
        self._wake.set()
        return await waiting.future

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            batch = self._gather()
            if batch:
                await self._settle(batch)
            elif self._stopping:
                return
            else:
                self._wake.clear()

    def _gather(self) -> list[_Waiting]:
        picked = _Picked(self._limits)
        self._live = picked.take(self._live, self._limits.events)
        busy = bool(picked.batch)
        share = self._limits.import_share if busy else self._limits.events
        self._imports = picked.take(self._imports, share)
        return picked.batch

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        try:
            results = await self._patiently([waiting.commit for waiting in batch])
        except asyncpg.PostgresError as error:
            # One bad commit must not take the others with it.
            if len(batch) > 1:
                for waiting in batch:
                    await self._settle([waiting])
            else:
                _fail(batch, error)
        except (Overloaded, Diverged) as error:
            _fail(batch, error)
        else:
            group_committed(len(batch))
            for waiting, result in zip(batch, results, strict=True):
                _answer(waiting, result)

    async def _patiently(self, commits: Sequence[Commit]) -> list[Result | ClockAhead]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._limits.patience
        pause = 0.02
        while True:
            try:
                return await self._append(commits)
            except GONE as error:
                # Whether it was committed is not known; the command ids tell.
                await self._forget()
                reason = type(error).__name__
            except BUSY as error:
                reason = type(error).__name__
            if loop.time() + pause > deadline:
                raise Overloaded(f"The journal cannot be written: {reason}.")
            log.warning("append_retried", reason=reason, commands=len(commits))
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def _append(self, commits: Sequence[Commit]) -> list[Result | ClockAhead]:
        connection = await self._connected()
        results = await append(connection, Call(commits), self._place)
        self._remember(results)
        return results

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            connection = await asyncpg.connect(self._dsn)
            try:
                await self._open(connection)
            except BaseException:
                connection.terminate()
                raise
            self._connection = connection
        return self._connection

    async def _open(self, connection: asyncpg.Connection) -> None:
        if self._gate is not None and not await self._holds(connection):
            await self._gate()
        if self._seen is not None and not await self._holds(connection):
            message = (
                f"The journal does not hold event {self._seen[0]} as it was written:"
                " an older copy was restored, and its rows are not back yet."
            )
            raise Diverged(message)
        if self._seen is None:
            self._seen = tuple(await connection.fetchrow(SEEN))
        self._place = Place(*await connection.fetchrow(PLACE))

    async def _holds(self, connection: asyncpg.Connection) -> bool:
        if self._seen is None:
            return False
        seq, chain = self._seen
        return seq == 0 or await connection.fetchval(CHAIN, seq) == chain

    def _remember(self, results: Sequence[Result | ClockAhead]) -> None:
        for result in results:
            if isinstance(result, Appended) and result.events:
                last = result.events[-1]
                self._seen = (last.seq, last.chain)

    async def _forget(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*GONE):
                connection.terminate()


class _Picked:
    """A batch in the making: no command in it touches what another of it writes."""

    def __init__(self, limits: Limits) -> None:
        self.batch: list[_Waiting] = []
        self._limits = limits
        self._events = 0
        self._written: set[str] = set()
        self._ids: set[UUID] = set()

    def take(self, lane: Iterable[_Waiting], events: int) -> deque[_Waiting]:
        """Take from a lane what fits, up to so many events; return what stays."""
        ceiling = self._events + events
        stays: deque[_Waiting] = deque()
        for waiting in lane:
            if waiting.future.cancelled():
                continue
            if self._fits(waiting.commit, ceiling):
                self._add(waiting)
            else:
                stays.append(waiting)
        return stays

    def _fits(self, commit: Commit, ceiling: int) -> bool:
        if len(self.batch) >= self._limits.commands:
            return False
        if self.batch and self._events + len(commit.events) > ceiling:
            return False
        if commit.stamp.command_id in self._ids:
            return False
        return self._written.isdisjoint(commit.expected)

    def _add(self, waiting: _Waiting) -> None:
        self.batch.append(waiting)
        self._events += len(waiting.commit.events)
        self._written |= waiting.commit.written
        self._ids.add(waiting.commit.stamp.command_id)


def _answer(waiting: _Waiting, result: Result | ClockAhead) -> None:
    if waiting.future.done():
        return
    if isinstance(result, ClockAhead):
        waiting.future.set_exception(result)
    else:
        waiting.future.set_result(result)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.future.done():
            waiting.future.set_exception(error)
