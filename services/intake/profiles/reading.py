"""The row under the reader's eye: its cells by meaning, its findings so far."""

from dataclasses import dataclass, field

from libs.sheets.cell import EMPTY, Cell, CellKind, SheetRow
from services.intake.profiles.layout import Layout, Place
from services.intake.profiles.meanings import SORTS, Sort
from services.intake.profiles.profile import Profile
from services.intake.profiles.result import CellFinding, masked

_UNREADABLE = {
    CellKind.ERROR: "cell-error",
    CellKind.FORMULA: "cell-formula",
    CellKind.MERGED: "cell-merged",
}


@dataclass
class RowReading:
    """One row being read; readers ask it for cells and tell it what they found."""

    profile: Profile
    layout: Layout
    row: SheetRow
    findings: list[CellFinding] = field(default_factory=list)
    cells: dict[str, Cell] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the cells that hold anything, readable or not, by meaning."""
        at = self.row.at
        placed = ((name, at(place.index)) for name, place in self.layout.places.items())
        self.cells = {}
        for name, cell in placed:
            if not cell.blank:
                self.cells[name] = cell
            elif cell.text and SORTS[name] in (Sort.MONEY, Sort.DAY):
                self._note("cell-spaces", self.layout.places[name], "")

    def cell(self, meaning: str) -> Cell:
        """Return the cell of a meaning, EMPTY where nothing stands."""
        return self.cells.get(meaning, EMPTY)

    def readable(self, meaning: str) -> Cell | None:
        """Return the cell if it holds a value; errors and formulas are findings."""
        cell = self.cells.get(meaning)
        if cell is None:
            return None
        code = _UNREADABLE.get(cell.kind)
        if code is None:
            return cell
        self.found(code, meaning)
        return None

    def found(self, code: str, meaning: str, value: str | None = None) -> None:
        """Note a finding at the cell of a meaning; the value defaults to its mask."""
        place = self.layout.places.get(meaning)
        shown = masked(self.cell(meaning)) if value is None else value
        self._note(code, place, shown)

    def found_in_row(self, code: str, value: str = "") -> None:
        """Note a finding about the row as a whole."""
        self._note(code, None, value)

    def found_outside(self) -> None:
        """Note cells that stand under no header."""
        for index, cell in sorted(self.row.cells.items()):
            if index in self.layout.known or cell.blank:
                continue
            if cell.kind is not CellKind.MERGED:
                outside = Place(index, "", next(iter(self.profile.columns.values())))
                self._note("cell-outside", outside, masked(cell))

    def _note(self, code: str, place: Place | None, value: str) -> None:
        self.findings.append(
            CellFinding(
                sheet=self.layout.sheet.name,
                row=self.row.number,
                column=place.letters if place else "",
                header=place.header if place else "",
                code=code,
                value=value,
            )
        )
