"""The ladder of a deadline is data: which rungs, when, and to whom (F-2.4.1b)."""

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from libs.calendar import Calendar, ClockRule, due, load_clocks, load_ladders
from libs.calendar.climbing import Dated, Step, next_at, reached, steps
from libs.calendar.ladder import Ladder, ladder_of
from libs.calendar.local_days import end_of_day, start_of_day
from tests.unit.matters import BOOKS
from tests.unit.test_calendar_rules import CALENDAR, CLOCKS

TEXTS = BOOKS["clocks"]
LADDERS = load_ladders(TEXTS["clocks-supervision.toml"])
FRIDAY = date(2023, 11, 24)
COMPLAINT = CLOCKS["CLK-02"]


def dated(rule: ClockRule, start: date, calendar: Calendar = CALENDAR) -> Dated:
    counted = due(rule, start, calendar)
    return Dated(counted.start_on, counted.due_on, counted.due_at)


def climbs(rule: ClockRule, start: date) -> list[Step]:
    return list(steps(rule, LADDERS, dated(rule, start), CALENDAR))


def named(found: list[Step]) -> list[str]:
    return [step.point for step in found]


def test_a_deadline_climbs_from_its_warning_to_the_proposal_of_listing() -> None:
    """S12a: 11-24, five working days, 12-01; then 0, 2, 5 and 10 working days on."""
    found = climbs(COMPLAINT, FRIDAY)
    assert [(step.point, step.to, step.at) for step in found] == [
        ("due_tomorrow", "duty", start_of_day(date(2023, 11, 30))),
        ("urge", "duty", end_of_day(date(2023, 12, 1))),
        ("supervise", "duty", end_of_day(date(2023, 12, 5))),
        ("leader", "leader", end_of_day(date(2023, 12, 8))),
        ("listing", "office", end_of_day(date(2023, 12, 15))),
    ]
    assert {step.version for step in found} == {1}


def test_a_clock_of_one_day_warns_nobody_on_the_day_it_starts() -> None:
    advice = CLOCKS["CLK-80-advice"]
    (point,) = advice.warning_points
    early = point.model_copy(update={"n": 1})
    short = advice.model_copy(update={"warning_points": (early,)})
    assert named(climbs(advice, FRIDAY))[0] == "due_today"
    assert named(climbs(short, FRIDAY))[0] == "urge"


def test_an_order_that_the_employer_breaks_is_no_units_delay() -> None:
    """CLK-10: warned of its last day, and never urged after it."""
    order = CLOCKS["CLK-10"]
    last = date(2023, 12, 11)
    span = Dated(FRIDAY, last, end_of_day(last))
    assert named(list(steps(order, LADDERS, span, CALENDAR))) == ["due_today"]


def test_every_clock_of_the_book_has_a_ladder() -> None:
    """Each names the rungs of its own, or climbs the default."""
    for text in TEXTS.values():
        for rule in load_clocks(text):
            assert ladder_of(LADDERS, rule.id, date(2024, 3, 1)) is not None
    assert ladder_of(LADDERS, "CLK-02", date(2022, 12, 31)) is None


def test_the_version_in_force_on_the_last_day_counts() -> None:
    default = LADDERS[0]
    later = {"version": 2, "effective_from": date(2023, 12, 1), "rungs": ()}
    newer = default.model_copy(update=later)
    ladders = (*LADDERS, newer)
    assert ladder_of(ladders, "CLK-02", date(2023, 11, 30)) == default
    assert ladder_of(ladders, "CLK-02", date(2023, 12, 1)) == newer
    own = ladder_of(ladders, "CLK-99", date(2023, 12, 1))
    assert own is not None
    assert (own.clock, own.version) == ("CLK-99", 1)


RUNGS = (
    {"rung": "urge", "after": 0, "to": "duty"},
    {"rung": "supervise", "after": 2, "to": "office"},
)


@pytest.mark.parametrize(
    "rungs",
    [
        RUNGS[::-1],
        (RUNGS[0], {**RUNGS[1], "after": 0}),
        (RUNGS[0], {**RUNGS[0], "after": 3}),
        ({**RUNGS[0], "rung": "warn"},),
        ({**RUNGS[0], "to": "everybody"},),
        ({**RUNGS[0], "after": -1},),
    ],
)
def test_rungs_that_do_not_climb_are_refused(rungs: tuple[dict[str, Any], ...]) -> None:
    said = LADDERS[0].model_dump() | {"rungs": rungs}
    with pytest.raises(ValidationError):
        Ladder.model_validate(said)
    Ladder.model_validate(LADDERS[0].model_dump() | {"rungs": RUNGS})


def test_a_ladders_version_stands_once_in_a_file() -> None:
    text = TEXTS["clocks-supervision.toml"]
    first = text[text.index("[[ladders]]") : text.index("# An order")]
    with pytest.raises(ValidationError):
        load_ladders(text + first)


def told(by: datetime, *, missed: bool, told: tuple[str, ...] = ()) -> list[str]:
    span = dated(COMPLAINT, FRIDAY)
    every = steps(COMPLAINT, LADDERS, span, CALENDAR)
    return named(reached(every, told, span, missed=missed, by=by))


def test_nobody_is_warned_of_a_date_that_is_over_nor_urged_before_the_miss() -> None:
    eve, end = end_of_day(date(2023, 11, 30)), end_of_day(date(2023, 12, 1))
    assert told(eve, missed=False) == ["due_tomorrow"]
    assert told(eve, missed=False, told=("due_tomorrow",)) == []
    # Due, and still awaiting the facts of all who could have stopped it.
    assert told(end, missed=False) == []
    assert told(end, missed=True) == ["urge"]
    # After a week asleep every rung is told, none twice, and no warning.
    late = end_of_day(date(2023, 12, 8))
    assert told(late, missed=True) == ["urge", "supervise", "leader"]
    assert told(late, missed=True, told=("urge", "supervise")) == ["leader"]


def test_the_next_rung_is_what_the_clock_has_to_stop_at() -> None:
    every = climbs(COMPLAINT, FRIDAY)
    start = start_of_day(FRIDAY)
    warned = next_at(every, (), missed=False, after=start)
    assert warned == start_of_day(date(2023, 11, 30))
    assert next_at(every, ("due_tomorrow",), missed=False, after=start) is None
    urged = end_of_day(date(2023, 12, 1))
    after = next_at(every, ("due_tomorrow",), missed=True, after=urged)
    assert after == end_of_day(date(2023, 12, 5))
