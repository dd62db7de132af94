"""Rows that this system wrote itself: each is known by its mark, none is registered.

The ledger's own sheet carries, in its last column, the stream in which each line began
(`clue-…` or `row-…`). Whoever hands that sheet in again changes nothing: acts are done
on a case's page, not in a sheet.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import asyncpg

from services.intake.profiles.result import CellFinding, Outcome, RowResult

KNOWN = "SELECT stream FROM journal.event WHERE stream = ANY($1) AND version = 1"
MARK: Final = re.compile(r"(?:clue|row)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Recognising:
    """One sheet of our own being handed in again."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def judged(self, results: Sequence[RowResult]) -> list[RowResult]:
        """Return each good row as known here, or as one that nobody here knows."""
        marks = {one.fields.channel_number for one in results if one.fields}
        asked = [mark for mark in marks if MARK.fullmatch(mark)]
        rows = await self._pool.fetch(KNOWN, asked)
        known = {row["stream"] for row in rows}
        return [_recognised(one, known) for one in results]

    async def record(self, results: Sequence[RowResult]) -> list[RowResult]:
        """Return the same: there is nothing to record."""
        return await self.judged(results)


def _recognised(result: RowResult, known: set[str]) -> RowResult:
    if result.outcome is not Outcome.SUCCESS or result.fields is None:
        return result
    found = result.fields.channel_number in known
    code = "own-known" if found else "own-unknown"
    finding = CellFinding(result.sheet, result.row, "", "", code)
    return replace(
        result,
        outcome=Outcome.SKIPPED if found else Outcome.ERROR,
        findings=(*result.findings, finding),
    )
