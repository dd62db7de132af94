"""Expected figures: added up from the plan's facts, beside what the stories state."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from deploy.demo.office import weeks
from deploy.demo.step import Fact
from libs.calendar import end_of_day, start_of_day

K = 1000
STATED = {
    "claimed": 254_560 * K,
    "verified": 221_090 * K,
    "ordered": 106_500 * K,
    "paid": 148_490 * K,
    "confirmed": 147_390 * K,
    "unpaid": 72_600 * K,
}
"""The stories' sums in fen at the campaign's end; README shows the arithmetic."""
STATED_PAID = {
    5: 3_100 * K, 6: 7_200 * K, 7: 12_510 * K, 8: 6_600 * K, 9: 980 * K,
    10: 23_900 * K, 11: 11_700 * K, 12: 34_200 * K, 13: 34_200 * K, 14: 14_100 * K,
}  # fmt: skip
"""What the stories' workers were paid in each week, in fen."""
SIGNS = {"paid": 1, "reversed": -1}


@dataclass(frozen=True)
class Span:
    """A period, and until when facts are known."""

    starts_at: datetime
    ends_at: datetime
    known_at: datetime

    def of(self, facts: Iterable[Fact]) -> list[Fact]:
        """Return the facts of the period that are known."""
        return [
            fact
            for fact in facts
            if self.starts_at <= fact.at < self.ends_at
            and fact.entered <= self.known_at
        ]


def week(number: int, known_at: datetime) -> Span:
    """Return a campaign week as known at a time."""
    first, last = weeks()[number - 1]
    return Span(start_of_day(first), end_of_day(last), known_at)


def stories(facts: Iterable[Fact]) -> list[Fact]:
    """Return the hand-written stories' facts."""
    return [fact for fact in facts if fact.lane.startswith("S")]


def minor(facts: Iterable[Fact], *kinds: str) -> int:
    """Return a sum in fen; a reversal counts below zero."""
    return sum(f.minor * SIGNS.get(f.kind, 1) for f in facts if f.kind in kinds)


def items(facts: Iterable[Fact], kind: str) -> int:
    """Return how many facts of a kind there are."""
    return sum(fact.kind == kind for fact in facts)


def cases(facts: Iterable[Fact], kind: str) -> int:
    """Return how many cases have a fact of a kind."""
    return len({fact.case for fact in facts if fact.kind == kind})


def people(facts: Iterable[Fact]) -> int:
    """Return how many workers were paid and not paid back: each counts once."""
    net: dict[str, int] = defaultdict(int)
    for fact in facts:
        net[fact.who] += fact.minor * SIGNS.get(fact.kind, 0)
    return sum(left > 0 for left in net.values())


def found(facts: Iterable[Fact]) -> int:
    """Return how many clues were verified with arrears."""
    return len({f.case for f in facts if f.kind == "found" and f.minor})


FIGURES: dict[str, Callable[[Sequence[Fact]], int]] = {
    "S06": lambda facts: items(facts, "registered"),
    "S08": lambda facts: cases(facts, "found"),
    "S09": found,
    "S12": lambda facts: items(facts, "transferred"),
    "S13": lambda facts: cases(facts, "filed"),
    "S14": lambda facts: cases(facts, "concluded"),
    "S15": lambda facts: items(facts, "ordered"),
    "S15-amount": lambda facts: minor(facts, "ordered"),
    "S18-workers": people,
    "S18-amount": lambda facts: minor(facts, "paid", "reversed"),
    "S19-amount": lambda facts: minor(facts, "confirmed"),
}
"""Each figure that the plan foretells, by its indicator."""


def figures(facts: Sequence[Fact], span: Span) -> dict[str, int]:
    """Return every foretold figure of a period."""
    inside = span.of(facts)
    return {name: figure(inside) for name, figure in FIGURES.items()}
