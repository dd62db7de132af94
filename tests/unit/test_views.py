"""Views and registers as pure folds: what rows follow from which events."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from libs.events.event import Event, Recorded
from libs.events.views.answered import Answered, view_version
from libs.events.views.columns import Columns, RowRefused
from libs.events.views.fold import fold_page
from libs.events.views.testing import given, recorded, told
from libs.events.views.view import Register, View, index
from tests.histories import many
from tests.views_sample import (
    BOXES,
    COINS,
    Box,
    BoxBurnt,
    BoxMoved,
    BoxOpened,
    BoxPainted,
    Coin,
    CoinsAdded,
    CoinsCorrected,
    State,
    box,
    campaign,
    yuan,
)

OPENED = BoxOpened(box_id=box(1), unit="A")
EMPTY = Box(box(1), "A", None, None, 0, State.EMPTY, "calm", (), None)
SHANGHAI = timezone(timedelta(hours=8))


def test_a_view_keeps_one_row_a_stream() -> None:
    given(
        told("box-1", OPENED), told("box-2", BoxOpened(box_id=box(2), unit="B"))
    ).project(BOXES).then(
        {"box-1": EMPTY, "box-2": replace(EMPTY, box_id=box(2), unit="B")}
    )


def test_a_fold_may_end_a_row_and_begin_it_again() -> None:
    given(told("box-1", OPENED, BoxBurnt())).project(BOXES).then({})
    given(told("box-1", OPENED, BoxBurnt(), OPENED)).project(BOXES).then(
        {"box-1": EMPTY}
    )


def test_a_row_that_is_gone_is_not_brought_back_by_an_old_event() -> None:
    opened, burnt = recorded(told("box-1", OPENED, BoxBurnt()))
    gone = fold_page(BOXES, {}, [opened, burnt]).latest
    assert fold_page(BOXES, gone, [opened]).latest == {}


def test_history_has_one_version_an_event_and_each_ends_where_the_next_begins() -> None:
    story = told("box-1", OPENED, BoxMoved(unit="B"), BoxBurnt(), OPENED)
    ended = given(story).project(BOXES).history()
    times = [event.recorded_at for event in recorded(story)]
    assert [v.version for v in ended] == [1, 2, 3]
    assert [(v.known_from, v.known_to) for v in ended] == list(pairwise(times))
    assert [v.row for v in ended] == [
        EMPTY,
        replace(EMPTY, unit="B", mood="moved"),
        None,
    ]


def test_events_that_a_view_does_not_hear_leave_no_version() -> None:
    story = told("box-1", OPENED, BoxPainted(), BoxMoved(unit="B"))
    assert [v.version for v in given(story).project(BOXES).history()] == [1]


def test_a_correction_reverses_the_old_value_and_adds_the_new() -> None:
    given(
        told(
            "box-1",
            CoinsAdded(amount=yuan(3)),
            CoinsCorrected(old=yuan(3), new=yuan(5)),
        )
    ).register(COINS).then(
        Coin("in", yuan(3)), Coin("reversal", yuan(-3)), Coin("in", yuan(5))
    )


def test_an_instant_of_another_zone_is_kept_as_it_will_come_back() -> None:
    at = datetime(2023, 12, 1, 0, 30, tzinfo=SHANGHAI)
    story = told("box-1", OPENED, CoinsAdded(amount=yuan(1), at=at))
    row = fold_page(BOXES, {}, recorded(story)).latest["box-1"].row
    assert row is not None
    assert row.last_at is not None
    assert row.last_at.date() == datetime(2023, 11, 30, tzinfo=UTC).date()


@pytest.mark.parametrize(
    "row",
    [
        replace(EMPTY, unit="a\x00b"),
        replace(EMPTY, coins=2**63),
        replace(EMPTY, due_on=datetime(2023, 12, 1, tzinfo=UTC)),
        replace(EMPTY, last_at=datetime(2023, 12, 1)),  # noqa: DTZ001 -- the case.
    ],
)
def test_a_value_that_would_not_come_back_the_same_is_refused(row: Box) -> None:
    with pytest.raises(RowRefused):
        BOXES.columns.write(row)


def test_money_is_two_columns_and_a_small_list_is_json() -> None:
    columns = {c.name: (c.sql.split()[0], c.nullable) for c in BOXES.columns.all}
    assert columns["held_minor"] == ("bigint", True)
    assert columns["held_currency"] == ("text", True)
    assert columns["by"] == ("jsonb", False)
    assert columns["box_id"] == ("uuid", False)


def test_a_declaration_that_no_table_can_be_made_of_is_refused() -> None:
    @dataclass(frozen=True)
    class Taken:
        stream: str

    @dataclass
    class Loose:
        unit: str

    def nothing(_row: object, _event: Recorded) -> None: ...

    def none(_event: Recorded) -> list[Box]:
        return []

    with pytest.raises(ValueError, match="own columns"):
        View("taken", 1, ("test",), Taken, (BoxOpened,), nothing)
    with pytest.raises(TypeError, match="frozen"):
        View("loose", 1, ("test",), Loose, (BoxOpened,), nothing)
    with pytest.raises(ValueError, match="no column"):
        View("wrong", 1, ("test",), Box, (BoxOpened,), nothing, (index("nowhere"),))
    with pytest.raises(ValueError, match="hears nothing"):
        Register("deaf", 1, ("test",), Box, (), none)
    with pytest.raises(ValueError, match="a name"):
        Register("Bad-Name", 1, ("test",), Box, (BoxOpened,), none)


def test_the_test_dsl_sees_a_fold_that_depends_on_its_pages() -> None:
    seen: list[Event] = []

    def leaky(_row: Box | None, event: Recorded) -> Box:
        seen.append(event.fact())
        return replace(EMPTY, coins=len(seen))

    impure = View("impure", 1, ("test",), Box, (BoxOpened,), leaky)
    with pytest.raises(AssertionError):
        given(told("box-1", OPENED, OPENED)).project(impure).then(
            {"box-1": replace(EMPTY, coins=2)}
        )


@drawn(seed=st.integers(0, 10_000))
@settings(max_examples=many(40), deadline=None)
def test_no_split_into_pages_and_no_duplicate_changes_rows_or_history(
    seed: int,
) -> None:
    events = recorded(*campaign(Random(seed), 60, 6))
    whole = fold_page(BOXES, {}, events)
    rows = {s: v.row for s, v in whole.latest.items() if v.row is not None}
    projected = given(*events).project(BOXES)
    projected.then(rows)
    assert projected.history() == sorted(
        whole.closed, key=lambda v: (v.stream, v.version)
    )


def test_an_answer_is_final_only_up_to_where_it_is_complete() -> None:
    at = datetime(2023, 12, 1, tzinfo=UTC)
    version = view_version("payments_v1", "claims_v2")
    assert version == "claims_v2+payments_v1"
    assert Answered(version, at).final_at(at)
    assert not Answered(version, at).final_at(at + timedelta(microseconds=1))
    assert not Answered(version, None).final_at(at)


def test_columns_of_a_row_with_one_field_are_written_and_read_back() -> None:
    @dataclass(frozen=True)
    class One:
        unit: str

    columns = Columns(One)
    assert columns.read(columns.write(One("A"))) == One("A")
