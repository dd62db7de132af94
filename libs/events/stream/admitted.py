"""Admitted: what of a page each consumer of a group has to take in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from libs.events.stream.consumers import Consumer, Item, read_item
from libs.events.stream.envelope import Copy
from libs.events.stream.positions import Admitted, Position, admit
from libs.events.stream.reached import Reached

Page = Mapping[TopicPartition, Sequence[Copy]]


@dataclass
class Found:
    """What a page showed of its partitions."""

    holes: dict[TopicPartition, int] = field(default_factory=dict)
    diverged: dict[TopicPartition, Copy] = field(default_factory=dict)

    def note(self, partition: TopicPartition, admitted: Admitted) -> None:
        """Keep the first hole that any consumer lacks, so that pages agree."""
        if admitted.hole is not None:
            before = self.holes.get(partition, admitted.hole)
            self.holes[partition] = min(admitted.hole, before)
        if admitted.diverged is not None:
            self.diverged[partition] = admitted.diverged


@dataclass(frozen=True)
class Work:
    """What one consumer has to take in, in an order its partitions keep."""

    consumer: Consumer
    items: Sequence[Item]


def admitted(
    consumers: Mapping[str, Consumer],
    reached: Reached,
    page: Page,
    readers: Mapping[str, Sequence[str]],
) -> tuple[list[Work], Found]:
    """Return each consumer's next events of a page, and what is wrong with it."""
    found = Found()
    items: dict[str, list[Item]] = {}
    read_once: dict[int, Item] = {}
    for partition, copies in page.items():
        known: dict[Position, Admitted] = {}
        for name in readers.get(partition.topic, ()):
            position = reached.position(name, partition)
            if position not in known:
                known[position] = admit(position, copies)
                found.note(partition, known[position])
            for copy in known[position].apply:
                if id(copy) not in read_once:
                    read_once[id(copy)] = read_item(copy)
                items.setdefault(name, []).append(read_once[id(copy)])
    # A partition's order is the journal's: sorting by number keeps it.
    works = [
        Work(consumers[name], sorted(mine, key=_order)) for name, mine in items.items()
    ]
    return works, found


def _order(item: Item) -> tuple[str, int]:
    return item.recorded.service, item.recorded.seq
