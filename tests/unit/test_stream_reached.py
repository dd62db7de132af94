"""A consumer moves past what does not concern it at once; what is stored follows."""

from aiokafka import TopicPartition

from libs.events.stream.reached import Reached
from tests.unit.test_stream_admit import a_copy, at

PLACE = TopicPartition("t", 0)


def reached(index: int) -> Reached:
    return Reached({"ledger": {PLACE: at(index)}})


def test_what_does_not_concern_it_moves_a_consumer_here_alone() -> None:
    places = reached(3)
    places.passed("ledger", [a_copy(4), a_copy(5)])
    assert places.position("ledger", PLACE).index == 5
    (step,) = places.unstored()
    assert (step.before, step.to.index) == (3, 5)


def test_an_effect_stores_what_was_passed_before_it() -> None:
    places = reached(3)
    places.passed("ledger", [a_copy(4)])
    (step,) = places.steps("ledger", [a_copy(5)])
    assert (step.before, step.to.index) == (3, 5)
    places.moved([step])
    assert places.unstored() == []
    assert places.steps("ledger", [a_copy(6)])[0].before == 5


def test_a_new_consumer_passes_from_the_start() -> None:
    places = Reached()
    places.passed("ledger", [a_copy(0)])
    assert [step.before for step in places.unstored()] == [-1]


def test_who_lacks_most_says_where_to_read_on() -> None:
    places = Reached({"ledger": {PLACE: at(7)}, "board": {PLACE: at(3)}})
    behind = places.position("board", PLACE).kafka_offset
    assert places.next_offset(PLACE, ["ledger", "board"]) == behind + 1
