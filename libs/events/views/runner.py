"""The runner: a page of events into the tables of a view or register, in few calls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import asyncpg

from libs.events.event import Recorded
from libs.events.views.fold import (
    Changes,
    Version,
    fact_values,
    facts_of_page,
    fold_page,
    version_values,
)
from libs.events.views.tables import LIVE, Table, current_table, history_table, tables
from libs.events.views.view import Declared, Register, View
from libs.telemetry import steps

# The lock first, so that a switch that holds the table never meets a half-done page.
LOCK = "LOCK TABLE {table} IN ROW EXCLUSIVE MODE"
LOAD = """
SELECT stream, version, recorded_at, gone{columns}
FROM {table} WHERE stream = ANY($1)"""
UPSERT = """
INSERT INTO {table} AS kept ({names}) SELECT * FROM unnest({arrays})
ON CONFLICT (stream) DO UPDATE SET ({names}) = ROW({excluded})
WHERE kept.version < EXCLUDED.version"""
# The stored version ends inside the database, which still sees it in this statement:
# it need not be written back from here.
REPLACE = """
WITH ended AS (
    INSERT INTO {table}_history (stream, version, known_from, known_to, gone{columns})
    SELECT stream, version, recorded_at, known_to, gone{columns}
    FROM unnest(${streams}::text[], ${ends}::timestamptz[]) AS ended(stream, known_to)
    JOIN {table} USING (stream)
){upsert}"""
INSERT_ONCE = """
INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})
ON CONFLICT (event_id, line) DO NOTHING"""

KNOWN_TO = 3

Rows = Mapping[str, Version[Any]]


@dataclass(frozen=True)
class ViewRunner:
    """Applies pages to one view's tables; a page may come again."""

    view: View[Any]
    schema: str = LIVE

    @property
    def name(self) -> str:
        """Return the consumer's name: positions are kept under it."""
        return consumer_name(self.view, self.schema)

    @property
    def services(self) -> frozenset[str]:
        """Return whose topics it reads."""
        return frozenset(self.view.services)

    def concerns(self, recorded: Recorded) -> bool:
        """Say whether it hears an event of this type."""
        return recorded.type in self.view.types

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        """Fold a page into the tables, inside the caller's transaction."""
        streams = {event.stream for event in events if event.type in self.view.types}
        if not streams:
            return
        with steps.view(self.view.name, len(events)):
            await self._apply(connection, sorted(streams), events)

    async def _apply(
        self,
        connection: asyncpg.Connection,
        streams: Sequence[str],
        events: Sequence[Recorded],
    ) -> None:
        await connection.execute(self._lock)
        rows = await self._load(connection, streams)
        changes = fold_page(self.view, rows, events)
        await self._keep_ended(connection, rows, changes)
        await self._keep_latest(connection, rows, changes)

    async def _load(
        self, connection: asyncpg.Connection, streams: Sequence[str]
    ) -> dict[str, Version[Any]]:
        read = self.view.columns.read
        rows = {}
        for record in await connection.fetch(self._load_streams, streams):
            stream, version, known_from, gone, *values = record.values()
            row = None if gone else read(values)
            rows[stream] = Version(stream, version, known_from, None, row)
        return rows

    async def _keep_ended(
        self, connection: asyncpg.Connection, rows: Rows, changes: Changes[Any]
    ) -> None:
        within = [v for v in changes.closed if v.version != _stored(rows, v)]
        if within:
            table = history_table(self.view)
            await connection.copy_records_to_table(
                table.name,
                schema_name=self.schema,
                columns=[column.name for column in table.columns],
                records=[
                    version_values(self.view, v) for v in sorted(within, key=_key)
                ],
            )

    async def _keep_latest(
        self, connection: asyncpg.Connection, rows: Rows, changes: Changes[Any]
    ) -> None:
        if not changes.latest:
            return
        # Sorted, so that two transactions never wait for each other's rows.
        latest = sorted(changes.latest.values(), key=_key)
        written = [version_values(self.view, version) for version in latest]
        values = [list(column) for column in zip(*written, strict=True)]
        del values[KNOWN_TO]
        ended = [v for v in changes.closed if v.version == _stored(rows, v)]
        if not ended:
            await connection.execute(self._upsert, *values)
            return
        streams, ends = [v.stream for v in ended], [v.known_to for v in ended]
        await connection.execute(self._replace, *values, streams, ends)

    @cached_property
    def _lock(self) -> str:
        return LOCK.format_map({"table": f"{self.schema}.{self.view.table}"})

    @cached_property
    def _load_streams(self) -> str:
        columns = "".join(f", {name}" for name in self.view.columns.names)
        table = f"{self.schema}.{self.view.table}"
        return LOAD.format_map({"table": table, "columns": columns})

    @cached_property
    def _upsert(self) -> str:
        return _statement(UPSERT, current_table(self.view), self.schema)

    @cached_property
    def _replace(self) -> str:
        after = len(current_table(self.view).columns)
        return REPLACE.format_map(
            {
                "table": f"{self.schema}.{self.view.table}",
                "columns": "".join(f", {name}" for name in self.view.columns.names),
                "streams": after + 1,
                "ends": after + 2,
                "upsert": self._upsert,
            }
        )


@dataclass(frozen=True)
class RegisterRunner:
    """Adds pages of facts to one register; a fact that stands is left alone."""

    register: Register[Any]
    schema: str = LIVE

    @property
    def name(self) -> str:
        """Return the consumer's name: positions are kept under it."""
        return consumer_name(self.register, self.schema)

    @property
    def services(self) -> frozenset[str]:
        """Return whose topics it reads."""
        return frozenset(self.register.services)

    def concerns(self, recorded: Recorded) -> bool:
        """Say whether it hears an event of this type."""
        return recorded.type in self.register.types

    async def apply(
        self, connection: asyncpg.Connection, events: Sequence[Recorded]
    ) -> None:
        """Add a page's facts, inside the caller's transaction."""
        facts = facts_of_page(self.register, events)
        if not facts:
            return
        facts.sort(key=lambda fact: (fact.event_id, fact.line))
        values = zip(*(fact_values(self.register, fact) for fact in facts), strict=True)
        with steps.view(self.register.name, len(facts)):
            await connection.execute(self._lock)
            await connection.execute(self._insert, *map(list, values))

    @cached_property
    def _lock(self) -> str:
        return LOCK.format_map({"table": f"{self.schema}.{self.register.table}"})

    @cached_property
    def _insert(self) -> str:
        return _statement(INSERT_ONCE, tables(self.register)[0], self.schema)


Runner = ViewRunner | RegisterRunner


def runner(declared: Declared, schema: str = LIVE) -> Runner:
    """Return what applies pages to the tables of a declaration in a schema."""
    match declared:
        case View():
            return ViewRunner(declared, schema)
        case Register():
            return RegisterRunner(declared, schema)


def consumer_name(declared: Declared, schema: str = LIVE) -> str:
    """Return the name that positions and parked events are kept under."""
    return declared.table if schema == LIVE else f"{declared.table}@{schema}"


def consumers(declared: Iterable[Declared]) -> tuple[Runner, ...]:
    """Return a subscription's consumers of live views and registers."""
    return tuple(runner(one) for one in declared)


def _key(version: Version[Any]) -> tuple[str, int]:
    return version.stream, version.version


def _stored(rows: Rows, version: Version[Any]) -> int | None:
    before = rows.get(version.stream)
    return None if before is None else before.version


def _statement(template: str, table: Table, schema: str) -> str:
    arrays = (f"${n}::{c.array}" for n, c in enumerate(table.columns, start=1))
    return template.format_map(
        {
            "table": f"{schema}.{table.name}",
            "names": table.names,
            "arrays": ", ".join(arrays),
            "excluded": ", ".join(f"EXCLUDED.{c.name}" for c in table.columns),
        }
    )
