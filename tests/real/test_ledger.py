"""The ledger of the running system reproduces the agencies' published totals."""

import sys
from pathlib import Path

from tests.eventually import eventually
from tests.real.ledger import (
    CLAIMS,
    LIVE,
    Sheets,
    asked,
    by_sheet,
    import_all,
    qingxin,
    whole_system,
)
from tests.real.published import Figure, figures, folder
from tests.stack import temporary_folder

CATCH_UP_SECONDS = 600
ROWS = 10_192 + 792 + 1_126 + 631


def _ours(figure: Figure, ledger: Sheets) -> int | None:
    values = [
        sheet.get(figure.name)
        for (profile, name), sheet in ledger.items()
        if profile == figure.profile and figure.sheet in ("", name)
    ]
    found = [value for value in values if value is not None]
    return sum(found) if len(found) == len(values) else None


async def test_the_ledger_adds_up_to_what_the_agencies_published() -> None:
    data = folder()
    with temporary_folder() as state, whole_system(state):
        first = import_all(state, data)

        async def all_rows() -> Sheets | None:
            sheets = await by_sheet(state)
            return sheets if _rows(sheets) == ROWS else None

        ledger = await eventually(all_rows, seconds=CATCH_UP_SECONDS) or {}
        _compare(data, ledger)
        await eventually(lambda: _claims_agree(state), seconds=CATCH_UP_SECONDS)
        await _no_live_trace_of_history(state)
        again = import_all(state, data)
        assert {
            name: counts["success"] for name, counts in again.items()
        } == dict.fromkeys(first, 0)
        assert await by_sheet(state) == ledger
        sys.stdout.write(qingxin(state, "verify", seconds=300))


def _rows(sheets: Sheets) -> int:
    return sum(sheet["rows"] for sheet in sheets.values())


def _compare(data: Path, ledger: Sheets) -> None:
    compared = 0
    for figure in figures(data):
        ours = _ours(figure, ledger)
        if ours is None:
            continue
        compared += 1
        name = f"{figure.profile:10} {figure.sheet:28} {figure.name:18}"
        sys.stdout.write(f"{name} {figure.value:>16,} {ours:>16,}\n")
        assert ours == figure.value, figure
    assert compared > 70


async def _claims_agree(state: Path) -> bool:
    """The claims that enforcement opened hold the same money as the sheets."""
    sheets = await by_sheet(state)
    (claims,) = await asked(state, CLAIMS)
    claimed = sum(sheet["claimed"] for sheet in sheets.values())
    paid = sum(sheet["paid"] for sheet in sheets.values())
    return bool(claims["claimed"] == claimed and claims["paid"] == paid)


async def _no_live_trace_of_history(state: Path) -> None:
    (live,) = await asked(state, LIVE)
    assert (live["deadlines"], live["registered"]) == (0, 0)
