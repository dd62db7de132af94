"""A ratio: what we do over the barest thing that does the same work, in one run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles

REPEATS = 3


@dataclass(frozen=True)
class Ratio:
    """Medians of a few repeats, side by side; `checked` says what was held after each.

    `lower_is_better` holds of times, not of rates.
    """

    name: str
    unit: str
    ours: float
    bare: float
    checked: str
    lower_is_better: bool = False

    @property
    def value(self) -> float:
        """Return ours ÷ bare."""
        return self.ours / self.bare

    @property
    def loses(self) -> bool:
        """Whether the bare one is better, as it should be: it does less."""
        return self.value > 1 if self.lower_is_better else self.value < 1

    def to_json(self) -> dict[str, object]:
        """Return what is kept of it."""
        return {**asdict(self), "ratio": self.value, "loses": self.loses}


def rates(name: str, ours: Sequence[float], bare: Sequence[float], held: str) -> Ratio:
    """Return the ratio of the medians of two rates a second."""
    return Ratio(name, "/s", median(ours), median(bare), held)


def times(name: str, ours: Sequence[float], bare: Sequence[float], held: str) -> Ratio:
    """Return the ratio of the medians of two times; seconds in, milliseconds out."""
    scaled = median(ours) * 1000, median(bare) * 1000
    return Ratio(name, "ms", *scaled, held, lower_is_better=True)


def percentile(seconds: Sequence[float], percent: int) -> float:
    """Return a percentile of times."""
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def table(ratios: Sequence[Ratio]) -> str:
    """Return the ratios as lines, the losing ones too."""
    lines = [f"{'':58}{'ours':>12}{'bare':>12}{'':>4}{'ratio':>8}"]
    for each in ratios:
        figures = f"{each.ours:>12,.1f}{each.bare:>12,.1f}{each.unit:>4}"
        sign = "  loses" if each.loses else ""
        lines.append(f"{each.name:58}{figures}{each.value:>8.2f}{sign}")
        lines.append(f"    held after each repeat: {each.checked}")
    return "\n".join(lines)
