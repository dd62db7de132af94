"""A row seen in an earlier import: the same again changes nothing."""

from collections.abc import Mapping
from dataclasses import replace

from services.intake.profiles.result import CellFinding, Outcome, RowResult


def judged_again(result: RowResult, known: Mapping[str, str]) -> RowResult:
    """Judge a row beside earlier imports; `known` is fingerprint by key digest.

    Same key and content: SKIPPED. Same key, other content: DUPLICATE, for a person to
    look at, since history is never changed by a later sheet. Else unchanged.
    """
    before = known.get(result.key_digest)
    if result.outcome is not Outcome.SUCCESS or before is None:
        return result
    same = before == result.fingerprint
    code = "already-imported" if same else "imported-differs"
    finding = CellFinding(result.sheet, result.row, "", "", code)
    return replace(
        result,
        outcome=Outcome.SKIPPED if same else Outcome.DUPLICATE,
        findings=(*result.findings, finding),
    )
