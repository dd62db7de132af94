"""Rows of agencies' sheets as they were read: the ledger of history."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.events.contracts.intake import HistoryImported
from libs.events.event import Recorded
from libs.events.views.view import View, index
from libs.money import Money


@dataclass(frozen=True)
class ImportedRow:
    """One row of a sheet; a None amount could not be read or was not given."""

    row_id: UUID
    case_id: UUID
    claim_id: UUID
    import_id: UUID
    profile: str
    sheet: str
    row: int
    unit: str
    channel_number: str
    employer_name: str | None
    claimed: Money | None
    verified: Money | None
    ordered: Money | None
    paid: Money | None
    received_on: date | None
    ordered_on: date | None
    closed_on: date | None
    closed: bool
    status: str | None
    notes: tuple[str, ...]
    findings: tuple[str, ...]


SAME = (
    "row_id", "case_id", "claim_id", "import_id", "profile", "sheet", "row", "unit",
    "channel_number", "claimed", "verified", "ordered", "paid", "received_on",
    "ordered_on", "closed_on", "closed", "status", "notes", "findings",
)  # fmt: skip


def evolve(row: ImportedRow | None, recorded: Recorded) -> ImportedRow | None:
    """Keep the row as it was read, with what was found wrong in it."""
    fact = recorded.fact()
    if not isinstance(fact, HistoryImported):
        return row
    said = {name: getattr(fact, name) for name in SAME}
    found = set(fact.findings)
    if fact.paid is not None and fact.paid.minor > 0 and fact.ordered_on is None:
        found.add("paid-no-order")
    said["findings"] = tuple(sorted(found))
    return ImportedRow(employer_name=fact.employer.name, **said)


VIEW = View(
    name="imported",
    version=1,
    services=("intake",),
    row=ImportedRow,
    on=(HistoryImported,),
    evolve=evolve,
    indexes=(
        index("profile", "sheet", "row"),
        index("case_id"),
        index("import_id"),
    ),
)
