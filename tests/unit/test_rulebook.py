"""The rulebooks: what law may change is data, adopted by event, once a version."""

from datetime import date

import pytest

from libs.events.testing import given
from services.routing import rulebook
from services.routing.rulebook import RULES, AdoptRulebook, Book, book_id
from services.routing.seeding import books
from tests.unit.matters import adopted
from tests.unit.offices import SYSTEM, by

ADOPT, _ = RULES
NOVEMBER = date(2023, 11, 10)


def adopting(book: Book, version: str = "test") -> AdoptRulebook:
    return AdoptRulebook(
        book=book,
        version=version,
        known_on=NOVEMBER,
        in_force_from=NOVEMBER,
        files=books()[book],
    )


@pytest.mark.parametrize("book", ["clocks", "calendar", "organisation"])
def test_a_book_is_adopted_as_its_files_say_and_the_same_version_once(
    book: Book,
) -> None:
    outcome = given().when(ADOPT, adopting(book), by(SYSTEM))
    outcome.then(adopted(book))
    again = given(rulebook.KIND, book_id(book), adopted(book))
    again.when(ADOPT, adopting(book), by(SYSTEM)).then_nothing()
    again.when(ADOPT, adopting(book, "next"), by(SYSTEM)).then_nothing()


def test_the_four_clocks_of_the_campaign_stand_in_the_book() -> None:
    state = given(rulebook.KIND, book_id("clocks"), adopted("clocks")).state(
        rulebook.KIND, book_id("clocks")
    )
    found = {rule.id for rule in state.clocks}
    assert {"CLK-02", "CLK-05", "CLK-10", "CLK-72"} <= found


@pytest.mark.parametrize(
    ("unit", "takes"),
    [("LC", True), ("DO", True), ("DB", True), ("AU", False), ("ZZ", False)],
)
def test_the_organisation_says_who_can_own_a_case(unit: str, *, takes: bool) -> None:
    start = given(rulebook.KIND, book_id("organisation"), adopted("organisation"))
    state = start.state(rulebook.KIND, book_id("organisation"))
    assert state.takes_cases(unit, NOVEMBER) is takes


def test_no_unit_takes_cases_before_an_organisation_was_adopted() -> None:
    assert not rulebook.Rulebook().takes_cases("LC", NOVEMBER)
