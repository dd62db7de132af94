"""Versions of a rule that is data: which of them is in force on a day."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar


class Versioned(Protocol):
    """One version of a rule, and the first day on which it has effect."""

    @property
    def version(self) -> int: ...

    @property
    def effective_from(self) -> date: ...


V = TypeVar("V", bound=Versioned)


def latest_on(versions: Iterable[V], on: date) -> V | None:
    """Return the highest version that has effect on a day, if any."""
    begun = (one for one in versions if one.effective_from <= on)
    return max(begun, key=lambda one: one.version, default=None)
