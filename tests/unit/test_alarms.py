"""Alarms are data: bounds hold numbers, for as long as they say."""

import pytest

from libs.service.alarms import Watch, alarms, parsed, silent

ONE = """
[late]
measure = "seconds_behind"
above = 10
for_seconds = 5
severity = "warning"
meaning = ["晚了。", "It is late."]
todo = ["等。", "Wait."]
"""


def test_an_alarm_is_raised_once_its_number_was_beyond_the_bound_long_enough() -> None:
    watch = Watch(parsed(ONE))
    assert watch.look({"seconds_behind": 11}, now=100) == []
    (raised,) = watch.look({"seconds_behind": 12}, now=105)
    assert (raised.value, raised.seconds) == (12, 5)
    assert watch.look({"seconds_behind": 10}, now=106) == []
    assert watch.look({"seconds_behind": 11}, now=107) == []
    assert watch.look({}, now=200) == []


def test_a_bound_may_be_a_floor() -> None:
    floor = ONE.replace("above", "below").replace("for_seconds = 5", "")
    (raised,) = Watch(parsed(floor)).look({"seconds_behind": 9}, now=0)
    assert raised.alarm.bound == "seconds_behind < 10"


@pytest.mark.parametrize(
    "wrong",
    [
        ONE.replace("above = 10", ""),
        ONE + "below = 3\n",
        ONE.replace('"warning"', '"loud"'),
        ONE + "sound = 1\n",
    ],
)
def test_a_table_that_says_nonsense_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="late"):
        parsed(wrong)


def test_every_alarm_says_in_both_languages_what_it_means_and_what_to_do() -> None:
    for alarm in alarms().values():
        for said in (alarm.meaning, alarm.todo):
            assert said.zh.endswith("。"), alarm.code
            assert said.en.endswith("."), alarm.code
    assert silent().alarm.code == "service-down"
