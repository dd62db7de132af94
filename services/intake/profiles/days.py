"""Dates of a row: real days in a plausible window, nothing guessed."""

import unicodedata
from datetime import date

from libs.sheets.cell import Cell, CellKind
from services.intake.profiles.dayformat import read_day
from services.intake.profiles.meanings import Sort, of_sort
from services.intake.profiles.reading import RowReading
from services.intake.profiles.result import Day

_DAYS = of_sort(Sort.DAY)


def read_days(row: RowReading) -> dict[str, Day]:
    """Return the dates that could be read and can be true."""
    days: dict[str, Day] = {}
    for meaning in _DAYS:
        cell = row.readable(meaning)
        if cell is None:
            continue
        day = _day(row, meaning, cell)
        if day is not None:
            days[meaning] = day
    _check_order(row, days)
    return days


def _day(row: RowReading, meaning: str, cell: Cell) -> Day | None:
    match cell.kind:
        case CellKind.DATE:
            on: date | None = cell.day
        case CellKind.TEXT:
            on = _from_text(row, meaning, cell.text)
        case CellKind.NUMBER:
            row.found("date-is-number", meaning)
            return None
        case _:
            row.found("cell-not-value", meaning)
            return None
    if on is None:
        return None
    window = row.layout.places[meaning].rule.window or row.profile.dates.window
    if not window.first <= on <= window.last:
        row.found("date-out-of-window", meaning)
        return None
    if cell.shown:
        row.found("date-by-month", meaning)
        return Day(on, "month")
    return Day(on)


def _from_text(row: RowReading, meaning: str, text: str) -> date | None:
    plain = unicodedata.normalize("NFKC", text).strip()
    for day_format in row.profile.dates.formats:
        try:
            on = read_day(plain, day_format)
        except ValueError:
            row.found("date-impossible", meaning)
            return None
        if on is not None:
            return on
    row.found("date-is-text", meaning)
    return None


def _check_order(row: RowReading, days: dict[str, Day]) -> None:
    for meaning, day in days.items():
        earlier = row.layout.places[meaning].rule.not_before
        before = days.get(earlier) if earlier else None
        if before is not None and day.on < before.on:
            row.found("date-order", meaning)
