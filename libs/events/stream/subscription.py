"""Subscription: a consumer group of Kafka whose pages have their effect once.

FastStream brings the batches; the position in the database alone says what is new.
Kafka's own group offset is advisory: at every assignment we seek to the stored one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.message import StreamMessage

from libs.events.journal.words import PositionMoved
from libs.events.stream.consumers import Consumer
from libs.events.stream.effects import Effects
from libs.events.stream.holes import Holes
from libs.events.stream.member import Group, Member
from libs.events.stream.progress import Progress
from libs.events.stream.reached import Reached
from libs.events.stream.topics import Topics
from libs.events.stream.trouble import TRANSIENT, Issue, Lag, name_of
from libs.telemetry import instruments

log = structlog.get_logger()

GetMany = Callable[..., Awaitable[Mapping[TopicPartition, Sequence[Any]]]]

ROUND_SECONDS = 1.0
# FastStream waits so long for records, and when none came sleeps as long again, deaf.
# So its wait is made longer than its sleep: see `_wait_longer`.
IDLE_MS = 5
WAIT_MS = 2_000
# A topic that was made again is found within this time; the library's own is minutes.
METADATA_MS = 10_000


@dataclass(frozen=True)
class SubscriptionSettings:
    """How a group reads. Fault tests set sessions of 6 s with heartbeats of 2 s."""

    bootstrap: str
    topics: Topics
    page: int = 1000
    session_ms: int = 10_000
    heartbeat_ms: int = 3_000
    hole_seconds: float = 10.0


class Subscription:
    """One group: one FastStream subscriber over all topics its consumers need."""

    def __init__(
        self,
        group: str,
        consumers: Sequence[Consumer],
        pool: asyncpg.Pool,
        settings: SubscriptionSettings,
    ) -> None:
        self._group = Group(group, _readers(consumers, settings.topics))
        self._settings = settings
        self._effects = Effects(pool, consumers)
        holes = Holes(settings.hole_seconds)
        self._member = Member(self._group, self._effects, holes, self._consumer)
        self._rounds: asyncio.Task[None] | None = None
        self._broker = KafkaBroker(
            settings.bootstrap,
            apply_types=False,
            consumer_only=True,
            allow_auto_create_topics=False,
            metadata_max_age_ms=METADATA_MS,
            logger=None,
        )
        self._subscriber = self._broker.subscriber(
            *self._group.readers,
            group_id=group,
            batch=True,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            no_reply=True,
            session_timeout_ms=settings.session_ms,
            heartbeat_interval_ms=settings.heartbeat_ms,
            batch_timeout_ms=IDLE_MS,
            fetch_max_wait_ms=WAIT_MS,
            max_records=settings.page,
            listener=self._member,
            parser=_as_it_came,
            decoder=_untouched,
        )
        self._subscriber(self._member.on_batch)

    def _consumer(self) -> AIOKafkaConsumer | None:
        return self._subscriber.consumer

    async def start(self) -> None:
        """Join the group and begin."""
        await self._broker.start()
        _wait_longer(self._subscriber.consumer)
        name = f"rounds-{self._group.name}"
        self._rounds = asyncio.create_task(self._go_rounds(), name=name)

    async def stop(self) -> None:
        """Finish the page at hand, tell Kafka where we are, leave the group."""
        if self._rounds is not None:
            self._rounds.cancel()
            await asyncio.gather(self._rounds, return_exceptions=True)
        await self._member.stop()
        await self._broker.stop()

    async def _go_rounds(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            try:
                await self._member.look_after()
            except TRANSIENT as error:
                log.warning("round_again", group=self._group.name, error=name_of(error))
            except Exception:  # the subscription's own loop
                log.exception("round_failed", group=self._group.name)
            for topic, lag in self.lag().items():
                name = f"{self._group.name}/{topic}"
                instruments.lag(name, events=lag.events, seconds=lag.seconds)

    @property
    def has_partitions(self) -> bool:
        """Whether the group has given this member its share."""
        return bool(self._member.assigned)

    def issues(self) -> list[Issue]:
        """Return what keeps this group from its work."""
        return self._member.issues()

    def lag(self) -> dict[str, Lag]:
        """Return how far this member is behind, by topic, on its own partitions."""
        totals = {topic: Lag(0, 0.0) for topic in self._group.readers}
        for partition in self._member.assigned:
            behind, total = self._member.behind(partition), totals[partition.topic]
            totals[partition.topic] = Lag(
                total.events + behind.events, max(total.seconds, behind.seconds)
            )
        return totals

    async def moved_within(self, seconds: float) -> None:
        """Wait until a position of this process moves, or the time is up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._effects.moved()

    async def drained(self, progress: Progress, seconds: float = 20) -> bool:
        """Wait until every consumer has passed a progress; False when time is up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not (await self._has_passed(progress) and await self._stores()):
                    await self.moved_within(ROUND_SECONDS)
                return True
        return False

    async def _stores(self) -> bool:
        try:
            await self._effects.store()
        except PositionMoved:
            # The next round reads them again.
            return False
        return True

    async def _has_passed(self, progress: Progress) -> bool:
        wanted = {
            TopicPartition(progress.topic, partition): index
            for partition, index in enumerate(progress.indexes)
        }
        elsewhere = not self._member.assigned.issuperset(wanted)
        reached = Reached(await self._effects.stored()) if elsewhere else self._effects
        return all(
            reached.position(name, partition).index >= index
            for name in self._group.readers.get(progress.topic, ())
            for partition, index in wanted.items()
        )


def _readers(consumers: Sequence[Consumer], topics: Topics) -> dict[str, list[str]]:
    readers: dict[str, list[str]] = {}
    for consumer in consumers:
        for service in sorted(consumer.services):
            readers.setdefault(topics.events(service), []).append(consumer.name)
    return readers


def _wait_longer(consumer: AIOKafkaConsumer) -> None:
    # Measured at 10 ms each: 1.7 % of a core for an idle group, now 0.4 %, and an
    # event that comes into the pause waits 5 ms, once in 400 times.
    consumer.getmany = partial(_getmany, consumer.getmany)


async def _getmany(
    getmany: GetMany, *, timeout_ms: int, max_records: int
) -> Mapping[TopicPartition, Sequence[Any]]:
    return await getmany(timeout_ms=max(timeout_ms, WAIT_MS), max_records=max_records)


async def _as_it_came(records: tuple[Any, ...]) -> StreamMessage[tuple[Any, ...]]:
    # FastStream's own parser dies on null and on non-UTF-8 headers.
    return StreamMessage(raw_message=records, body=b"", headers={})


async def _untouched(message: StreamMessage[tuple[Any, ...]]) -> tuple[Any, ...]:
    return message.raw_message
