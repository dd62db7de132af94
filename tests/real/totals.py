"""Print every published total beside ours; `python -m tests.real.totals`."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from libs.money import format_minor
from libs.sheets.source import read_file
from services.intake.profiles.result import RowResult
from services.intake.profiles.rows import open_sheets, read_rows
from services.intake.profiles.shelf import profile
from services.intake.profiles.totals import FileTotals, SheetTotals, add_up
from tests.real.published import FILES, Figure, FilesMissing, figures, folder

Pair = tuple[Figure, int]


def read_results(path: Path) -> dict[str, list[RowResult]]:
    """Read each agency's file under its profile."""
    return {
        name: list(read_rows(open_sheets(profile(name), read_file(path / file))))
        for name, file in FILES.items()
    }


def added_up(results: dict[str, list[RowResult]]) -> dict[str, FileTotals]:
    """Add up each agency's results."""
    return {
        name: add_up(profile(name).money.currency, rows)
        for name, rows in results.items()
    }


def compared(path: Path, totals: dict[str, FileTotals]) -> Iterator[Pair]:
    """Yield each published figure with ours."""
    for figure in figures(path):
        whole = totals[figure.profile]
        sheet = whole.sheets[figure.sheet] if figure.sheet else whole.all
        yield figure, ours(sheet, figure.name)


def ours(totals: SheetTotals, name: str) -> int:
    """Return our value of a figure by its name."""
    meaning, _, what = name.partition(" ")
    counts = {
        "rows": totals.rows,
        "distinct numbers": len(totals.numbers),
        "distinct claims": len(totals.keys),
    }
    if name in counts:
        return counts[name]
    match what:
        case "filled":
            return totals.filled[meaning]
        case "numeric":
            return totals.amount(meaning).numeric
        case "above zero":
            return totals.amount(meaning).above_zero
        case _:
            return totals.amount(meaning).minor


def table(pairs: Iterable[Pair]) -> tuple[str, int]:
    """Return the printed table and the number of figures that differ."""
    lines = [f"{'':10} {'':28} {'':18} {'published':>16} {'ours':>16}"]
    differ = 0
    for figure, value in pairs:
        same = figure.value == value
        differ += not same
        shown, read = (_shown(figure, number) for number in (figure.value, value))
        lines.append(
            f"{figure.profile:10} {figure.sheet or 'all':28} {figure.name:18}"
            f" {shown:>16} {read:>16}  {'=' if same else 'DIFFERS'}"
        )
    lines.append(f"{len(lines) - 1} figures, {differ} differ")
    return "\n".join(lines), differ


def main() -> int:
    """Print the table; 0 if all agree, 1 if one differs or the files are absent."""
    try:
        path = folder()
    except FilesMissing as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    text, differ = table(compared(path, added_up(read_results(path))))
    sys.stdout.write(f"{text}\n")
    return 1 if differ else 0


def _shown(figure: Figure, value: int) -> str:
    return format_minor(value, "USD") if figure.is_amount else f"{value:,}"


if __name__ == "__main__":
    sys.exit(main())
