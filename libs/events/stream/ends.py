"""Ends: what the partitions hold, asked of Kafka itself when nothing comes.

aiokafka's fetching has been seen to stand still while its group went on: the member had
its share and answered, and brought nothing. Its own high-water marks, by which a lag is
told, stand still with it: only the topic's end says that somebody is deaf.

And a topic that was lost and filled again has other offsets: a stored one may be its
very end, behind events that were never brought. Only the relay's word says so.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from libs.events.stream.progress import Progress

ASK_SECONDS = 5.0
"""How long nothing may come before we ask, and between two questions."""
ANSWER_SECONDS = 5.0


class Ends:
    """The ends of a member's partitions, and since when it does not reach them."""

    def __init__(self) -> None:
        self._ends: dict[TopicPartition, int] = {}
        self._asked_at = 0.0
        self._late_since: float | None = None

    def of(self, partition: TopicPartition) -> int:
        """Return a partition's end as it was asked last; 0 when it never was."""
        return self._ends.get(partition, 0)

    def is_due(self, fed_at: float) -> bool:
        """Say whether nothing has come since `fed_at` (monotonic) for so long."""
        return time.monotonic() - max(fed_at, self._asked_at) >= ASK_SECONDS

    async def ask(
        self,
        consumer: AIOKafkaConsumer,
        offsets: Mapping[TopicPartition, int],
        fed_at: float,
    ) -> bool:
        """Ask for the ends of the partitions that are read on from these offsets.

        No answer leaves all as it is, and is said.
        """
        if not offsets:
            return False
        self._asked_at = now = time.monotonic()
        with suppress(KafkaError, IllegalStateError, TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                self._ends = await consumer.end_offsets(list(offsets))
            is_late = any(self.of(one) > offset for one, offset in offsets.items())
            began = self._late_since if self.deaf(fed_at) else now
            self._late_since = began if is_late else None
            return True
        return False

    def lacking(
        self,
        offsets: Mapping[TopicPartition, int],
        reached: Callable[[TopicPartition], int],
        told: Mapping[str, Progress | None],
    ) -> dict[TopicPartition, int]:
        """Return the index that each partition lacks, though it is read to its end.

        `told` was heard before the ends were asked for: what it covers is below them.
        """
        found = {}
        for partition, offset in offsets.items():
            progress = told.get(partition.topic)
            if progress is None or self.of(partition) > offset:
                continue
            at = reached(partition)
            if progress.indexes[partition.partition] > at:
                found[partition] = at + 1
        return found

    def deaf(self, fed_at: float) -> float:
        """Return the seconds since there is something that does not come; or 0.0."""
        if self._late_since is None or fed_at > self._late_since:
            return 0.0
        return time.monotonic() - self._late_since
