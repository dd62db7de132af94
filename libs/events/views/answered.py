"""Answered: what every answer from views says of itself, and how complete it is."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Answered:
    """The views an answer was read from, and up to when it is complete.

    `complete_up_to` is None until the first watermark has been heard. An answer as
    known at a time up to it is final: the same bytes for ever, per view version.
    """

    view_version: str
    complete_up_to: datetime | None

    def final_at(self, at: datetime) -> bool:
        """Say whether an answer as known at `at` can no longer change."""
        return self.complete_up_to is not None and at <= self.complete_up_to


def view_version(*tables: str) -> str:
    """Return one token for the versions of the views that an answer joins."""
    return "+".join(sorted(tables))
