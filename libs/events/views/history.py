"""History: rows as they were known at a time, and the versions of one stream."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

import asyncpg

from libs.events.views.fold import Version
from libs.events.views.tables import LIVE
from libs.events.views.view import View

R = TypeVar("R")

TIMELINE = """
SELECT stream, version, known_from, known_to, gone{columns}
FROM {schema}.{table}_history WHERE stream = $1
UNION ALL
SELECT stream, version, recorded_at, NULL::timestamptz, gone{columns}
FROM {schema}.{table} WHERE stream = $1
ORDER BY version"""
ONE_AS_KNOWN = """
SELECT {columns} FROM {schema}.{name}_as_known($2) WHERE stream = $1"""


async def timeline(
    connection: asyncpg.Connection, view: View[R], stream: str, schema: str = LIVE
) -> list[Version[R]]:
    """Return every version of one stream's row, oldest first; a None row is gone."""
    statement = TIMELINE.format_map(_names(view, schema))
    versions = []
    for record in await connection.fetch(statement, stream):
        name, version, known_from, known_to, gone, *values = record.values()
        row = None if gone else view.columns.read(values)
        versions.append(Version(name, version, known_from, known_to, row))
    return versions


async def row_as_known(
    connection: asyncpg.Connection, view: View[R], stream: str, at: datetime
) -> R | None:
    """Return one stream's row of the live version as it was known at `at`."""
    names = {**_names(view, LIVE), "columns": ", ".join(view.columns.names)}
    record = await connection.fetchrow(ONE_AS_KNOWN.format_map(names), stream, at)
    return None if record is None else view.columns.read(tuple(record.values()))


def as_known(view: View[Any] | str, parameter: int) -> str:
    """Return the FROM item of a view or register as known at `$<parameter>`.

    The same text may stand in a constant: `FROM ledger_as_known($1) AS ledger`.
    """
    name = view if isinstance(view, str) else view.name
    return f"{name}_as_known(${parameter})"


def rows(view: View[R], records: Iterable[asyncpg.Record]) -> list[R]:
    """Return the rows of records that hold the view's columns, perhaps among more."""
    names = view.columns.names
    return [view.columns.read([record[n] for n in names]) for record in records]


def _names(view: View[Any], schema: str) -> dict[str, str]:
    columns = "".join(f", {name}" for name in view.columns.names)
    table = view.table
    return {"schema": schema, "table": table, "name": view.name, "columns": columns}
