"""An amount of money: whole minor units (fen for CNY) of one currency, never float."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MAX_MINOR = 10**13
"""The largest amount a person may enter, in minor units: 100 billion yuan."""

DECIMALS = {"CNY": 2, "EUR": 2, "GBP": 2, "HKD": 2, "JPY": 0, "USD": 2}
"""Digits after the point by currency (ISO 4217); an unlisted currency is refused."""

# Commas only where they group by three, so `253,24` is never read as 25324.
_WHOLE = r"(?P<whole>\d{1,20}|\d{1,3}(?:,\d{3}){1,6})"
_DECIMAL = re.compile(_WHOLE + r"(?:\.(?P<part>\d{1,20}))?")

MinorUnits = Annotated[int, Field(strict=True, ge=0, le=MAX_MINOR)]
"""A boundary's amount in minor units: a whole number, not negative, not absurd."""

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code."""


class MoneyRefused(ValueError):
    """Text that is no amount: `code` is stable, the words say what to enter."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Money(BaseModel):
    """So many minor units of a currency; below zero only as a difference."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minor: int = Field(strict=True)
    currency: Currency

    def __add__(self, other: "Money") -> "Money":
        return Money(minor=self.minor + self._same(other), currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(minor=self.minor - self._same(other), currency=self.currency)

    def __str__(self) -> str:
        return f"{format_minor(self.minor, self.currency)} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MoneyRefused(
                "money-currencies-differ",
                f"{self.currency} and {other.currency} are never added;"
                " give one total for each currency.",
            )
        return other.minor


def _owed(amount: Money) -> Money:
    if not 0 <= amount.minor <= MAX_MINOR:
        raise ValueError(f"An amount is 0 to {MAX_MINOR} minor units.")
    return amount


Amount = Annotated[Money, AfterValidator(_owed)]
"""An amount that a person or an event states: not negative, not absurd."""


def parse_money(text: str, currency: str = "CNY") -> Money:
    """Read a decimal amount, e.g. `1,234.5` yuan, without any rounding.

    Raises `MoneyRefused`: money-currency, money-format, money-negative,
    money-fraction (finer than a minor unit), money-absurd (above `MAX_MINOR`).
    """
    digits = _decimals(currency)
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.match(r"[-−(]", plain):
        raise MoneyRefused("money-negative", "Enter an amount of zero or more.")
    found = _DECIMAL.fullmatch(plain)
    # `\d` also takes Arabic-Indic and other digits; nothing is guessed from those.
    if found is None or not plain.isascii():
        raise MoneyRefused(
            "money-format",
            "Enter the amount in digits, for example 1234.56 or 1,234.56,"
            " without a currency sign or unit.",
        )
    part = (found["part"] or "").rstrip("0")
    if len(part) > digits:
        raise MoneyRefused(
            "money-fraction",
            f"{currency} has {digits} digits after the point;"
            " enter a whole number of its smallest unit.",
        )
    minor = int(found["whole"].replace(",", "") + part.ljust(digits, "0"))
    return Money(minor=_not_absurd(minor, currency), currency=currency)


def format_minor(minor: int, currency: str = "CNY") -> str:
    """Minor units as `1,234.56`; raises `MoneyRefused` for an unlisted currency."""
    digits = _decimals(currency)
    whole, part = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:,}" + (f".{part:0{digits}d}" if digits else "")


def sum_by_currency(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """One total for each currency, by code; currencies are never added together."""
    totals: dict[str, int] = {}
    for amount in amounts:
        totals[amount.currency] = totals.get(amount.currency, 0) + amount.minor
    return tuple(Money(minor=totals[code], currency=code) for code in sorted(totals))


def _decimals(currency: str) -> int:
    if currency not in DECIMALS:
        raise MoneyRefused(
            "money-currency",
            f"The currency is not known here; use one of {', '.join(DECIMALS)}.",
        )
    return DECIMALS[currency]


def _not_absurd(minor: int, currency: str) -> int:
    if minor > MAX_MINOR:
        highest = format_minor(MAX_MINOR, currency)
        raise MoneyRefused(
            "money-absurd",
            f"The amount is above {highest} {currency}; check the digits.",
        )
    return minor
