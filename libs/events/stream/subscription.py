"""Subscription: a consumer group of Kafka whose pages have their effect once.

FastStream brings the batches; the position in the database alone says what is new.
Kafka's own group offset is advisory: at every assignment we seek to the stored one.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.events.journal.words import PositionMoved
from libs.events.stream.consumers import Consumer
from libs.events.stream.effects import Effects
from libs.events.stream.group import Group
from libs.events.stream.holes import Holes
from libs.events.stream.member import Member
from libs.events.stream.progress import Progress
from libs.events.stream.reached import Reached
from libs.events.stream.topics import Topics
from libs.events.stream.trouble import TRANSIENT, Issue, Lag, name_of
from libs.events.stream.turn import SubscriptionSettings, Turn
from libs.telemetry import instruments

__all__ = ["Subscription", "SubscriptionSettings"]

log = structlog.get_logger()

ROUND_SECONDS = 1.0
# aiokafka's coordination has been seen to end while its fetching went on (a member that
# nobody knows of any more, beside the one that has its share by now), and its fetching
# while its coordination went on (a member that has its share, and brings nothing).
SILENT_SESSIONS = 3


class Subscription:
    """One group: one FastStream subscriber over all topics its consumers need."""

    def __init__(
        self,
        group: str,
        consumers: Sequence[Consumer],
        pool: asyncpg.Pool,
        settings: SubscriptionSettings,
    ) -> None:
        self._group = Group(group, _readers(consumers, settings.topics), settings.told)
        self._settings = settings
        self._effects = Effects(pool, consumers)
        holes = Holes(settings.hole_seconds)
        self._member = Member(self._group, self._effects, holes, self.consumer)
        self._rounds: asyncio.Task[None] | None = None
        self._turn = self._new_turn()

    def _new_turn(self) -> Turn:
        return Turn.made(self._group, self._settings, self._member)

    def consumer(self) -> AIOKafkaConsumer | None:
        """Return the consumer that is in the group now; None before it has joined."""
        return self._turn.consumer

    async def start(self) -> None:
        """Join the group and begin."""
        await self._turn.listener.speaks_to(self._member)
        await self._turn.start()
        name = f"rounds-{self._group.name}"
        self._rounds = asyncio.create_task(self._go_rounds(), name=name)

    async def stop(self) -> None:
        """Finish the page at hand, tell Kafka where we are, leave the group."""
        if self._rounds is not None:
            self._rounds.cancel()
            await asyncio.gather(self._rounds, return_exceptions=True)
        await self._member.stop()
        await self._turn.broker.stop()

    async def _go_rounds(self) -> None:
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            try:
                await self._member.look_after()
                if self._is_out_of_touch():
                    await self._join_anew()
            except TRANSIENT as error:
                log.warning("round_again", group=self._group.name, error=name_of(error))
            except Exception:  # the subscription's own loop
                log.exception("round_failed", group=self._group.name)
            for topic, lag in self.lag().items():
                name = f"{self._group.name}/{topic}"
                instruments.lag(name, events=lag.events, seconds=lag.seconds)

    def _is_out_of_touch(self) -> bool:
        """Say whether no answer comes, no records come, or nobody here listens."""
        longest = max(self._member.silent, self._member.deaf)
        return longest > SILENT_SESSIONS * self._session or self._turn.has_ended

    @property
    def _session(self) -> float:
        return self._settings.session_ms / 1000

    async def _join_anew(self) -> None:
        """Replace a consumer that is out of touch with its group, and fetches on.

        Raises KafkaError while Kafka cannot be reached: then nothing is replaced.
        """
        old, new = self._turn, self._new_turn()
        await new.start()
        log.warning("member_joins_anew", group=self._group.name)
        await old.listener.speaks_to(None)
        self._member.leave()
        self._turn = new
        await new.listener.speaks_to(self._member)
        # A task of its own: aiokafka's stop has been seen to end as cancelled, and the
        # rounds would end with it.
        leaving = asyncio.create_task(old.broker.stop(), name="leaving")
        await asyncio.wait({leaving}, timeout=self._session)
        leaving.cancel()
        for outcome in await asyncio.gather(leaving, return_exceptions=True):
            if isinstance(outcome, BaseException):
                # What it still brings is of no partition of ours, or known.
                log.warning("old_member_left", error=type(outcome).__name__)

    @property
    def has_partitions(self) -> bool:
        """Whether the group has given this member its share."""
        return bool(self._member.assigned)

    @property
    def is_looked_after(self) -> bool:
        """Whether its rounds go on: who is out of touch, what is to be tried again."""
        return self._rounds is not None and not self._rounds.done()

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
