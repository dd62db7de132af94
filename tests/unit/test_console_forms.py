"""What officers type, read as the doors take it; and what stays on the server."""

from datetime import date, timedelta

import pytest

from libs.calendar import start_of_day
from services.reporting.console.answers import Mistyped, amount
from services.reporting.console.deed import differences
from services.reporting.console.forms import Typed
from services.reporting.console.intake_form import pointers, read
from services.reporting.console.session import Session, derived, seal, unseal
from services.reporting.console.sign_in import own_page
from services.reporting.reading.board import Turn, age_class, day_ends
from services.reporting.reading.ledger import Filters, literal

KEY = derived(b"k" * 32, "test")
DAY = date(2023, 11, 10)


def typed(**fields: str | tuple[str, ...]) -> Typed:
    said = {n: (v,) if isinstance(v, str) else v for n, v in fields.items()}
    return Typed(said, {})


def test_empty_rows_of_workers_are_left_out_and_errors_find_their_row() -> None:
    names = {"worker.name": ("", "演示工一"), "worker.claimed": ("", "1,200.50")}
    said = read(Typed({"employer": ("演示厂",), **names}, {}))
    claimed = {"minor": 120_050, "currency": "CNY"}
    assert said.body["workers"] == [{"name": "演示工一", "claimed": claimed}]
    problem = {"errors": [{"pointer": "/workers/0/phone", "detail": "改"}]}
    assert pointers(problem, said) == {"worker.phone.1": "改"}


def test_the_form_says_industry_and_area_when_they_are_chosen() -> None:
    """F-1.2: who supervises and who answers follows from them."""
    said = read(typed(employer="演示厂", industry="C", site_area="R1"))
    assert (said.body["employer"]["industry"], said.body["site_area"]) == ("C", "R1")
    plain = read(typed(employer="演示厂", industry="", site_area=""))
    assert "industry" not in plain.body["employer"]
    assert "site_area" not in plain.body


def test_an_anonymous_report_carries_no_reporter() -> None:
    fields = {"door": "report", "mode": "anonymous", "employer": "演示厂"}
    said = read(typed(**fields, **{"reporter.name": "演示工二"}))
    assert (said.door, "reporter" in said.body, said.wrong) == ("report", False, {})


def test_the_form_says_whether_and_how_a_person_is_told() -> None:
    """F-2.2.1a: by choice; a mailbox alone is the first worker's."""
    fields = {
        "employer": "演示厂",
        "notify": "email",
        "reporter.email": "g@example.org",
    }
    said = read(typed(**fields, **{"worker.name": ("演示工一",)}))
    assert said.body["notify"] == "email"
    assert said.body["workers"] == [{"name": "演示工一", "email": "g@example.org"}]
    assert "reporter" not in said.body
    other = read(typed(**fields, **{"reporter.name": "演示工二"}))
    assert other.body["reporter"]["email"] == "g@example.org"
    silent = read(typed(employer="演示厂", notify="pigeon"))
    assert "notify" not in silent.body


def test_a_complaint_names_an_employer_and_somebody_owed() -> None:
    assert set(read(typed()).wrong) == {"employer", "worker.name.0"}


@pytest.mark.parametrize("text", ["1.234", "-5", "一百", "253,24"])
def test_an_amount_that_is_none_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(Mistyped, match="money-"):
        amount(text, "CNY")


def test_a_sealed_token_opens_under_its_own_key_only() -> None:
    sealed = seal(KEY, b"token")
    assert unseal(KEY, sealed) == b"token"
    assert unseal(derived(b"k" * 32, "other"), sealed) is None
    assert unseal(KEY, sealed[:-1]) is None


def test_a_form_of_another_session_is_not_taken() -> None:
    mine, other = Session("a" * 43, "t"), Session("b" * 43, "t")
    assert mine.wrote(mine.csrf)
    assert not mine.wrote(other.csrf)
    assert not mine.wrote(None)


@pytest.mark.parametrize(
    "address",
    ["https://evil.test/console", "//evil.test/console", "/v1/x", "\\console"],
)
def test_signing_in_returns_to_this_console_only(address: str) -> None:
    assert own_page(address) == ""
    assert own_page("/console/ledger?unit=LI") == "/console/ledger?unit=LI"


def test_a_stale_form_shows_what_changed_and_nothing_else() -> None:
    saw = '{"unit": "LC", "hops": 0}'
    now = {"unit": "LI", "hops": 0}
    assert differences(saw, now) == [("unit", "LC", "LI")]
    assert differences("no json", now) == []


def test_open_cases_are_counted_at_each_days_end() -> None:
    at = [start_of_day(DAY + timedelta(days=n)) for n in range(3)]
    cases = [Turn(1, at[0], at[0]), Turn(1, at[1], at[1]), Turn(-1, at[2], at[2])]
    ends = day_ends(cases, [], DAY, DAY + timedelta(days=2))
    assert [(one.cases, one.came, one.went) for one in ends] == [
        (1, 1, 0),
        (2, 1, 0),
        (1, 0, 1),
    ]


def test_a_fact_told_late_changes_the_day_but_not_what_was_known_on_it() -> None:
    first, second, third = (start_of_day(DAY + timedelta(days=n)) for n in range(3))
    clues = [Turn(1, first, first), Turn(-1, second, third)]
    ends = day_ends([], clues, DAY, DAY + timedelta(days=2))
    assert [one.clues for one in ends] == [1, 0, 0]
    assert [one.clues_told for one in ends] == [1, 1, 0]
    assert [one.restated for one in ends] == [False, True, False]


def test_age_classes_end_where_they_say() -> None:
    assert [age_class(n) for n in (0, 5, 6, 15, 16, 60, 61)] == [0, 0, 1, 1, 2, 3, 4]


def test_a_filter_is_taken_literally() -> None:
    assert literal(" 50%_x ") == "50\\%\\_x"
    assert literal("  ") is None


def test_the_marks_of_a_filter_are_read_again_as_the_same_filter() -> None:
    said = Filters(unit="LI", unpaid=True, flow="first:LC>lead:LI:moved")
    assert said.marks() == {
        "unit": "LI",
        "unpaid": "true",
        "flow": "first:LC>lead:LI:moved",
    }
    assert Filters.model_validate(said.marks()) == said
