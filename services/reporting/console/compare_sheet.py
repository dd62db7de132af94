"""What differs between two times, as a workbook: rows, sums, figures, their facts."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from services.reporting.console.columns import COLUMNS, Column
from services.reporting.console.formats import local
from services.reporting.console.sheets import Sheet, Xlsx, sheets
from services.reporting.console.visit import Visit
from services.reporting.reading.comparing import OF_ROWS, SUMS, Comparison, Pair
from services.reporting.reading.ledger import Filters
from services.reporting.reading.listed import AMOUNTS, Line
from services.reporting.reading.weeks_compared import Moved, WeeksCompared

MINOR = 100.0
CELLS = ("kind", "case", "cell", "then", "now")
EVENTS = ("case", "event", "recorded", "event-id")
FIGURES = ("id", "figure", "then", "now", "difference")
FACTS = ("figure", "kind", "case", "event", "recorded", "amount", "event-id")


def changes(visit: Visit, old: Line, new: Line) -> Sequence[tuple[Column, Any, Any]]:
    """Return the cells of a case that differ: the column, then and now."""
    cells = [(one, one.value(visit, old), one.value(visit, new)) for one in COLUMNS]
    return [(column, then, now) for column, then, now in cells if then != now]


def why(visit: Visit, name: str) -> str:
    """Return a reason in the reader's words."""
    if name in (*OF_ROWS, "other"):
        return visit.words(f"compare.why-{name}")
    return visit.words.of("event", name)


def ledger_sheet(visit: Visit, found: Comparison, filters: Filters) -> Xlsx:
    """Return the comparison of two ledgers: sums, reasons, cells and events."""
    words = visit.words
    marks = "；".join(f"{k}={v}" for k, v in filters.marks().items())
    heads = [
        *_heads(visit, "column.currency", "compare.why", "compare.number"),
        *_heads(visit, "compare.cases", *(f"column.{name}" for name in SUMS)),
    ]
    cells = _heads(visit, *(f"compare.{one}" for one in CELLS))
    events = _heads(visit, *(f"compare.{one}" for one in EVENTS))
    told = (
        _times(visit, found.pair, marks or words("ledger.no-filter")),
        (words("compare.sums"), heads, _sums(visit, found)),
        (words("compare.rows"), cells, _cells(visit, found)),
        (words("compare.events"), events, _events(visit, found)),
    )
    return _taken(visit, "ledger-compared", told)


def _heads(visit: Visit, *keys: str) -> Sequence[str]:
    return [visit.words(key) for key in keys]


def _times(visit: Visit, pair: Pair, said: str) -> Sheet:
    words = visit.words
    heads = [words("compare.first"), words("compare.second"), words("compare.filters")]
    return words("compare.times"), heads, [(pair.then, pair.now, said)]


def _sums(visit: Visit, found: Comparison) -> Iterator[Sequence[Any]]:
    words = visit.words
    for key, ledger in (("compare.then", found.then), ("compare.now", found.now)):
        for total in ledger.totals:
            sums = {name: getattr(total, name) or 0 for name in SUMS}
            money = _major(sums)
            yield total.currency or "", words(key), total.cases, total.cases, *money
    for currency, moved in found.differences.items():
        yield currency, words("compare.difference"), None, None, *_major(moved)
    for one in found.reasons:
        named = why(visit, one.why)
        yield one.currency, named, one.number, one.cases, *_major(one.sums)


def _major(sums: Any) -> Iterator[float]:
    # A sheet's number is a double: exact to the fen below 2^53.
    return (sums[name] / MINOR if name in AMOUNTS else sums[name] for name in SUMS)


def _cells(visit: Visit, found: Comparison) -> Iterator[Sequence[Any]]:
    words = visit.words
    for key, lines in (("came", found.came), ("went", found.went)):
        for line in lines:
            for column in COLUMNS[1:]:
                cell = column.value(visit, line)
                pair = (None, cell) if key == "came" else (cell, None)
                if cell not in (None, ""):
                    head = words(f"column.{column.key}")
                    yield words(f"compare.{key}"), line.number, head, *pair
    for old, new in found.changed:
        for column, then, now in changes(visit, old, new):
            head = words(f"column.{column.key}")
            yield words("compare.changed"), new.number, head, then, now


def _events(visit: Visit, found: Comparison) -> Iterator[Sequence[Any]]:
    lines = (*found.came, *found.went, *(new for _, new in found.changed))
    for line in lines:
        for event in found.events.get(line.case_id, ()):
            name = visit.words.of("event", event.type)
            yield line.number, name, event.recorded_at, str(event.event_id)


def week_sheet(visit: Visit, found: WeeksCompared, pair: Pair) -> Xlsx:
    """Return the comparison of a week's figures, and the facts that came or went."""
    words = visit.words
    figures = found.figures or ()
    heads = _heads(visit, *(f"compare.{one}" for one in FIGURES))
    facts = _heads(visit, *(f"compare.{one}" for one in FACTS))
    told = (
        _times(visit, pair, words("week.title", n=found.week.number)),
        (words("compare.figures"), heads, (_figure(visit, one) for one in figures)),
        (words("compare.facts"), facts, _facts(visit, found)),
    )
    return _taken(visit, "week-compared", told)


def _figure(visit: Visit, one: Moved) -> Sequence[Any]:
    name = one.indicator.name.to(visit.language)
    unit = MINOR if one.indicator.measure == "fen" else 1
    values = (one.then / unit, one.now / unit, one.difference / unit)
    return one.indicator.id, name, *values


def _facts(visit: Visit, found: WeeksCompared) -> Iterator[Sequence[Any]]:
    events, numbers = found.events or {}, found.numbers or {}
    for one in found.figures or ():
        for key, facts in (("came", one.came), ("went", one.went)):
            for fact in facts:
                event = events.get(fact.event_id)
                yield (
                    one.indicator.name.to(visit.language),
                    visit.words(f"compare.{key}"),
                    numbers.get(fact.case_id) if fact.case_id else None,
                    visit.words.of("event", event.type) if event else None,
                    event.recorded_at if event else None,
                    fact.amount / MINOR,
                    str(fact.event_id),
                )


def _taken(visit: Visit, name: str, told: Sequence[Sheet]) -> Xlsx:
    at: datetime = local(visit.running.last_now)
    disposition = f'attachment; filename="{name}-{at:%Y%m%d-%H%M}.xlsx"'
    return Xlsx(sheets(*told), headers={"Content-Disposition": disposition})
