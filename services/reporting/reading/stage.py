"""Stage: in one word, how far a case has come."""

from collections.abc import Mapping
from typing import Any, Literal

Stage = Literal[
    "registered", "screened", "accepted", "verified", "proposed", "filed",
    "concluded", "closed",
]  # fmt: skip

STEPS: tuple[tuple[str, Stage], ...] = (
    ("closed", "closed"),
    ("concluded", "concluded"),
    ("filed_at", "filed"),
    ("clue_verified", "verified"),
    ("accepted_at", "accepted"),
    ("matter", "screened"),
)
"""The furthest step first: the first whose mark is set is the stage."""


def stage_of(marks: Mapping[str, Any]) -> Stage:
    """Return the stage that a case's marks show."""
    found = next((stage for mark, stage in STEPS if marks[mark] is not None), None)
    if found in {"closed", "concluded", "filed"} or not _proposed(marks):
        return found or "registered"
    return "proposed"


def _proposed(marks: Mapping[str, Any]) -> bool:
    return marks["filing_proposed_at"] is not None and not marks["filing_declined"]
