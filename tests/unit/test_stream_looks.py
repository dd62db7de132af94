"""What a partition lacks is looked for from the start, again and again, to the end."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import TopicPartition

from libs.events.stream.group import Group
from libs.events.stream.holes import Holes
from libs.events.stream.member import Member
from libs.events.stream.positions import START
from libs.events.stream.turn import untold
from tests.eventually import eventually

AT = TopicPartition("qingxin.enforcement.v1", 2)
STORED, END = 48, 334


@dataclass
class Consumer:
    """Notes from where it is to read; it brings nothing by itself."""

    seeks: list[int] = field(default_factory=list)
    resumed: int = 0

    def highwater(self, _partition: TopicPartition) -> int:
        return END

    def seek(self, _partition: TopicPartition, offset: int) -> None:
        self.seeks.append(offset)

    def pause(self, *_partitions: TopicPartition) -> None:
        return

    def resume(self, _partition: TopicPartition) -> None:
        self.resumed += 1

    async def commit(self, _offsets: object) -> None:
        return

    async def end_offsets(self, places: Iterable[TopicPartition]) -> dict[Any, int]:
        return dict.fromkeys(places, END)


class Effects:
    """Has a stored offset of a topic that was made anew since."""

    is_stale = False

    async def load(self) -> None:
        return

    def next_offset(self, _partition: TopicPartition, _names: object) -> int:
        return STORED

    def position(self, _name: str, _partition: TopicPartition) -> object:
        return START

    async def asked(self) -> list[object]:
        return []


@dataclass(frozen=True)
class Record:
    """One of nobody's."""

    offset: int
    topic: str = AT.topic
    partition: int = AT.partition
    timestamp: int = 0
    key: bytes | None = None
    value: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass
class Scene:
    """A member that lacks an index, and its consumer."""

    member: Member
    consumer: Consumer

    async def looked(self, times: int) -> None:
        """Go on in rounds until it has looked so often."""

        async def has_looked() -> bool:
            await self.member.look_after()
            return self.consumer.resumed >= times

        await eventually(has_looked)


@pytest.fixture
async def scene() -> Scene:
    consumer, holes = Consumer(), Holes(0.0)
    group = Group("views", {AT.topic: ("view",)}, untold)
    member = Member(group, Effects(), holes, lambda: consumer)  # type: ignore[arg-type] # as far as a look goes.
    await member.on_partitions_assigned({AT})
    await member.on_batch((Record(END - 1),))
    consumer.seeks.clear()
    holes.see({AT: 37}, 0.0)
    return Scene(member, consumer)


async def test_a_look_that_brought_nothing_begins_at_the_start_again(
    scene: Scene,
) -> None:
    await scene.looked(2)
    assert scene.consumer.seeks == [0, 0]


async def test_a_look_that_ended_too_soon_goes_on_from_there(scene: Scene) -> None:
    await scene.looked(1)
    await scene.member.on_batch((Record(5),))
    await scene.looked(2)
    assert scene.consumer.seeks == [0]
