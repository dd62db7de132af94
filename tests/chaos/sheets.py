"""Sheets: the rows of each import, by their numbers."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from libs import ids
from libs.events.contracts.intake import HistoryImported
from tests.chaos.broken import Broken
from tests.chaos.facts import Facts
from tests.chaos.history import Op


def imported(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """Each row of each sheet that was taken in is there, once, and no other.

    Of a sheet whose sender was told nothing, all rows are there or none.
    """
    found: dict[UUID | None, Counter[str]] = defaultdict(Counter)
    for row in facts.journals["intake"]:
        if isinstance(row.event, HistoryImported):
            found[row.event.import_id][row.event.channel_number] += 1
    for op in ops:
        if op.kind == "import":
            yield from _compared(op, found.pop(import_of(op), Counter()))
    for number, rows in found.items():
        yield Broken("invented", f"import {number}: {rows.total()} rows of no sheet")


def import_of(op: Op) -> UUID | None:
    """Return the import that an act of handing in becomes."""
    return op.command_id and ids.named("import", op.command_id)


def _compared(op: Op, here: Counter[str]) -> Iterator[Broken]:
    said = op.answer.get("import_id", str(import_of(op)))
    if said != str(import_of(op)):
        yield Broken("invented", f"import {said} of {op.key}")
    if op.phase == "fail" and here:
        yield Broken("invented", f"import {said}: refused, {op.code}")
    wanted = Counter(op.rows)
    if op.phase == "ok" or here:
        for number in wanted - here:
            yield Broken("lost", f"import {said}: row {number}")
    for number in here - wanted:
        kind = "doubled" if number in wanted else "invented"
        yield Broken(kind, f"import {said}: row {number}, {here[number]} times")
