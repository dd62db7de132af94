"""Holiday notices: adopted with their paper by the office, not undone by files."""

from datetime import date

import pytest
from hypothesis import example
from hypothesis import given as for_any
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.calendar import Holiday, YearTable, load_year, year_text
from libs.events.contracts.clocks import RulebookAdopted
from libs.events.testing import given
from services.routing import rulebook
from services.routing.rulebook import AdoptRulebook, AmendCalendar, digest
from services.routing.seeding import years_begun
from tests.unit.matters import BOOKS, adopted, routed
from tests.unit.offices import SYSTEM, by
from tests.unit.test_recomputing import CALENDAR, NOTICE, amend, amended

ADOPT, _ = rulebook.RULES


def test_the_leading_group_office_adopts_an_amended_notice_with_its_paper() -> None:
    (fact,) = amend(routed(), amended()).events
    assert isinstance(fact, RulebookAdopted)
    assert (fact.book, fact.known_on) == ("calendar", date(2023, 11, 20))
    assert fact.in_force_from == date(2023, 12, 1)
    assert sorted(fact.files) == sorted(BOOKS["calendar"])
    assert load_year(fact.files["2024.toml"]) == amended()
    assert fact.version == digest(fact.files)[:16]


def test_a_year_that_no_notice_named_is_adopted_beside_the_others() -> None:
    notice = YearTable(
        year=2027,
        version=1,
        number="一",
        title="t",
        known_on=date(2023, 11, 1),
        holidays=(),
    )
    (fact,) = amend(routed(), notice).events
    assert isinstance(fact, RulebookAdopted)
    assert set(fact.files) == {*BOOKS["calendar"], "2027.toml"}


@pytest.mark.parametrize("version", [0, 1])
def test_a_notice_that_is_not_newer_is_refused(version: int) -> None:
    notice = amended().model_copy(update={"version": version})
    amend(routed(), notice).then_rejected("notice-not-newer")


def test_a_notice_is_not_adopted_before_it_was_issued() -> None:
    early = amended(known_on=date(2023, 12, 2))
    amend(routed(), early).then_rejected("notice-not-known-yet")


def test_a_day_that_is_off_and_worked_is_refused_at_the_door() -> None:
    said = amended().model_dump(mode="json")
    said["holidays"][0]["make_up"] = [said["holidays"][0]["first"]]
    with pytest.raises(ValidationError):
        AmendCalendar.model_validate({"notice": said})


def seeding(files: dict[str, str]) -> AdoptRulebook:
    known = date(2023, 11, 10)
    return AdoptRulebook(
        book="calendar",
        version=digest(files)[:16],
        known_on=known,
        in_force_from=known,
        files=files,
    )


def test_files_that_are_shipped_later_do_not_undo_an_amendment() -> None:
    (fact,) = amend(routed(), amended()).events
    story = given(rulebook.KIND, CALENDAR, adopted("calendar"), fact)
    story.when(ADOPT, seeding(dict(BOOKS["calendar"])), by(SYSTEM)).then_nothing()
    newer = {**BOOKS["calendar"], "2024.toml": year_text(amended(3))}
    (next_,) = story.when(ADOPT, seeding(newer), by(SYSTEM)).events
    assert isinstance(next_, RulebookAdopted)
    assert load_year(next_.files["2024.toml"]).version == 3


def test_a_notice_that_a_file_says_in_other_words_is_not_adopted_again() -> None:
    story = given(rulebook.KIND, CALENDAR, adopted("calendar"))
    reworded = {name: f"# Later\n{text}" for name, text in BOOKS["calendar"].items()}
    story.when(ADOPT, seeding(reworded), by(SYSTEM)).then_nothing()


def test_a_simulated_winter_begins_without_the_next_years_notice() -> None:
    """Its deadlines into the new year are provisional until the office adopts it."""
    autumn = years_begun(BOOKS["calendar"], date(2023, 11, 10))
    assert sorted(autumn) == ["2023.toml"]
    spring = years_begun(BOOKS["calendar"], date(2024, 1, 1))
    assert sorted(spring) == ["2023.toml", "2024.toml"]


def test_a_file_that_changes_days_without_a_version_is_refused() -> None:
    silent = {**BOOKS["calendar"], "2024.toml": year_text(amended(1))}
    story = given(rulebook.KIND, CALENDAR, adopted("calendar"))
    outcome = story.when(ADOPT, seeding(silent), by(SYSTEM))
    outcome.then_rejected("notice-version-reused")


@example("\x7f", "\x00")
@for_any(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_notice_survives_the_way_through_its_file(number: str, name: str) -> None:
    more = Holiday(
        name_zh=name,
        name_en=name,
        first=date(2024, 1, 31),
        last=date(2024, 1, 31),
        make_up=(date(2024, 3, 2),),
    )
    table = NOTICE.model_copy(update={"number": number, "holidays": (more,)})
    assert load_year(year_text(table)) == table


def test_a_notice_without_holidays_survives_it_too() -> None:
    """One that did not once left a calendar that nobody could count by."""
    table = NOTICE.model_copy(update={"holidays": ()})
    assert load_year(year_text(table)) == table
