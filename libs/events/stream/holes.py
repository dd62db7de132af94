"""Holes: partitions that stand still because a record is missing or is another one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from libs.events.stream.trouble import Issue

PROBE_SECONDS = 3.0


@dataclass
class Hole:
    """A missing index: since when, and until when its partition is looked through."""

    index: int
    since: float
    looking_until: float
    is_paused: bool = False
    looks: int = 0


@dataclass
class Holes:
    """What a subscription's partitions lack; times are a monotonic clock's seconds.

    A refilled record lies behind newer ones, so a partition is read on, and read again
    from its stored offset once. After `patience` seconds it is paused and an alarm is
    given; from then on it is looked through again every `patience` seconds.
    """

    patience: float
    _holes: dict[TopicPartition, Hole] = field(default_factory=dict)
    _diverged: dict[TopicPartition, str] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget all: the partitions are given out anew."""
        self._holes.clear()
        self._diverged.clear()

    def see(
        self, found: Mapping[TopicPartition, int], now: float
    ) -> list[TopicPartition]:
        """Take in a page's holes; return the partitions to read again from storage.

        A partition that is stopped lacks nothing more.
        """
        again = []
        for partition, index in found.items():
            if partition in self._diverged:
                continue
            hole = self._holes.get(partition)
            if hole is None or hole.index != index:
                self._holes[partition] = Hole(index, now, now + self.patience)
                again.append(partition)
        return again

    def filled(self, partitions: Iterable[TopicPartition]) -> None:
        """Forget the holes of these partitions."""
        for partition in partitions:
            self._holes.pop(partition, None)

    def stop(self, partition: TopicPartition, message: str) -> None:
        """Stop a partition for good: its topic tells another story."""
        self._diverged[partition] = message

    def has_stopped(self, partition: TopicPartition) -> bool:
        """Say whether the partition is given up until an operator acts."""
        return partition in self._diverged

    def missing(self) -> dict[TopicPartition, int]:
        """Return the missing index of each partition that lacks one."""
        return {partition: hole.index for partition, hole in self._holes.items()}

    def to_pause(self, now: float) -> list[TopicPartition]:
        """Return the partitions whose time is up; they count as paused from now."""
        late = [
            partition
            for partition, hole in self._holes.items()
            if not hole.is_paused and now >= hole.looking_until
        ]
        for partition in late:
            hole = self._holes[partition]
            hole.is_paused, hole.looking_until = True, now + self.patience
        return late

    def to_look_again(self, now: float) -> list[tuple[TopicPartition, int]]:
        """Return paused partitions to resume for a look, with how often they were."""
        due = [
            (partition, hole)
            for partition, hole in self._holes.items()
            if hole.is_paused and now >= hole.looking_until
        ]
        for _, hole in due:
            hole.is_paused, hole.looking_until = False, now + PROBE_SECONDS
            hole.looks += 1
        return [(partition, hole.looks) for partition, hole in due]

    def issues(self, now: float) -> list[Issue]:
        """Return what an operator has to know."""
        late = [
            Issue(
                "hole",
                f"{partition.topic}/{partition.partition}",
                f"Index {hole.index} is missing: let its relay resend from there.",
            )
            for partition, hole in self._holes.items()
            if now - hole.since >= self.patience
        ]
        return late + [
            Issue("diverged", f"{partition.topic}/{partition.partition}", message)
            for partition, message in self._diverged.items()
        ]
