"""Pump: what a leading relay does: pages, ticks, and sending again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import asyncpg

from libs.events.event import Recorded
from libs.events.journal.words import Head
from libs.events.stream.leadership import Checkpoint, Last, Lead
from libs.events.stream.progress import Progress
from libs.events.stream.resending import Resend, moved, next_waiting
from libs.events.stream.sender import Numbered, Sender
from libs.events.stream.tail import are_between, hold_offsets
from libs.events.stream.topics import PARTITIONS, Topics, partition_of
from libs.telemetry import messaging


class Log(Protocol):
    """The journal, as far as a relay needs it."""

    @property
    def pool(self) -> asyncpg.Pool:
        """Its database."""
        ...

    async def head(self) -> Head:
        """Return the last number and time."""
        ...

    async def read_stored(self, after: int, limit: int = 1000) -> Sequence[Recorded]:
        """Return the rows after a sequence, in order, as they are stored."""
        ...

    async def tick(self) -> Head:
        """Move the head's time on to now; return the head."""
        ...

    async def take_back(self, rows: Sequence[Recorded]) -> int:
        """Take rows in again that only the topic has, verbatim; return how many."""
        ...


@dataclass(frozen=True)
class RelaySettings:
    """One service's relay. `dsn` is for the leader's own connection; all seconds.

    Another relay takes over from a leader that has been `silent` for so long; a
    progress that stands still is told again after `alive`.
    `schemas` is the address that records name their JSON Schemas under; '' for none.
    """

    service: str
    dsn: str
    bootstrap: str
    topics: Topics
    partitions: int = PARTITIONS
    page: int = 1000
    idempotent: bool = True
    poll: float = 1.0
    busy_tick: float = 1.0
    idle_tick: float = 10.0
    alive: float = 10.0
    back_off: float = 0.5
    silent: float = 10.0
    schemas: str = ""

    @property
    def topic(self) -> str:
        """The topic this service's events go to."""
        return self.topics.events(self.service)


@dataclass
class Requests:
    """What other tasks of this process want of its relay."""

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    ticks: list[asyncio.Future[Progress]] = field(default_factory=list)
    catch_ups: list[asyncio.Future[Progress]] = field(default_factory=list)


class Pump:
    """Brings a journal onto its topic, for as long as this process leads."""

    def __init__(
        self, settings: RelaySettings, journal: Log, lead: Lead, requests: Requests
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._lead = lead
        self._requests = requests
        self._ticked_at = 0.0
        self._moved = True
        self._told: Progress | None = None
        self._told_at = 0.0
        self._resend: Resend | None = None
        self.checkpoint = Checkpoint(0, 0)
        self.caught_up_at = time.monotonic()
        self.look: Callable[[Pump], Awaitable[None]] = _nothing
        """Called when records stand on the topic that this pump did not send."""
        self.at_rest: Callable[[Pump], Awaitable[None]] = _nothing
        """Called at a tick when nothing was sent since the last: nothing else tells."""

    async def run(self, sender: Sender, on_page: Callable[[], None]) -> None:
        """Relay for ever; raises SendFailed, Deposed or the database's error."""
        while True:
            self._requests.wake.clear()
            full = await self._page_or_answers(sender)
            on_page()
            again = await self._send_again(sender)
            if not full and not again:
                await self._wait()

    async def _page_or_answers(self, sender: Sender) -> bool:
        """Relay what is new; say whether there may be more."""
        ticks, catch_ups = self._requests.ticks, self._requests.catch_ups
        if self._tick_in() <= 0 or ticks:
            await self._answer(ticks, self._tick(sender))
            return False
        if catch_ups:
            await self._answer(catch_ups, self._catch_up(sender))
            return False
        return await self._page(sender, self._settings.page)

    async def _wait(self) -> None:
        seconds = min(self._settings.poll, max(self._tick_in(), 0))
        if self._resend is not None:
            seconds = min(seconds, max(self._resend.due_in(), 0))
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._requests.wake.wait()

    def _tick_in(self) -> float:
        settings = self._settings
        every = settings.busy_tick if self._moved else settings.idle_tick
        return self._ticked_at + every - time.monotonic()

    async def _page(self, sender: Sender, limit: int) -> bool:
        """Relay one page; say whether there may be more."""
        rows = await self._journal.read_stored(self.checkpoint.seq, limit)
        if len(rows) < limit:
            self.caught_up_at = time.monotonic()
        if not rows:
            await self._lead.hold(self.checkpoint)
            return False
        page = self.numbered(rows)
        with messaging.send(self._settings.topic, rows):
            lasts = await sender.send(page)
        hold_offsets(self._settings.topic, self.checkpoint, lasts)
        if are_between(self.checkpoint, page, lasts):
            await self.look(self)
        self.checkpoint = await self._lead.advance(self.checkpoint, rows[-1].seq, lasts)
        self._moved = True
        return len(rows) == limit

    def numbered(
        self, rows: Sequence[Recorded], start: Checkpoint | None = None
    ) -> list[Numbered]:
        """Give rows that follow a checkpoint their partitions and dense indexes."""
        start = start or self.checkpoint
        nexts: dict[int, int] = {}
        page: list[Numbered] = []
        for row in rows:
            partition = partition_of(row.partition_key, self._settings.partitions)
            index = nexts.get(partition, start.index(partition) + 1)
            nexts[partition] = index + 1
            page.append(Numbered(row, partition, index))
        return page

    async def _answer(
        self, asked: list[asyncio.Future[Progress]], work: Awaitable[Progress]
    ) -> None:
        waiting, asked[:] = list(asked), []
        try:
            progress = await work
        except BaseException:
            # Whoever asked waits on: the next producer, or leader, answers.
            asked[:0] = waiting
            raise
        for future in waiting:
            if not future.done():
                future.set_result(progress)

    async def _tick(self, sender: Sender) -> Progress:
        rested = self._tick_in() <= 0 and not self._moved
        self._ticked_at = time.monotonic()
        if self._resend is None:
            await self._next_resend()
        if rested:
            await self.at_rest(self)
        progress = await self._up_to(await self._journal.tick(), sender)
        self._moved = False
        # Simulated time stands still for long: the same again is a sign of life only.
        silent = self._ticked_at - self._told_at
        if progress != self._told or silent >= self._settings.alive:
            await sender.publish(self._settings.topics.progress, progress)
            self._told, self._told_at = progress, self._ticked_at
        return progress

    async def _catch_up(self, sender: Sender) -> Progress:
        return await self._up_to(await self._journal.head(), sender)

    async def _up_to(self, head: Head, sender: Sender) -> Progress:
        # Not a row further than the head: readers would wait for it in vain.
        while (left := head.seq - self.checkpoint.seq) > 0:
            await self._page(sender, min(left, self._settings.page))
        indexes = tuple(map(self.checkpoint.index, range(self._settings.partitions)))
        return Progress(
            self._settings.service,
            self.checkpoint.seq,
            head.recorded_at,
            self._settings.topic,
            indexes,
        )

    async def _send_again(self, sender: Sender) -> bool:
        """Send a page of what is wanted again; say whether more may go at once."""
        resend = self._resend
        if resend is None or resend.due_in() > 0:
            return False
        limit = min(self._settings.page, self.checkpoint.seq - resend.at.seq)
        rows = await self._journal.read_stored(resend.at.seq, limit)
        page, wanted = self.numbered(rows, resend.at), resend.wanted
        again = [
            each
            for each in page
            if each.partition == wanted.partition and each.index >= wanted.from_index
        ]
        await sender.send(again)
        resend.sent += len(again)
        lasts = {e.partition: Last(e.index, e.recorded.id, 0) for e in page}
        if rows:
            resend.at = Checkpoint(rows[-1].seq, 0, {**resend.at.lasts, **lasts})
        finished = resend.at.seq >= self.checkpoint.seq
        if again or finished:
            await moved(self._journal.pool, resend, finished=finished)
        if finished:
            await self._next_resend()
        return self._resend is not None and self._resend.due_in() <= 0

    async def _next_resend(self) -> None:
        topic = self._settings.topic
        self._resend = await next_waiting(self._journal.pool, topic)


async def _nothing(_: Pump) -> None:
    return
