"""The ledger's columns: on the page and in the workbook, all or those chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from libs.money import DECIMALS
from libs.web.languages import Said
from libs.web.problems import FieldError, More, Problem
from services.reporting.console.visit import Visit
from services.reporting.reading.ledger import Total
from services.reporting.reading.listed import AMOUNTS, Line

FIRST = "number"
"""The column that every choice has: a line is found again by it."""


def _no_total(_: Total) -> None:
    return None


@dataclass(frozen=True)
class Column:
    """A column: its key in the catalogue, its value, how its cells are typed."""

    key: str
    value: Callable[[Visit, Line], Any]
    style: str = "text"
    width: int = 12
    total: Callable[[Total], Any] = _no_total


def _word(kind: str, name: str) -> Callable[[Visit, Line], Any]:
    return lambda visit, line: (
        visit.words.of(kind, code) if (code := getattr(line, name)) else ""
    )


def _employer(visit: Visit, line: Line) -> str:
    return line.employer_name or visit.words("page.individual")


def _plain(name: str) -> Callable[[Visit, Line], Any]:
    return lambda _, line: getattr(line, name)


def _yes(name: str) -> Callable[[Visit, Line], Any]:
    return lambda visit, line: visit.words("page.yes") if getattr(line, name) else ""


def _amount(name: str) -> Callable[[Visit, Line], Any]:
    return lambda _, line: _major(getattr(line, name), line.currency)


def _sum(name: str) -> Callable[[Total], Any]:
    return lambda total: _major(getattr(total, name), total.currency)


def _major(minor: int | None, currency: str | None) -> float | None:
    if minor is None:
        return None
    # A sheet's number is a double: exact to the fen below 2^53, and shown rounded.
    digits = DECIMALS.get(currency or "CNY", 2)
    return float(minor) / float(10**digits)


COLUMNS = (
    Column("number", _plain("number"), width=26),
    Column("registered_at", _plain("registered_at"), "moment", 17),
    Column("kind", _word("kind", "kind")),
    Column("channel", _word("channel", "channel")),
    Column("channel_number", _plain("channel_number"), width=18),
    Column("employer", _employer, width=30),
    Column("project", _plain("project_name"), width=20),
    Column("first_asked", lambda visit, line: visit.unit(line.first_asked_unit)),
    Column("unit", lambda visit, line: visit.unit(line.unit)),
    Column("stage", _word("stage", "stage")),
    Column("workers", _plain("workers"), "count", 8, lambda total: total.workers),
    Column("group_case", _yes("group_case"), width=8),
    Column("identified", _plain("identified"), "count", 8),
    Column("unidentified", _plain("unidentified"), "count", 8),
    Column("currency", _plain("currency"), "text", 8, lambda total: total.currency),
    *(Column(name, _amount(name), "money", 14, _sum(name)) for name in AMOUNTS),
    Column("due_on", _plain("due_on"), "day"),
    Column("closed_at", _plain("closed_at"), "moment", 17),
    Column("mark", _plain("mark"), width=42),
)


def chosen(said: str) -> Sequence[Column]:
    """Return the columns whose keys are named, in the ledger's order; '' for all.

    Raises 422 naming what is no column.
    """
    keys = [key for key in said.split(",") if key]
    known = {column.key for column in COLUMNS}
    for key in keys:
        if key not in known:
            words = Said(f"没有这一栏：{key[:40]}。", f"There is no column {key[:40]}.")
            error = FieldError("parameter", "columns", "unknown", words)
            raise Problem("invalid", words, more=More([error]))
    kept = {FIRST, *keys}
    return COLUMNS if not keys else [one for one in COLUMNS if one.key in kept]
