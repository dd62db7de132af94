"""Watermark: until when everything that was recorded has arrived and been applied."""

import asyncio
import time
from collections import deque
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from libs.events.stream import parked
from libs.events.stream.envelope import Foreign, Record
from libs.events.stream.foreign import ToldOnce
from libs.events.stream.positions import START, Positions, read
from libs.events.stream.progress import Progress
from libs.events.stream.reading import reading
from libs.events.stream.topics import Topics
from libs.events.stream.trouble import name_of

log = structlog.get_logger()

# Progresses a service may be ahead of its readers, about a second each.
REMEMBERED = 64
PAUSE_SECONDS = 1.0
# The broker answers at once when a progress comes; an idle reader asks seldom.
FETCH_MS = 5_000
# Positions may move in another process: nobody tells us, so we look.
LOOK_SECONDS = 0.05
TICK = timedelta(microseconds=1)

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Fact:
    """An event somebody waits to see: what an answer to a command says of it.

    Without its partition it is seen only after its relay's next tick.
    """

    service: str
    sequence: int
    partition: int | None = None

    def is_in(self, positions: Positions, topic: str, latest: Progress | None) -> bool:
        """Say whether a reader at these positions has applied it."""
        if self.partition is not None:
            place = positions.get(TopicPartition(topic, self.partition), START)
            return place.seq >= self.sequence
        covered = latest is not None and latest.seq >= self.sequence
        return covered and latest is not None and has_passed(positions, latest)


def complete_up_to(
    positions: Positions, progresses: Sequence[Progress]
) -> datetime | None:
    """Return until when a reader has all facts of one service, None for never.

    `progresses` are that service's, oldest first. Pure.
    """
    for progress in reversed(progresses):
        if has_passed(positions, progress):
            return progress.at
    if not progresses:
        return None
    return _by_partition(positions, progresses[-1])


def has_passed(positions: Positions, progress: Progress) -> bool:
    """Say whether a reader has applied all that a progress covers."""
    return all(
        positions.get(TopicPartition(progress.topic, partition), START).index >= index
        for partition, index in enumerate(progress.indexes)
    )


def _by_partition(positions: Positions, progress: Progress) -> datetime | None:
    """Return the bound of the partitions behind: what they applied last."""
    bounds = []
    for partition, index in enumerate(progress.indexes):
        place = positions.get(TopicPartition(progress.topic, partition), START)
        if place.index < index:
            if place.recorded_at is None:
                return None
            bounds.append(place.recorded_at)
    return min(bounds)


class Watermarks:
    """Follows the progress topic and knows how far each service's relay is."""

    def __init__(self, bootstrap: str, topics: Topics) -> None:
        self._bootstrap = bootstrap
        self._topics = topics
        self._pause: Pause = asyncio.sleep
        self._seen: dict[str, deque[Progress]] = {}
        self._heard_at: dict[str, float] = {}
        self._came = asyncio.Event()
        self._foreign = ToldOnce()
        self._task: asyncio.Task[None] | None = None

    def wake_by(self, pause: Pause) -> None:
        """Look again when positions of this process move: give `moved_within`."""
        self._pause = pause

    async def start(self) -> None:
        """Begin to follow, in the background."""
        self._task = asyncio.create_task(self._run(), name="watermarks")

    async def stop(self) -> None:
        """Follow no longer."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def latest(self, service: str) -> Progress | None:
        """Return the newest progress of a service; None before the first came."""
        seen = self._seen.get(service)
        return seen[-1] if seen else None

    def of_topic(self, topic: str) -> Progress | None:
        """Return the newest progress of the service whose events a topic holds."""
        newest = (seen[-1] for seen in self._seen.values() if seen)
        return next((one for one in newest if one.topic == topic), None)

    def unheard_seconds(self) -> float | None:
        """Return for how long the most silent service told nothing; None: of none."""
        oldest = min(self._heard_at.values(), default=None)
        return None if oldest is None else time.monotonic() - oldest

    async def heard(self, progress: Progress, seconds: float = 20.0) -> bool:
        """Wait until a progress, or a later one, has come; False when time is up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._is_heard(progress):
                    await self._came.wait()
                return True
        return False

    def _is_heard(self, progress: Progress) -> bool:
        latest = self.latest(progress.service)
        return latest is not None and latest.at >= progress.at

    def complete_up_to(
        self,
        positions: Positions,
        services: Iterable[str],
        waiting: Mapping[str, datetime] | None = None,
    ) -> datetime | None:
        """Return until when a reader has all facts of all these services.

        `waiting` is the earliest parked fact of each service: it holds the time back.
        """
        times = []
        for service in services:
            time = complete_up_to(positions, tuple(self._seen.get(service, ())))
            if time is None:
                return None
            times.append(time)
            if waiting and service in waiting:
                times.append(waiting[service] - TICK)
        return min(times, default=None)

    async def completeness(
        self,
        connection: asyncpg.Connection | asyncpg.Pool,
        readers: Mapping[str, Iterable[str]],
    ) -> datetime | None:
        """Return until when all these consumers' tables are complete, None for never.

        `readers` are consumers and the services that each hears. Ask it in the
        transaction of the answer, before the answer's own query.
        """
        positions = await read(connection, readers)
        waiting = await parked.earliest(connection, readers)
        bounds = []
        for consumer, services in readers.items():
            held = waiting.get(consumer)
            bound = self.complete_up_to(positions[consumer], services, held)
            if bound is None:
                return None
            bounds.append(bound)
        return min(bounds, default=None)

    async def wait_for(
        self,
        pool: asyncpg.Pool,
        consumers: Collection[str],
        fact: Fact,
        seconds: float = 2.0,
    ) -> bool:
        """Wait until all these consumers have applied a fact; False when time is up."""
        topic = self._topics.events(fact.service)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    positions = await read(pool, consumers)
                    latest = self.latest(fact.service)
                    if all(
                        fact.is_in(positions[one], topic, latest) for one in consumers
                    ):
                        return True
                    await self._pause(LOOK_SECONDS)
        return False

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except (KafkaError, OSError) as error:
                log.warning("watermarks_interrupted", error=name_of(error))
            except Exception:  # the watermarks' own loop
                log.exception("watermarks_failed")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _follow(self) -> None:
        partition = TopicPartition(self._topics.progress, 0)
        async with reading(
            self._bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=FETCH_MS
        ) as consumer:
            consumer.assign([partition])
            while True:
                page = await consumer.getmany(partition, timeout_ms=FETCH_MS)
                self._take(page.get(partition, ()))

    def _take(self, records: Sequence[Record]) -> None:
        foreign: list[Foreign] = []
        for record in records:
            progress = Progress.from_json(record.value)
            if progress is None:
                where = record.topic, record.partition, record.offset
                foreign.append(Foreign("no progress", *where))
            else:
                self._note(progress)
        self._foreign.tell(foreign)

    def _note(self, progress: Progress) -> None:
        self._heard_at[progress.service] = time.monotonic()
        seen = self._seen.setdefault(progress.service, deque(maxlen=REMEMBERED))
        # A deposed relay may still speak: time and number only grow.
        if not seen or (progress.at, progress.seq) > (seen[-1].at, seen[-1].seq):
            seen.append(progress)
            self._came.set()
            self._came = asyncio.Event()
