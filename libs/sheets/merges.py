"""Merged ranges: which cells lie under one, with a bound on how many."""

from libs.sheets.limits import Limits
from libs.sheets.refusal import too_large

_PER_ROW = 10


class Merges:
    """Cells under merges by row; the first cell of a merge keeps its own value."""

    def __init__(self, limits: Limits) -> None:
        self.hidden: dict[int, set[int]] = {}
        self._columns = limits.columns
        self._left = limits.rows * _PER_ROW

    def add(self, rows: tuple[int, int], columns: tuple[int, int]) -> None:
        """Add one range, ends included; raises `SheetRefused` (too-large)."""
        left, right = columns[0], min(columns[1], self._columns)
        for row in range(rows[0], rows[1] + 1):
            hidden = set(range(left, right + 1))
            if row == rows[0]:
                hidden.discard(left)
            self._left -= max(len(hidden), 1)
            if self._left < 0:
                raise too_large("合并单元格过多", "too many merged cells")
            self.hidden.setdefault(row, set()).update(hidden)
