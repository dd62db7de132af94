"""The fold of a page: rows and events in, changed and ended versions out; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from libs.events.event import Recorded
from libs.events.views.view import Register, View

R = TypeVar("R")


class Version(NamedTuple, Generic[R]):
    """A stream's row as it was known from one event until the next; None is gone."""

    stream: str
    version: int
    known_from: datetime
    known_to: datetime | None
    row: R | None


@dataclass(frozen=True)
class Changes(Generic[R]):
    """What a page does: the latest version of each stream, and the ones it ended."""

    latest: dict[str, Version[R]] = field(default_factory=dict)
    closed: list[Version[R]] = field(default_factory=list)


class Fact(NamedTuple, Generic[R]):
    """One line of a register with the envelope fields that stand beside it."""

    event_id: UUID
    line: int
    service: str
    seq: int
    stream: str
    recorded_at: datetime
    occurred_at: datetime | None
    row: R


def fold_page(
    view: View[R], rows: Mapping[str, Version[R]], events: Iterable[Recorded]
) -> Changes[R]:
    """Fold events over the rows they meet; an event at or below a row is dropped.

    A stream that never had a row keeps no version: folding its events again gives
    no row again. One that lost its row keeps its last version, so that no duplicate
    brings it back.
    """
    changes: Changes[R] = Changes()
    for event in events:
        if event.type not in view.types:
            continue
        stream = event.stream
        before = changes.latest.get(stream) or rows.get(stream)
        if before is not None and event.version <= before.version:
            continue
        row = view.evolve(None if before is None else before.row, event)
        if row is not None:
            row = view.columns.settle(row)
        elif before is None:
            continue
        at = event.recorded_at
        if before is not None:
            # Not `_replace`, which costs more than the rest of this loop.
            ended = Version(stream, before.version, before.known_from, at, before.row)
            changes.closed.append(ended)
        changes.latest[stream] = Version(stream, event.version, at, None, row)
    return changes


def facts_of_page(register: Register[R], events: Iterable[Recorded]) -> list[Fact[R]]:
    """Return the lines of a page's events, in order."""
    return [
        Fact(
            event.id,
            line,
            event.service,
            event.seq,
            event.stream,
            event.recorded_at,
            event.occurred_at,
            register.columns.settle(row),
        )
        for event in events
        if event.type in register.types
        for line, row in enumerate(register.facts(event), start=1)
    ]


def version_values(view: View[Any], version: Version[Any]) -> list[Any]:
    """Return a version's column values: stream, version, from, to, gone, the row's."""
    stream, number, known_from, known_to, row = version
    row_values = view.columns.write(row)
    return [stream, number, known_from, known_to, row is None, *row_values]


def fact_values(register: Register[Any], fact: Fact[Any]) -> list[Any]:
    """Return a register line's column values, the envelope's first."""
    return [*fact[:-1], *register.columns.write(fact.row)]
