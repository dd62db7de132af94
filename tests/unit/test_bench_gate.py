"""The bench's gate compares ratios of any machine, and its page tells every miss."""

import json

import pytest

from tests.bench.gate import SLACK, ratios, worse
from tests.bench.measure import Sample, percentiles
from tests.bench.part import Goal, Part, medians
from tests.bench.report import ratios as ratios_of


def kept(ratio: float, most: float | None = None) -> str:
    return json.dumps({"ratios": [{"name": "n", "ratio": ratio, "most": most}]})


def test_a_ratio_that_fell_is_worse_and_one_within_the_slack_is_not() -> None:
    before = ratios(kept(6.0))
    assert worse(before, ratios(kept(6.0 / SLACK - 0.1)))
    assert not worse(before, ratios(kept(6.0 / SLACK + 0.1)))


def test_a_ratio_of_times_is_worse_when_it_grows() -> None:
    before = ratios(kept(2.0, most=3))
    assert worse(before, ratios(kept(2.0 * SLACK + 0.1, most=3)))
    assert not worse(before, ratios(kept(1.0, most=3)))


def test_what_was_not_measured_before_is_no_regression() -> None:
    assert worse({}, {"n": 0.1}) == []


def part(goal: Goal) -> Part:
    return Part("p", "P", "clients", {}, goals=(goal,))


@pytest.mark.parametrize(
    ("rate", "met"), [(600.0, True), (499.0, False)], ids=["met", "missed"]
)
def test_a_goal_is_met_or_missed(rate: float, met: object) -> None:
    goal = Goal("g", ("ours", "32"), ("peer", "32"), least=5)
    found = medians([Sample("ours", "32", rate), Sample("peer", "32", 100.0)])
    assert ratios_of(part(goal), found)[0]["met"] is met


def test_a_setting_that_was_not_held_is_a_miss() -> None:
    goal = Goal("g", ("ours", "100"), ("peer", "100"), figure="p99", most=3)
    found = medians([Sample("peer", "100", 100.0, p99=4.0)])
    (told,) = ratios_of(part(goal), found)
    assert (told["ratio"], told["met"]) == (None, False)


def test_the_median_of_the_turns_is_told() -> None:
    turns = [Sample("ours", "1", rate) for rate in (1.0, 9.0, 2.0)]
    assert medians(turns)["ours", "1"].rate == 2.0


def test_percentiles_are_milliseconds() -> None:
    assert percentiles([0.001] * 10)["p99"] == pytest.approx(1.0)
