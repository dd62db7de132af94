"""Ratios: figures of two figures, with the numbers they are made of beside them.

Definitions: domain §4.2. A ratio is never stored or added: of each span it is computed
anew from the two counts, and where nothing is below the line there is no ratio.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from libs.web.languages import Said
from services.reporting.figures.tracks import NAMES

Kind = Literal["percent", "mean", "hours"]
SCALE: Mapping[Kind, Decimal] = {
    "percent": Decimal(100),
    "mean": Decimal(1),
    "hours": Decimal(1) / Decimal(60),
}
TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Ratio:
    """One ratio: the indicator above the line and the one below it.

    Both None: nothing is counted for it yet (no clock runs). `cohort` ratios compare
    what was registered with what became of it, so they have a value up to a date only.
    """

    id: str
    name: Said
    definition: Said
    over: str | None
    under: str | None
    kind: Kind = "percent"
    cohort: bool = True


@dataclass(frozen=True)
class Rate:
    """A ratio's value: one decimal, and the two counts; None: there is none."""

    over: int | None
    under: int | None
    value: str | None


RATIOS = (
    Ratio(
        "S08-rate",
        Said("核查率", "share verified"),
        Said("核查数 ÷ 去重后线索", "verified ÷ distinct facts"),
        "S08",
        "S07",
    ),
    Ratio(
        "S09-rate",
        Said("查实率", "share confirmed"),
        Said("查实欠薪 ÷ 核查数", "arrears confirmed ÷ verified"),
        "S09",
        "S08",
    ),
    Ratio(
        "S10-rate",
        Said("化解率", "share resolved"),
        Said("化解数 ÷ 查实欠薪", "resolved ÷ arrears confirmed"),
        "S10",
        "S09",
    ),
    Ratio(
        "S11-rate",
        Said("办结率", "share answered"),
        Said("已答复 ÷ 接收", "answered ÷ received"),
        "S11",
        "S06",
    ),
    Ratio(
        "S11-on-time",
        Said("按期办结率", "share answered in time"),
        Said(
            "期限内答复 ÷ 期内应答复；各渠道答复时限尚未启用，记“无时限”",
            "answered before the deadline ÷ due in the period; no clock of answers runs"
            " yet: no clock",
        ),
        None,
        None,
    ),
    Ratio(
        "S12-hops",
        Said("平均转办次数", "transfers a clue"),
        Said("转办次数 ÷ 去重后线索", "transfers ÷ distinct facts"),
        "S12",
        "S07",
        "mean",
    ),
    Ratio(
        "S12-hours",
        Said("平均转办时长（小时）", "hours a transfer"),
        Said("从提出到签收的平均小时数", "mean hours from proposal to receipt"),
        "S12-minutes",
        "S12",
        "hours",
        cohort=False,
    ),
    Ratio(
        "S19-rate",
        Said("到账确认率", "share confirmed in hand"),
        Said("到账确认金额 ÷ 追发工资金额", "receipt confirmed ÷ wages paid"),
        "S19-amount",
        "S18-amount",
    ),
    *(
        Ratio(
            f"S43-{track}-mean",
            Said(f"{name.zh}平均用时（天）", f"mean days on a track: {name.en}"),
            Said("用时合计 ÷ 这一类的案件", "days on the track ÷ cases on it"),
            f"S43-{track}-days",
            f"S43-{track}",
            "mean",
        )
        for track, name in NAMES.items()
    ),
)


def rate(ratio: Ratio, values: Mapping[str, int]) -> Rate:
    """Return a ratio of figures by indicator, rounded half up to one decimal."""
    if ratio.over is None or ratio.under is None:
        return Rate(None, None, None)
    over, under = values.get(ratio.over, 0), values.get(ratio.under, 0)
    if under == 0:
        return Rate(over, under, None)
    exact = Decimal(over) * SCALE[ratio.kind] / Decimal(under)
    return Rate(over, under, str(exact.quantize(TENTH, ROUND_HALF_UP)))
