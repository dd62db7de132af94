"""A reader is complete up to what it has passed, never further."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from aiokafka import TopicPartition

from libs.events.stream.positions import Position
from libs.events.stream.progress import Progress
from libs.events.stream.topics import Topics
from libs.events.stream.watermark import Fact, Watermarks, complete_up_to

NOON = datetime(2023, 11, 10, 4, tzinfo=UTC)
TOPIC = "qingxin.intake.v1"


def progress(minute: int, *indexes: int) -> Progress:
    at = NOON + timedelta(minutes=minute)
    return Progress("intake", sum(indexes) + len(indexes), at, TOPIC, indexes)


def positions(*places: tuple[int, int]) -> dict[TopicPartition, Position]:
    """Give each partition an index and the minute its last event was recorded."""
    return {
        TopicPartition(TOPIC, partition): Position(
            index, UUID(int=1), index, index + 1, NOON + timedelta(minutes=minute)
        )
        for partition, (index, minute) in enumerate(places)
        if index >= 0
    }


def minutes(at: datetime | None) -> int | None:
    return None if at is None else int((at - NOON).total_seconds() // 60)


def test_without_a_progress_nothing_is_known() -> None:
    assert complete_up_to(positions((5, 1)), []) is None


def test_a_reader_that_passed_the_newest_progress_is_complete_up_to_it() -> None:
    seen = [progress(10, 3, 1), progress(20, 4, 1)]
    assert minutes(complete_up_to(positions((4, 19), (1, 2)), seen)) == 20


def test_a_reader_behind_the_newest_is_complete_up_to_the_one_it_passed() -> None:
    seen = [progress(10, 3, 1), progress(20, 4, 1)]
    assert minutes(complete_up_to(positions((3, 8), (1, 2)), seen)) == 10


def test_a_reader_far_behind_is_complete_up_to_what_its_slowest_partition_has() -> None:
    place = positions((3, 8), (1, 2), (7, 9))
    assert minutes(complete_up_to(place, [progress(20, 4, 5, 7)])) == 2


def test_a_reader_that_never_read_a_partition_is_not_complete_at_all() -> None:
    assert complete_up_to(positions((4, 8)), [progress(20, 4, 5)]) is None


def test_an_empty_partition_holds_nobody_up() -> None:
    assert minutes(complete_up_to(positions((4, 8)), [progress(20, 4, -1)])) == 20


def marks(*told: Progress) -> Watermarks:
    made = Watermarks("nowhere:1", Topics())
    for each in told:
        made._note(each)  # noqa: SLF001 -- as if it had come from the topic.
    return made


def test_a_parked_fact_holds_completeness_before_its_time() -> None:
    mark = marks(progress(20, 4))
    parked = {"intake": NOON + timedelta(minutes=7)}
    complete = mark.complete_up_to(positions((4, 8)), ["intake"], parked)
    assert complete == parked["intake"] - timedelta(microseconds=1)


def test_several_services_are_complete_up_to_the_slowest() -> None:
    mark = marks(progress(20, 4))
    assert mark.complete_up_to(positions((4, 8)), ["intake", "routing"]) is None


def test_a_deposed_relay_does_not_turn_time_back() -> None:
    mark = marks(progress(20, 4), progress(10, 3))
    assert minutes(mark.complete_up_to(positions((4, 8)), ["intake"])) == 20


def test_a_fact_is_in_once_its_partition_reached_its_number() -> None:
    place = positions((4, 8), (9, 8))
    assert Fact("intake", 5, 0).is_in(place, TOPIC, None)
    assert not Fact("intake", 6, 0).is_in(place, TOPIC, None)


def test_a_fact_of_an_unknown_partition_waits_for_the_progress_that_covers_it() -> None:
    place, fact = positions((4, 8), (9, 8)), Fact("intake", 5)
    assert not fact.is_in(place, TOPIC, None)
    assert not fact.is_in(place, TOPIC, progress(20, 4, 10))
    assert fact.is_in(place, TOPIC, progress(20, 4, 9))
