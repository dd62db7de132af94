"""The index rule lets each event in once and in order, whatever was lost."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.stream.envelope import Copy
from libs.events.stream.positions import START, Position, admit
from tests.unit.test_stream_envelope import ROW


def a_copy(index: int, offset: int = 0, event: int | None = None) -> Copy:
    event_id = UUID(int=1000 + (index if event is None else event))
    row = replace(ROW, id=event_id, seq=index + 1)
    return Copy(row, index, "t", 0, offset)


def at(index: int) -> Position:
    return Position.at(a_copy(index))


def indexes(copies: tuple[Copy, ...]) -> list[int]:
    return [copy.index for copy in copies]


def test_the_next_index_is_applied() -> None:
    assert indexes(admit(at(3), [a_copy(4), a_copy(5)]).apply) == [4, 5]


def test_the_first_index_is_zero() -> None:
    assert indexes(admit(START, [a_copy(0)]).apply) == [0]


def test_what_came_before_is_dropped() -> None:
    admitted = admit(at(3), [a_copy(2), a_copy(3), a_copy(4)])
    assert indexes(admitted.apply) == [4]
    assert admitted.duplicates == 2


def test_behind_a_hole_nothing_is_applied() -> None:
    admitted = admit(at(3), [a_copy(5), a_copy(6)])
    assert admitted.apply == ()
    assert admitted.hole == 4


def test_a_hole_that_is_refilled_behind_newer_records_is_none() -> None:
    page = [a_copy(i) for i in (5, 6, 4, 5, 6, 7)]
    admitted = admit(at(3), page)
    assert indexes(admitted.apply) == [4, 5, 6, 7]
    assert admitted.hole is None


def test_another_event_at_the_applied_index_diverges() -> None:
    other = a_copy(3, event=77)
    admitted = admit(at(3), [other, a_copy(4)])
    assert admitted.diverged == other
    assert admitted.apply == ()


def test_another_event_at_an_index_of_the_same_page_diverges() -> None:
    other = a_copy(4, event=77)
    admitted = admit(at(3), [a_copy(4), other, a_copy(5)])
    assert indexes(admitted.apply) == [4]
    assert admitted.diverged == other


@st.composite
def sendings(draw: st.DrawFn) -> tuple[int, list[int]]:
    """A go-back-N sender's log: lost records, lost acks, rivals; in the end, all."""
    total = draw(st.integers(1, 30))
    log: list[int] = []
    checkpoint = 0
    for _ in range(draw(st.integers(0, 8))):
        end = draw(st.integers(checkpoint, total))
        sent = range(checkpoint, end)
        lost = draw(st.sets(st.sampled_from(sent))) if sent else set()
        log += [index for index in sent if index not in lost]
        if not lost and draw(st.booleans()):
            checkpoint = end
    return total, [*log, *range(checkpoint, total)]


@settings(deadline=None)
@given(sendings(), st.data())
def test_every_sending_is_applied_once_in_order_in_pages_of_any_size(
    sending: tuple[int, list[int]], data: st.DataObject
) -> None:
    total, log = sending
    position, applied, left = START, [], [a_copy(i, n) for n, i in enumerate(log)]
    while left:
        size = data.draw(st.integers(1, len(left)))
        admitted = admit(position, left[:size])
        applied += indexes(admitted.apply)
        if admitted.apply:
            position = Position.at(admitted.apply[-1])
        left = left[size:]
    assert applied == list(range(total))
