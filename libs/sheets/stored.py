"""From what a workbook stored to a typed cell: exact decimals, days, errors."""

import re
from datetime import date, timedelta
from decimal import Decimal

from libs.sheets.cell import EMPTY, Cell, CellKind
from libs.sheets.styles import GENERAL, NumberFormat

_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,14})", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_LAST_SERIAL = 2_958_465
# Serial 60 is 29 February 1900, a day that never was; before it the count is off by
# one (ECMA-376 §18.17.4.1, the 1900 date system).
_PHANTOM_LEAP_DAY = 60


def shortest_decimal(text: str) -> str | None:
    """Return the shortest decimal of the stored number, None if it is no number.

    `0.10000000000000001` gives `0.1`; `23239.809999999998` stays, being another number.
    """
    if _PLAIN.fullmatch(text):
        return text
    if not _NUMBER.fullmatch(text):
        return None
    return plain(float(text))


def plain(number: float) -> str | None:
    """Return a float's shortest decimal without exponent, None if not finite."""
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is the one value unequal to itself
        return None
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_of(serial: Decimal, *, from_1904: bool) -> date | None:
    """Return the day of a serial number, None where there is no such day."""
    whole = int(serial // 1)
    if not 0 <= whole <= _LAST_SERIAL or serial < 0:
        return None
    if from_1904:
        return _EPOCH_1904 + timedelta(days=whole)
    if whole in (0, _PHANTOM_LEAP_DAY):
        return None
    early = 1 if whole < _PHANTOM_LEAP_DAY else 0
    return _EPOCH_1900 + timedelta(days=whole + early)


def number_cell(text: str, style: NumberFormat, *, from_1904: bool) -> Cell:
    """Type a stored number by its format: a date, a code with zeros, or a number."""
    shortest = shortest_decimal(text.strip())
    if shortest is None:
        return Cell(CellKind.ERROR, "#NUM!")
    if style is GENERAL:
        return Cell(CellKind.NUMBER, shortest)
    if style.is_date:
        day = day_of(Decimal(shortest), from_1904=from_1904)
        if day is not None:
            return date_cell(day, month_only=style.month_only)
    if style.digits and shortest.isdigit():
        return Cell(CellKind.NUMBER, shortest, shortest.zfill(style.digits))
    return Cell(CellKind.NUMBER, shortest)


def date_cell(day: date, *, month_only: bool = False) -> Cell:
    """Return a date cell, `shown` as its month where the sheet displays no day.

    A day other than the first was typed as a day, however it is displayed.
    """
    text = day.isoformat()
    return Cell(CellKind.DATE, text, text[:7] if month_only and day.day == 1 else "")


def iso_cell(text: str) -> Cell:
    """Type a cell stored as ISO 8601 (`t="d"`)."""
    try:
        return date_cell(date.fromisoformat(text[:10]))
    except ValueError:
        return Cell(CellKind.TEXT, text)


def text_cell(text: str) -> Cell:
    """Return a text cell, EMPTY where there is no character."""
    return Cell(CellKind.TEXT, text) if text else EMPTY
