"""Ratios stand beside the numbers they are made of, and never invent one."""

import pytest

from services.reporting.console.formats import rate as shown
from services.reporting.figures.indicators import BY_ID
from services.reporting.figures.ratios import RATIOS, Rate, rate

BY_NAME = {ratio.id: ratio for ratio in RATIOS}


def test_every_ratio_is_of_two_figures_or_says_that_no_clock_runs() -> None:
    for ratio in RATIOS:
        parts = (ratio.over, ratio.under)
        assert parts == (None, None) or set(parts) <= BY_ID.keys(), ratio.id
        assert ratio.name.zh, ratio.id
        assert ratio.definition.en, ratio.id
    assert [one.id for one in RATIOS if one.over is None] == ["S11-on-time"]


@pytest.mark.parametrize(
    ("over", "under", "value"),
    [(198, 203, "97.5"), (2_026, 2_026, "100.0"), (1, 8, "12.5"), (1, 3, "33.3")],
)
def test_a_rate_is_rounded_half_up_to_one_decimal(
    over: int, under: int, value: str
) -> None:
    """Domain §4.3: 203 in, 198 done is printed as 97.5 %."""
    found = rate(BY_NAME["S11-rate"], {"S11": over, "S06": under})
    assert found == Rate(over, under, value)
    assert shown(found, "percent") == f"{value}%"


def test_half_a_tenth_goes_up() -> None:
    found = rate(BY_NAME["S12-hops"], {"S12": 25, "S07": 100})
    assert found.value == "0.3"


def test_a_duration_is_the_mean_of_the_transfers_in_hours() -> None:
    found = rate(BY_NAME["S12-hours"], {"S12-minutes": 3_000, "S12": 4})
    assert found == Rate(3_000, 4, "12.5")
    assert shown(found, "hours") == "12.5"


def test_of_nothing_there_is_no_rate() -> None:
    assert rate(BY_NAME["S09-rate"], {"S09": 0, "S08": 0}) == Rate(0, 0, None)
    assert rate(BY_NAME["S11-on-time"], {"S11": 5}) == Rate(None, None, None)
    assert shown(Rate(0, 0, None), "percent") == shown(None, "percent") == "—"
