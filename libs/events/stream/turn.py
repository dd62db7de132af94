"""Turn: one Kafka consumer of a member, from joining the group to leaving it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.message import StreamMessage

from libs.events.stream.group import Group
from libs.events.stream.member import Member
from libs.events.stream.progress import Progress
from libs.events.stream.topics import Topics

GetMany = Callable[..., Awaitable[Mapping[TopicPartition, Sequence[Any]]]]

# FastStream waits so long for records, and when none came sleeps as long again, deaf.
# So its wait is made longer than its sleep: see `_wait_longer`.
IDLE_MS = 5
WAIT_MS = 2_000
# A topic that was made again is found within this time; the library's own is minutes.
METADATA_MS = 10_000


def untold(_: str) -> Progress | None:
    """Say that no relay has told anything."""
    return None


@dataclass(frozen=True)
class SubscriptionSettings:
    """How a group reads. Fault tests set sessions of 6 s with heartbeats of 2 s.

    `bootstrap` is one broker's address or several, with commas.
    `told` returns the newest progress of a topic, by which a group finds that it lacks
    what its topic has no more where it looks for it; None before one came.
    """

    bootstrap: str
    topics: Topics
    page: int = 1000
    session_ms: int = 10_000
    heartbeat_ms: int = 3_000
    hole_seconds: float = 10.0
    told: Callable[[str], Progress | None] = untold


class Listener(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka is untyped.
    """Passes the group's word on to the member, while its consumer is the member's."""

    def __init__(self) -> None:
        self._member: Member | None = None
        self._assigned: set[TopicPartition] = set()

    async def speaks_to(self, member: Member | None) -> None:
        """Pass on from now, and first what was said already; None: to nobody."""
        self._member = member
        if member is not None and self._assigned:
            await member.on_partitions_assigned(self._assigned)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        self._assigned = set()
        if self._member is not None:
            await self._member.on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._assigned = assigned
        if self._member is not None:
            await self._member.on_partitions_assigned(assigned)


@dataclass(frozen=True)
class Turn:
    """One consumer in the group, from joining to leaving."""

    broker: KafkaBroker
    subscriber: Any
    listener: Listener

    @classmethod
    def made(
        cls, group: Group, settings: SubscriptionSettings, member: Member
    ) -> "Turn":
        """Return a consumer that has not joined yet."""
        broker = KafkaBroker(
            # FastStream takes one text for one address, with all its commas.
            settings.bootstrap.split(","),
            apply_types=False,
            consumer_only=True,
            allow_auto_create_topics=False,
            metadata_max_age_ms=METADATA_MS,
            logger=None,
        )
        listener = Listener()
        subscriber = broker.subscriber(
            *group.readers,
            group_id=group.name,
            batch=True,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            no_reply=True,
            session_timeout_ms=settings.session_ms,
            heartbeat_interval_ms=settings.heartbeat_ms,
            batch_timeout_ms=IDLE_MS,
            fetch_max_wait_ms=WAIT_MS,
            max_records=settings.page,
            listener=listener,
            parser=_as_it_came,
            decoder=_untouched,
        )
        subscriber(member.on_batch)
        return cls(broker, subscriber, listener)

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """Return the consumer; None before it has started."""
        return self.subscriber.consumer

    @property
    def has_ended(self) -> bool:
        """Say whether nobody here listens to the group any more."""
        coordinator = self.consumer and self.consumer._coordinator  # noqa: SLF001 -- it hides that
        task = getattr(coordinator, "_coordination_task", None)
        return task is not None and task.done()

    async def start(self) -> None:
        """Join the group."""
        await self.broker.start()
        _wait_longer(self.subscriber.consumer)


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
