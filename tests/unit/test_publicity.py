"""Publicity (F-2.2.1c): logged once, by a unit, as of the day on which it was held."""

from datetime import date

import pytest

from libs.calendar.local_days import start_of_day
from libs.events.contracts.publicity import PublicityActivityLogged
from libs.events.testing import given
from libs.events.views.testing import recorded, told
from libs.ids import named
from services.reporting import publicity
from services.reporting.publicity import KIND, LogPublicity
from services.reporting.views.publicity import REGISTER, PublicityLine
from tests.unit.offices import by, on

ACTIVITY = named("test-activity")
(RULE,) = publicity.RULES
LOG = LogPublicity(
    activity_id=ACTIVITY,
    unit="LC",
    held_on=date(2023, 11, 20),
    means="site_visit",
    place="虚构一号工地",
    area="R1",
    sessions=2,
    people=60,
    leaflets=100,
)
LOGGED = PublicityActivityLogged(**LOG.model_dump())
TODAY = on(11, 21)


def test_f_2_2_1c_what_was_held_is_logged_once_as_of_its_day() -> None:
    """F-2.2.1c: sessions, people, leaflets; entered later, it happened then."""
    said = given().when(RULE, LOG, by("LC", TODAY)).then(LOGGED)
    assert said.new[0].occurred_at == start_of_day(date(2023, 11, 20))
    again = given(KIND, ACTIVITY, LOGGED).when(RULE, LOG, by("LC", TODAY))
    again.then_rejected("activity-logged")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"held_on": date(2023, 11, 22)}, "date-implausible"),
        ({"held_on": date(1979, 12, 31)}, "date-implausible"),
        ({"place": "张三 13800000001"}, "personal-number"),
    ],
)
def test_what_is_to_come_or_names_a_person_is_not_logged(
    change: dict[str, object], code: str
) -> None:
    asked = LOG.model_copy(update=change)
    given().when(RULE, asked, by("LC", TODAY)).then_rejected(code)


def test_an_activity_is_one_line_of_the_register() -> None:
    (event,) = recorded(told(KIND.stream(ACTIVITY), LOGGED), service="reporting")
    assert REGISTER.facts(event) == [PublicityLine(**LOG.model_dump())]
