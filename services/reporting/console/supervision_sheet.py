"""The supervision ledger as a workbook: listed and led cases, and urges (ledger K)."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from services.reporting.console.sheets import Sheet, sheets
from services.reporting.console.visit import Visit
from services.reporting.reading.supervision import (
    Supervised,
    SupervisedLine,
    UrgeLine,
)

T = TypeVar("T")
Column = tuple[str, Callable[[Visit, T], Any]]


def _several(visit: Visit, codes: Sequence[str], kind: str) -> str:
    return "、".join(visit.words.of(kind, code) for code in codes)


CASES: tuple[Column[SupervisedLine], ...] = (
    ("column.number", lambda _, line: line.number),
    ("column.employer", lambda _, line: line.employer_name),
    ("column.unit", lambda visit, line: visit.unit(line.unit)),
    (
        "supervision.signs",
        lambda visit, line: _several(visit, line.row.reasons, "choice.reason"),
    ),
    (
        "field.leader_id",
        lambda visit, line: line.row.leader_id and visit.person(line.row.leader_id),
    ),
    ("field.level", lambda visit, line: visit.words.of("choice.level", line.row.level)),
    ("field.units", lambda visit, line: "、".join(map(visit.unit, line.task_force))),
    ("supervision.listed-on", lambda _, line: line.row.listed_on),
    ("supervision.due-on", lambda _, line: line.row.due_on),
    (
        "supervision.overdue",
        lambda visit, line: visit.words("page.yes") if line.overdue else None,
    ),
    (
        "field.result",
        lambda visit, line: (
            line.row.result and visit.words.of("choice.result", line.row.result)
        ),
    ),
    ("supervision.delisted-on", lambda _, line: line.row.delisted_on),
)
URGES: tuple[Column[UrgeLine], ...] = (
    ("column.number", lambda _, line: line.number),
    ("field.rung", lambda visit, line: visit.words.of("choice.rung", line.row.rung)),
    (
        "supervision.sender",
        lambda visit, line: visit.words(f"supervision.by-{line.row.sender}"),
    ),
    ("supervision.addressed", lambda visit, line: visit.unit(line.row.unit)),
    ("supervision.sent", lambda _, line: line.row.sent_at),
    (
        "field.clock",
        lambda visit, line: line.row.clock and visit.words.of("clock", line.row.clock),
    ),
    ("supervision.read", lambda _, line: line.row.read_at),
    ("supervision.answered", lambda _, line: line.row.answered_at),
    (
        "field.answer",
        lambda visit, line: (
            line.row.answer and visit.words.of("choice.answer", line.row.answer)
        ),
    ),
)


def supervision_sheet(visit: Visit, found: Supervised) -> bytes:
    """Return both lists as a workbook: typed days and times, and no formula."""
    return sheets(
        _sheet(visit, "supervision.cases", CASES, found.cases),
        _sheet(visit, "supervision.urges", URGES, found.urges),
    )


def _sheet(
    visit: Visit, title: str, columns: Sequence[Column[T]], lines: Sequence[T]
) -> Sheet:
    heads = [visit.words(key) for key, _ in columns]
    said = ([value(visit, line) for _, value in columns] for line in lines)
    return visit.words(title), heads, said
