"""A bulk: at most a hundred cases, each once, with a key of its own."""

from uuid import UUID

import pytest

from libs.web.problems import Problem
from services.reporting.console.bulk import BULK, MOST, form_of, key_of, picked
from services.reporting.console.forms import Typed

FORM, OTHER = UUID(int=1), UUID(int=2)


def ticked(*cases: object) -> Typed:
    return Typed({"case": tuple(str(one) for one in cases)}, {})


def test_a_case_that_is_ticked_twice_is_one() -> None:
    cases = [UUID(int=n) for n in (3, 1, 3, 2)]
    assert picked(ticked(*cases, "")) == [UUID(int=n) for n in (3, 1, 2)]


def test_a_hundred_are_taken_and_one_more_is_not() -> None:
    hundred = [UUID(int=n) for n in range(MOST)]
    assert (MOST, picked(ticked(*hundred, hundred[0]))) == (100, hundred)
    with pytest.raises(Problem) as refused:
        picked(ticked(*hundred, UUID(int=MOST)))
    assert (refused.value.status_code, "101" in refused.value.said.zh) == (422, True)


@pytest.mark.parametrize(("said", "status"), [([""], 422), (["no-id"], 404)])
def test_nothing_ticked_and_what_is_no_case_are_refused(
    said: list[str], status: int
) -> None:
    with pytest.raises(Problem) as refused:
        picked(ticked(*said))
    assert refused.value.status_code == status


def test_a_form_sent_again_is_the_same_command_of_each_case() -> None:
    keys = {key_of(form, UUID(int=n)) for form in (FORM, OTHER) for n in range(3)}
    assert len(keys) == 6
    assert key_of(FORM, UUID(int=0)) == key_of(FORM, UUID(int=0))


def test_only_what_is_the_same_for_every_case_is_asked_for() -> None:
    """F-2.4.1b: a bulk urges cases, never one of their deadlines."""
    assert [one.name for one in form_of("UrgeCase").fields] == [
        "level",
        "reason",
        "answer_by",
    ]
    assert {form_of(act).on for act in BULK} == {"case"}
    with pytest.raises(Problem):
        form_of("RuleOwnership")
