"""Bulk: one partition folded in memory and copied into tables without indexes."""

from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from libs.events.event import Recorded
from libs.events.stream.consumers import Item
from libs.events.stream.parked import Waiting
from libs.events.stream.trouble import name_of
from libs.events.views.fold import (
    Version,
    fact_values,
    facts_of_page,
    fold_page,
    version_values,
)
from libs.events.views.tables import Table, current_table, history_table, tables
from libs.events.views.view import Declared, Register, View

FLUSH_ROWS = 20_000
KNOWN_TO = 3

Fold = Callable[[Sequence[Recorded]], None]


class Sieve:
    """Folds items; one that fails is parked, and every later one of its stream."""

    def __init__(self, fold: Fold) -> None:
        self._fold = fold
        self._blocked: set[str] = set()
        self.parked: list[Waiting] = []

    def take(self, items: Sequence[Item]) -> None:
        """Fold a page, or its halves down to the event at fault."""
        free = [item for item in items if self._is_free(item)]
        try:
            self._fold([item.recorded for item in free])
        except Exception as error:  # noqa: BLE001 -- a fold may fail in any way.
            if len(free) == 1:
                self._park(Waiting(free[0], "failed", name_of(error)))
                return
            middle = len(free) // 2
            self.take(free[:middle])
            self.take(free[middle:])

    def _is_free(self, item: Item) -> bool:
        if item.recorded.stream in self._blocked:
            self._park(Waiting(item, "behind"))
        elif item.trouble:
            self._park(Waiting(item, item.trouble))
        else:
            return not item.is_skipped
        return False

    def _park(self, waiting: Waiting) -> None:
        self._blocked.add(waiting.item.recorded.stream)
        self.parked.append(waiting)


class ViewBulk:
    """A view's rows of one partition: the latest in memory, the ended ones flushed."""

    def __init__(self, view: View[Any], schema: str) -> None:
        self._view = view
        self._schema = schema
        self._rows: dict[str, Version[Any]] = {}
        self._latest: dict[str, list[Any]] = {}
        self._ended: list[list[Any]] = []
        self.sieve = Sieve(self._fold)

    def _fold(self, events: Sequence[Recorded]) -> None:
        changes = fold_page(self._view, self._rows, events)
        ended = [self._written(version) for version in changes.closed]
        # Written now, so that a value no column can hold is refused beside its event.
        latest = {s: version_values(self._view, v) for s, v in changes.latest.items()}
        self._ended += ended
        self._rows |= changes.latest
        self._latest |= latest

    def _written(self, version: Version[Any]) -> list[Any]:
        before = self._rows.get(version.stream)
        if before is None or before.version != version.version:
            return version_values(self._view, version)
        values = list(self._latest[version.stream])
        values[KNOWN_TO] = version.known_to
        return values

    async def flush(self, connection: asyncpg.Connection) -> None:
        """Copy the ended versions when they are many."""
        if len(self._ended) >= FLUSH_ROWS:
            await self._copy_ended(connection)

    async def finish(self, connection: asyncpg.Connection) -> None:
        """Copy all that is left, the latest versions too."""
        await self._copy_ended(connection)
        latest = list(self._latest.values())
        for values in latest:
            del values[KNOWN_TO]
        await _copy(connection, current_table(self._view), self._schema, latest)

    async def _copy_ended(self, connection: asyncpg.Connection) -> None:
        ended, self._ended = self._ended, []
        await _copy(connection, history_table(self._view), self._schema, ended)


class RegisterBulk:
    """A register's lines of one partition."""

    def __init__(self, register: Register[Any], schema: str) -> None:
        self._register = register
        self._schema = schema
        self._lines: list[list[Any]] = []
        self.sieve = Sieve(self._fold)

    def _fold(self, events: Sequence[Recorded]) -> None:
        facts = facts_of_page(self._register, events)
        self._lines += [fact_values(self._register, fact) for fact in facts]

    async def flush(self, connection: asyncpg.Connection) -> None:
        """Copy the lines when they are many."""
        if len(self._lines) >= FLUSH_ROWS:
            await self.finish(connection)

    async def finish(self, connection: asyncpg.Connection) -> None:
        """Copy all that is left."""
        lines, self._lines = self._lines, []
        await _copy(connection, tables(self._register)[0], self._schema, lines)


Bulk = ViewBulk | RegisterBulk


def bulk(declared: Declared, schema: str) -> Bulk:
    """Return an empty bulk load of one partition."""
    match declared:
        case View():
            return ViewBulk(declared, schema)
        case Register():
            return RegisterBulk(declared, schema)


async def _copy(
    connection: asyncpg.Connection, table: Table, schema: str, records: list[list[Any]]
) -> None:
    if records:
        await connection.copy_records_to_table(
            table.name,
            schema_name=schema,
            columns=[column.name for column in table.columns],
            records=records,
        )
