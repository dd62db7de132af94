"""Amounts of a row: exact decimals to minor units, nothing guessed."""

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal

from libs.money import DECIMALS, MAX_MINOR, Money, format_minor
from libs.sheets.cell import Cell, CellKind
from services.intake.profiles.meanings import Sort, of_sort
from services.intake.profiles.profile import MoneyRule
from services.intake.profiles.reading import RowReading

_AMOUNTS = of_sort(Sort.MONEY)


def read_amounts(row: RowReading) -> dict[str, Money]:
    """Return the amounts that could be read, zeros among them."""
    amounts: dict[str, Money] = {}
    for meaning in _AMOUNTS:
        cell = row.readable(meaning)
        if cell is None:
            continue
        amount = _amount(row, meaning, cell)
        if amount is not None:
            amounts[meaning] = amount
    return amounts


def decimal_of(text: str, rule: MoneyRule) -> Decimal | None:
    """Read an amount written as text by the profile's marks, None if it is not one.

    The thousands mark counts only where it groups by three: `253,24` is no amount.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    for mark in rule.strip:
        folded = unicodedata.normalize("NFKC", mark)
        plain = plain.removeprefix(folded).removesuffix(folded).strip()
    group = re.escape(rule.thousands)
    whole = rf"\d{{1,20}}|\d{{1,3}}(?:{group}\d{{3}})+" if group else r"\d{1,20}"
    shape = rf"(-?)({whole})(?:{re.escape(rule.decimal)}(\d{{1,20}}))?"
    found = re.fullmatch(shape, plain, re.ASCII)
    if found is None:
        return None
    sign, digits, part = found.groups()
    if rule.thousands:
        digits = digits.replace(rule.thousands, "")
    return Decimal(f"{sign}{digits}.{part or '0'}")


def _amount(row: RowReading, meaning: str, cell: Cell) -> Money | None:
    rule = row.profile.money
    match cell.kind:
        case CellKind.NUMBER:
            number: Decimal | None = cell.decimal
        case CellKind.TEXT if rule.text:
            number = decimal_of(cell.text, rule)
        case CellKind.TEXT:
            number = None
        case CellKind.DATE:
            row.found("amount-is-date", meaning)
            return None
        case _:
            row.found("cell-not-value", meaning)
            return None
    if number is None:
        row.found("amount-is-text", meaning)
        return None
    column = row.layout.places[meaning].rule
    return _in_minor_units(row, meaning, number * column.scale / column.per)


def _in_minor_units(row: RowReading, meaning: str, number: Decimal) -> Money | None:
    rule = row.profile.money
    if number < 0:
        row.found("amount-negative", meaning)
        return None
    exact = number.scaleb(DECIMALS[rule.currency])
    if exact > MAX_MINOR:
        row.found("amount-absurd", meaning)
        return None
    whole = exact.to_integral_value(rounding=ROUND_HALF_EVEN)
    if whole != exact:
        if rule.rounding == "none":
            row.found("amount-fraction", meaning)
            return None
        rounded = format_minor(int(whole), rule.currency)
        row.found("amount-rounded", meaning, f"{number.normalize():f} → {rounded}")
    if rule.plausible_max is not None and number > rule.plausible_max:
        row.found("amount-implausible", meaning)
    return Money(minor=int(whole), currency=rule.currency)
