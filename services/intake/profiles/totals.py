"""What a file adds up to: per sheet and in all, as the rows were read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from services.intake.profiles.meanings import Sort, of_sort
from services.intake.profiles.result import CellFinding, Outcome, RowResult

_AMOUNTS = of_sort(Sort.MONEY)


@dataclass
class AmountTotal:
    """One amount: numbers read (zeros among them), those above zero, their sum."""

    numeric: int = 0
    above_zero: int = 0
    minor: int = 0

    def add(self, minor: int) -> None:
        """Count one number, in minor units."""
        self.numeric += 1
        self.above_zero += minor > 0
        self.minor += minor


@dataclass
class SheetTotals:
    """One sheet's totals (or a file's); duplicates, errors and skipped add nothing.

    `numbers` are distinct channel numbers, `keys` distinct claims; `filled` counts the
    rows in which a meaning's cell held anything, readable or not.
    """

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    numbers: set[str] = field(default_factory=set, repr=False)
    keys: set[str] = field(default_factory=set, repr=False)
    closed: int = 0
    filled: Counter[str] = field(default_factory=Counter)
    amounts: dict[str, AmountTotal] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows that are claims: all but the skipped ones."""
        return sum(self.outcomes.values()) - self.outcomes[Outcome.SKIPPED]

    def amount(self, meaning: str) -> AmountTotal:
        """Return the total of an amount, all zeros where the sheet has none."""
        return self.amounts.get(meaning, AmountTotal())

    def add(self, result: RowResult) -> None:
        """Count one row's end."""
        self.outcomes[result.outcome] += 1
        if result.outcome is not Outcome.SUCCESS or result.fields is None:
            return
        self.numbers.add(result.fields.channel_number)
        self.keys.add(result.key_digest)
        self.closed += result.fields.closed
        self.filled.update(result.fields.filled)
        for meaning, money in result.fields.amounts.items():
            self.amounts.setdefault(meaning, AmountTotal()).add(money.minor)

    def to_json(self) -> dict[str, object]:
        """Return the totals as plain JSON; sums in minor units."""
        return {
            "rows": self.rows,
            "outcomes": {end.value: self.outcomes[end] for end in Outcome},
            "distinct_numbers": len(self.numbers),
            "distinct_keys": len(self.keys),
            "closed": self.closed,
            "filled": dict(sorted(self.filled.items())),
            "amounts": {
                meaning: {
                    "numeric": self.amounts[meaning].numeric,
                    "above_zero": self.amounts[meaning].above_zero,
                    "minor": self.amounts[meaning].minor,
                }
                for meaning in _AMOUNTS
                if meaning in self.amounts
            },
        }


@dataclass
class FileTotals:
    """A whole file's totals: by sheet, in all, and every finding by code."""

    currency: str
    sheets: dict[str, SheetTotals] = field(default_factory=dict)
    all: SheetTotals = field(default_factory=SheetTotals)
    findings: Counter[str] = field(default_factory=Counter)
    rounded: list[CellFinding] = field(default_factory=list)

    def add(self, result: RowResult) -> None:
        """Count one row's end; each rounded cell is kept."""
        self.sheets.setdefault(result.sheet, SheetTotals()).add(result)
        self.all.add(result)
        for finding in result.findings:
            self.findings[finding.code] += 1
            if finding.code == "amount-rounded":
                self.rounded.append(finding)


def add_up(currency: str, results: Iterable[RowResult]) -> FileTotals:
    """Add up all results of a file."""
    totals = FileTotals(currency)
    for result in results:
        totals.add(result)
    return totals
