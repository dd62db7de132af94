"""What Kafka and the relay say while nothing comes, and what a partition lacks."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError

from libs.events.stream.ends import Ends
from libs.events.stream.holes import Holes
from libs.events.stream.progress import Progress

TOPIC = "qingxin.intake.v1"
FIRST, SECOND = TopicPartition(TOPIC, 0), TopicPartition(TOPIC, 1)
NOW = datetime(2024, 1, 2, tzinfo=UTC)


class Kafka:
    """Answers with these ends, or not at all."""

    def __init__(self, ends: Mapping[TopicPartition, int] | None) -> None:
        self._ends = ends

    async def end_offsets(self, _: Any) -> Mapping[TopicPartition, int]:
        if self._ends is None:
            raise KafkaConnectionError
        return self._ends


def told(*indexes: int) -> dict[str, Progress | None]:
    return {TOPIC: Progress("intake", 9, NOW, TOPIC, indexes)}


async def test_a_partition_read_to_its_end_lacks_what_the_relay_told() -> None:
    ends, offsets = Ends(), {FIRST: 95, SECOND: 20}
    reached = {FIRST: 91, SECOND: 7}.__getitem__
    assert await ends.ask(Kafka({FIRST: 95, SECOND: 21}), offsets, 0.0)
    # Of the second there is more to come; of the first there is none.
    assert ends.lacking(offsets, reached, told(94, 9)) == {FIRST: 92}
    assert ends.lacking(offsets, reached, told(91, 9)) == {}
    assert ends.lacking(offsets, reached, {TOPIC: None}) == {}


async def test_without_an_answer_nothing_is_said() -> None:
    ends = Ends()
    assert not await ends.ask(Kafka(None), {FIRST: 95}, 0.0)
    assert not await ends.ask(Kafka({}), {}, 0.0)


def test_a_partition_that_is_stopped_lacks_nothing_more() -> None:
    holes = Holes(10.0)
    holes.stop(FIRST, "another event")
    assert holes.see({FIRST: 3, SECOND: 4}, 0.0) == [SECOND]
    assert holes.missing() == {SECOND: 4}
    assert [issue.code for issue in holes.issues(20.0)] == ["hole", "diverged"]
