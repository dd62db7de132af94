"""What two ledgers differ by, added up: rows, claims' states, and counted facts."""

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from libs.ids import named
from services.reporting.console.columns import COLUMNS
from services.reporting.console.routes.comparing import times_of
from services.reporting.figures.counting import Fact
from services.reporting.reading.comparing import (
    SHOWN,
    SUMS,
    Step,
    contribution,
    differs,
    reasons,
)
from services.reporting.reading.listed import AMOUNTS
from services.reporting.reading.weeks_compared import between
from tests.unit.offices import on

CASE = UUID(int=1)
UNLIKE = {
    "employer": "employer_name",
    "project": "project_name",
    "first_asked": "first_asked_unit",
}


def test_every_cell_of_the_ledger_but_its_number_is_compared() -> None:
    keys = {UNLIKE.get(one.key, one.key) for one in COLUMNS}
    assert keys - {"number", "mark"} == set(SHOWN)


def test_a_row_that_differs_in_one_cell_has_changed_and_in_none_has_not() -> None:
    old: Any = SimpleNamespace(**dict.fromkeys(SHOWN))
    for name in SHOWN:
        new: Any = SimpleNamespace(**{**vars(old), name: "another"})
        assert differs(old, new), name
    assert not differs(old, old)


def test_of_a_claim_that_is_not_counted_only_what_was_paid_counts() -> None:
    claim: Mapping[str, Any] = {**dict.fromkeys(AMOUNTS, 5), "counted": False}
    assert contribution(claim) == {
        **dict.fromkeys(SUMS, 0),
        "paid": 5,
        "confirmed": 5,
    }
    unknown = {**dict.fromkeys(AMOUNTS), "counted": True}
    assert contribution(unknown) == {**dict.fromkeys(SUMS, 0), "workers": 1}


def test_reasons_are_added_up_by_currency_rows_before_events() -> None:
    def step(why: str, currency: str, case: UUID, paid: int) -> Step:
        return Step(why, currency, case, {**dict.fromkeys(SUMS, 0), "paid": paid})

    found = reasons(
        [
            step("WagesPaid", "CNY", CASE, 3),
            step("WagesPaid", "CNY", CASE, 4),
            step("went", "CNY", UUID(int=2), -5),
            step("WagesPaid", "USD", CASE, 1),
        ]
    )
    assert [
        (one.currency, one.why, one.number, one.cases, one.sums["paid"])
        for one in found
    ] == [
        ("CNY", "went", 1, 1, -5),
        ("CNY", "WagesPaid", 2, 1, 7),
        ("USD", "WagesPaid", 1, 1, 1),
    ]


def test_equal_facts_of_one_event_are_taken_away_once_each() -> None:
    fact = Fact(named("e"), CASE, CASE, 7, on(12, 1), "LI")
    other = Fact(named("f"), CASE, CASE, 7, on(12, 1), "LI")
    assert between([fact, fact], [fact, other]) == ([other], [fact])


def test_two_times_are_asked_for_in_their_order() -> None:
    first, second = "2023-12-07T12:00", "2023-12-08T12:00"
    assert times_of({}).pair is None
    assert times_of({}).wrong is None
    assert times_of({"t1": first}).wrong == "compare.both"
    assert times_of({"t1": second, "t2": first}).wrong == "compare.order"
    assert times_of({"t1": first, "t2": first}).wrong == "compare.order"
    asked = times_of({"t1": first, "t2": second})
    assert (asked.wrong, asked.against(None).wrong) == (None, "compare.too-late")
    assert asked.pair is not None
    end, second_long = asked.pair.now, timedelta(seconds=1)
    told = {n: asked.against(end + n * second_long).wrong for n in (-1, 0, 1)}
    assert told == {-1: "compare.too-late", 0: None, 1: None}
