"""What only the topic has comes back to the journal; what differs is refused."""

from dataclasses import replace
from uuid import UUID

import pytest

from libs.events.journal.words import Diverged
from libs.events.stream.envelope import Copy
from libs.events.stream.leadership import Checkpoint, Last
from libs.events.stream.sender import Numbered
from libs.events.stream.tail import missing_rows
from tests.unit.test_stream_envelope import ROW

AT_TEN = Checkpoint(10, 1, {0: Last(9, UUID(int=10), 9)})


def a_copy(seq: int, index: int, event: int | None = None) -> Copy:
    event_id = UUID(int=seq if event is None else event)
    return Copy(replace(ROW, seq=seq, id=event_id), index, "t", 0, index)


def a_row(seq: int, index: int) -> Numbered:
    return Numbered(replace(ROW, seq=seq, id=UUID(int=seq)), 0, index)


def test_nothing_is_missing_from_a_journal_that_is_ahead() -> None:
    copies = [a_copy(10, 9), a_copy(11, 10)]
    rows = [a_row(11, 10), a_row(12, 11)]
    assert missing_rows(copies, AT_TEN, rows) == []


def test_rows_after_the_head_come_back_in_order_and_once() -> None:
    copies = [a_copy(10, 9), a_copy(12, 11), a_copy(11, 10), a_copy(12, 11)]
    missing = missing_rows(copies, AT_TEN, [])
    assert [row.seq for row in missing] == [11, 12]


def test_another_event_at_the_checkpoint_diverges() -> None:
    with pytest.raises(Diverged):
        missing_rows([a_copy(10, 9, event=99)], AT_TEN, [])


def test_another_event_at_a_later_index_diverges() -> None:
    with pytest.raises(Diverged):
        missing_rows([a_copy(11, 10, event=99)], AT_TEN, [a_row(11, 10)])


def test_the_same_event_with_another_chain_diverges() -> None:
    copy = a_copy(11, 10)
    forged = replace(copy, recorded=replace(copy.recorded, chain=b"\x03" * 32))
    with pytest.raises(Diverged):
        missing_rows([forged], AT_TEN, [a_row(11, 10)])


def test_rows_beyond_a_gap_do_not_come_back() -> None:
    with pytest.raises(Diverged, match="sequence 12"):
        missing_rows([a_copy(12, 11)], AT_TEN, [])


def test_a_number_that_the_journal_gave_to_another_event_diverges() -> None:
    with pytest.raises(Diverged, match="ends at 12"):
        missing_rows([a_copy(11, 12)], AT_TEN, [a_row(11, 10), a_row(12, 11)])
