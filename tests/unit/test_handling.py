"""Handlers 责任人: one officer answers for a case until it is closed (F-2.2.2a)."""

import asyncio

import pytest
from pydantic import ValidationError

from libs.acts import Asked
from libs.events.contracts.routing import CaseClosed
from libs.events.contracts.supervision import HandlerAssigned
from libs.events.decider import NotVisible, NotYours
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.web.callers import Officer, SignedIn
from services.reporting.reading import handling as shown
from services.reporting.views import handler
from services.routing import handling, supervising
from services.routing.handling import AssignHandler
from tests.unit.clock_scenes import first_owned
from tests.unit.matters import CASE, moved, routed
from tests.unit.offices import by, officer
from tests.unit.rights_asked import as_officer, request_of, send
from tests.unit.rights_house import house
from tests.unit.supervision_scenes import rows_of

(ASSIGN,) = handling.RULES
FIRST, SECOND = officer("LC"), officer("LC", 2)
NAME = AssignHandler(case_id=CASE, handler_id=FIRST, handler_unit="LC")
NAMED = HandlerAssigned(case_id=CASE, handler_id=FIRST, unit="LC")
INSPECTOR = AssignHandler(case_id=CASE, handler_id=officer("LI"), handler_unit="LI")


def handled(*named: Event, since: tuple[Event, ...] = ()) -> Given:
    """The centre's case, of which handlers were named, and what came after."""
    return routed(*since).given(handling.KIND, CASE, *named)


def test_f_2_2_2a_the_unit_that_holds_the_case_names_who_answers_for_it() -> None:
    """F-2.2.2a: and another takes the place of the one before."""
    outcome = handled().when(ASSIGN, NAME, by("LC", number=2)).then(NAMED)
    assert outcome.new[0].stream == f"handling-{CASE}"
    other = NAME.model_copy(update={"handler_id": SECOND})
    instead = NAMED.model_copy(update={"handler_id": SECOND})
    handled(NAMED).when(ASSIGN, other, by("LC")).then(instead)


def test_the_leading_group_office_names_one_of_the_unit_that_holds_it() -> None:
    handled().when(ASSIGN, NAME, by("LG")).then(NAMED)
    own = NAME.model_copy(update={"handler_id": officer("LG"), "handler_unit": "LG"})
    handled().when(ASSIGN, own, by("LG")).then_rejected("officer-not-entitled")


def test_another_unit_names_nobody() -> None:
    looking_on = handled().when(ASSIGN, NAME, by("DB")).refusal
    assert isinstance(looking_on, NotYours)
    assert looking_on.may == ("LC",)
    assert isinstance(handled().when(ASSIGN, NAME, by("LI")).refusal, NotVisible)


@pytest.mark.parametrize("unit", [None, "LI"])
def test_a_handler_works_today_in_the_unit_that_holds_the_case(
    unit: str | None,
) -> None:
    elsewhere = NAME.model_copy(update={"handler_unit": unit})
    story = handled()
    story.when(ASSIGN, elsewhere, by("LC")).then_rejected("officer-not-entitled")


def test_who_handles_it_already_is_not_named_again() -> None:
    handled(NAMED).when(ASSIGN, NAME, by("LC")).then_rejected("handles-already")


def test_a_case_that_moved_on_needs_a_handler_anew() -> None:
    """No event says so: the handler's unit is not the case's any more."""
    there = handled(NAMED, since=tuple(moved(1, "LC", "LI")))
    assert there.state(handling.KIND, CASE).within("LI") is None
    there.when(ASSIGN, NAME, by("LI")).then_rejected("officer-not-entitled")
    there.when(ASSIGN, INSPECTOR, by("LI")).then_says("HandlerAssigned")
    back = (*moved(1, "LC", "LI"), *moved(2, "LI", "LC"))
    again = handled(NAMED, since=back)
    again.when(ASSIGN, NAME, by("LC")).then_rejected("handles-already")


@pytest.mark.parametrize(
    ("kind", "code"), [("paid", "case-closed"), ("merged", "case-merged")]
)
def test_a_case_that_is_over_gets_no_handler(kind: str, code: str) -> None:
    over = CaseClosed.model_validate({"case_id": CASE, "kind": kind})
    handled(since=(over,)).when(ASSIGN, NAME, by("LC")).then_rejected(code)


def test_a_row_of_history_gets_none_before_it_is_adopted() -> None:
    row = first_owned("LC", history=True)
    row.when(ASSIGN, NAME, by("LC")).then_rejected("not-adopted")


def test_the_door_fills_in_the_unit_of_whom_the_directory_knows() -> None:
    act = next(one for one in supervising.ACTS if one.command is AssignHandler)
    known = {FIRST: Officer("x", "centre", "LC")}
    caller = SignedIn(by("LC").actor, known[FIRST])
    for person, unit in ((FIRST, "LC"), (SECOND, None)):
        asked = Asked(caller, {}, CASE, {"handler_id": person}, known.get)
        assert act.fills(asked) == {"handler_unit": unit}
    assert act.filled == ("handler_unit",)


@pytest.mark.parametrize(
    ("since", "role", "named"),
    [((), "centre", str(FIRST)), (tuple(moved(1, "LC", "LI")), "inspection", None)],
)
def test_routings_own_state_names_the_handler_of_the_unit_that_holds_it(
    since: tuple[Event, ...], role: str, named: str | None
) -> None:
    door = house("routing")
    asked = request_of(door, "GET /v1/cases/{case_id}", {"case_id": CASE})
    door.memory.story = handled(NAMED, since=since)
    try:
        answer = asyncio.run(send(door, asked, as_officer(door, asked, role)))
    finally:
        door.memory.story = given()
    assert (answer.status, answer.said["handler_id"]) == (200, named)


def test_the_view_keeps_the_last_who_was_named() -> None:
    later = NAMED.model_copy(update={"handler_id": SECOND})
    rows = rows_of(handler.VIEW, handling.KIND.stream(CASE), NAMED, later)
    assert [(row.handler_id, row.unit) for row in rows] == [
        (FIRST, "LC"), (SECOND, "LC"),
    ]  # fmt: skip
    assert rows[0].since < rows[1].since


def test_the_hours_without_a_handler_are_data_of_the_offices_own() -> None:
    assert (shown.TERM.hours, shown.TERM.source) == (24, "own")
    for wrong in ('hours = 0\nsource = "own"', 'hours = 24\nsource = "law"'):
        with pytest.raises(ValidationError):
            shown.load(f"[no_handler]\n{wrong}\n")
