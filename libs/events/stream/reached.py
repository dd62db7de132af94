"""Reached: how far consumers have come, and how much of that is stored.

A page that concerns nobody moves a consumer in memory alone; what is stored follows
with its next effect, or shortly after. Until then a crash only reads it again.
"""

from collections.abc import Iterable, Sequence

from aiokafka import TopicPartition

from libs.events.stream.envelope import Copy
from libs.events.stream.positions import START, Position, Positions, Step, steps

Stored = dict[str, dict[TopicPartition, Position]]


class Reached:
    """The positions of one group's consumers, here and in the database."""

    def __init__(self, stored: Stored | None = None) -> None:
        self._here = {name: dict(places) for name, places in (stored or {}).items()}
        self._stored = stored or {}
        self._passed: set[tuple[str, TopicPartition]] = set()

    def position(self, consumer: str, partition: TopicPartition) -> Position:
        """Return up to where a consumer has taken a partition in."""
        places: Positions = self._here.get(consumer, {})
        return places.get(partition, START)

    def steps(self, consumer: str, copies: Iterable[Copy]) -> list[Step]:
        """Return the moves that store a consumer's place after these copies."""
        return steps(consumer, self._stored.get(consumer, {}), copies)

    def next_offset(self, partition: TopicPartition, names: Iterable[str]) -> int:
        """Return the offset from which all these consumers get what they lack."""
        offsets = [self.position(name, partition).kafka_offset for name in names]
        return min(offsets, default=-1) + 1

    def passed(self, consumer: str, copies: Sequence[Copy]) -> None:
        """Move a consumer past copies that do not concern it: nothing is stored."""
        for step in self.steps(consumer, copies):
            self._here.setdefault(consumer, {})[step.partition] = step.to
            self._passed.add((consumer, step.partition))

    def moved(self, moves: Iterable[Step]) -> None:
        """Note moves that were stored."""
        for step in moves:
            self._here.setdefault(step.consumer, {})[step.partition] = step.to
            self._stored.setdefault(step.consumer, {})[step.partition] = step.to
            self._passed.discard((step.consumer, step.partition))

    def unstored(self) -> list[Step]:
        """Return the moves that are made here and not stored yet."""
        return [
            Step(name, place, self._known(name, place).index, self._here[name][place])
            for name, place in sorted(self._passed)
        ]

    def _known(self, consumer: str, partition: TopicPartition) -> Position:
        places: Positions = self._stored.get(consumer, {})
        return places.get(partition, START)
