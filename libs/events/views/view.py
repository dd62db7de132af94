"""View and register: declared once, as a row, the events it hears and a pure fold."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Generic, TypeVar

from libs.events.event import Event, Recorded
from libs.events.views.columns import Columns

R = TypeVar("R")

NAME = re.compile(r"[a-z][a-z0-9_]{1,29}")
VIEW_OWN = {"stream", "version", "recorded_at", "gone", "known_from", "known_to"}
REGISTER_OWN = {
    "event_id", "line", "service", "seq", "stream", "recorded_at", "occurred_at",
}  # fmt: skip


@dataclass(frozen=True)
class Index:
    """Columns that a page filters or sorts by; made by `index`."""

    columns: tuple[str, ...]
    history: bool
    gin: bool


def index(*columns: str, history: bool = False, gin: bool = False) -> Index:
    """Declare an index; `history`: also as known at a time; `gin`: a jsonb list."""
    return Index(columns, history, gin)


def _anew(declared: "Declared") -> tuple[type, tuple[object, ...]]:
    """Have another process declare it again: what was worked out cannot be sent."""
    told = (getattr(declared, each.name) for each in fields(declared))
    return type(declared), tuple(told)


@dataclass(frozen=True)
class View(Generic[R]):
    """A table with one row a stream, kept by a fold, with a history row an event.

    `evolve(row, event)` is pure; it returns None when there is no row (any more).
    `on` are the event types it hears: others never reach the fold and leave no
    version. Raise `version` whenever `row`, `on` or `evolve` changes what is stored.
    """

    name: str
    version: int
    services: tuple[str, ...]
    row: type[R]
    on: tuple[type[Event], ...]
    evolve: Callable[[R | None, Recorded], R | None]
    indexes: tuple[Index, ...] = ()
    __reduce__ = _anew

    def __post_init__(self) -> None:
        _check(self, VIEW_OWN)

    @property
    def table(self) -> str:
        """Return the table's name, also the consumer's whose positions it has."""
        return f"{self.name}_v{self.version}"

    @cached_property
    def columns(self) -> Columns[R]:
        """Return the row's columns."""
        return Columns(self.row)

    @cached_property
    def types(self) -> frozenset[str]:
        """Return the stored names of the events it hears."""
        return frozenset(event.name for event in self.on)


@dataclass(frozen=True)
class Register(Generic[R]):
    """A table of facts that only grows, keyed (event id, line).

    `facts(event)` is pure; its rows are lines 1, 2, … of that event. A correcting
    event gives a reversal of the old value and the new value: sums over
    `recorded_at <= T` then hold for every T.
    """

    name: str
    version: int
    services: tuple[str, ...]
    row: type[R]
    on: tuple[type[Event], ...]
    facts: Callable[[Recorded], Sequence[R]]
    indexes: tuple[Index, ...] = ()
    __reduce__ = _anew

    def __post_init__(self) -> None:
        _check(self, REGISTER_OWN)

    @property
    def table(self) -> str:
        """Return the table's name, also the consumer's whose positions it has."""
        return f"{self.name}_v{self.version}"

    @cached_property
    def columns(self) -> Columns[R]:
        """Return the row's columns."""
        return Columns(self.row)

    @cached_property
    def types(self) -> frozenset[str]:
        """Return the stored names of the events it hears."""
        return frozenset(event.name for event in self.on)


Declared = View[Any] | Register[Any]


def _check(declared: Declared, own: set[str]) -> None:
    """Raise ValueError for a declaration that no table can be made of."""
    if not NAME.fullmatch(declared.name):
        raise ValueError(f"{declared.name!r}: a name is 2-30 of a-z, 0-9 and _")
    if not (declared.on and declared.services):
        raise ValueError(f"{declared.name} hears nothing: name services and events")
    names = set(declared.columns.names)
    if taken := names & own:
        raise ValueError(
            f"{declared.name}: {sorted(taken)} are the table's own columns"
        )
    for wanted in declared.indexes:
        if unknown := set(wanted.columns) - names - own:
            raise ValueError(f"{declared.name}: no column {sorted(unknown)} to index")
