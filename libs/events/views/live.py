"""The live version: the SQL views and the function that pages read by."""

from collections.abc import Sequence

import asyncpg

from libs.events.views.tables import LIVE
from libs.events.views.view import Declared, View

VERSION = "SELECT version FROM public.view_live WHERE name = $1"
REMEMBER = """
INSERT INTO public.view_live (name, version) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE
SET version = EXCLUDED.version, switched_at = clock_timestamp()
WHERE view_live.version <> EXCLUDED.version"""

DROP_READERS = (
    "DROP FUNCTION IF EXISTS {schema}.{name}_as_known(timestamptz)",
    "DROP VIEW IF EXISTS {schema}.{name}_history",
    "DROP VIEW IF EXISTS {schema}.{name}",
)
CURRENT = """
CREATE VIEW {schema}.{name} AS
SELECT stream, version, recorded_at{columns} FROM {schema}.{table} WHERE NOT gone"""
# No condition stands inside the union: only so the planner reads both tables in the
# order asked for, and a page of fifty rows reads fifty and not all.
VERSIONS = """
SELECT stream, version, known_from, NULLIF(known_to, 'infinity') AS known_to{columns}
FROM (
    SELECT stream, version, known_from, known_to, gone{columns}
    FROM {schema}.{table}_history
    UNION ALL
    SELECT stream, version, recorded_at, 'infinity', gone{columns}
    FROM {schema}.{table}
) AS versions WHERE NOT gone"""
HISTORY = "CREATE VIEW {schema}.{name}_history AS" + VERSIONS
# A plain SQL function of one SELECT: the planner puts it into the query around it.
AS_KNOWN = (
    """
CREATE FUNCTION {schema}.{name}_as_known(at timestamptz)
RETURNS SETOF {schema}.{name}_history LANGUAGE sql STABLE PARALLEL SAFE AS $$"""
    + VERSIONS
    + " AND known_from <= at AND versions.known_to > at $$"
)
REGISTER = "CREATE VIEW {schema}.{name} AS SELECT * FROM {schema}.{table}"
REGISTER_AS_KNOWN = """
CREATE FUNCTION {schema}.{name}_as_known(at timestamptz)
RETURNS SETOF {schema}.{name} LANGUAGE sql STABLE PARALLEL SAFE AS $$
SELECT * FROM {schema}.{table} WHERE recorded_at <= at $$"""
GRANT = "GRANT SELECT ON {schema}.{view} TO {role}"


def readers(declared: Declared) -> tuple[str, ...]:
    """Return the names of the SQL views that pages read a version by."""
    if isinstance(declared, View):
        return declared.name, f"{declared.name}_history"
    return (declared.name,)


async def live_version(connection: asyncpg.Connection, name: str) -> int | None:
    """Return the version that pages read; None before the first."""
    version: int | None = await connection.fetchval(VERSION, name)
    return version


async def point(
    connection: asyncpg.Connection, declared: Declared, *, app_role: str
) -> None:
    """Let `<name>`, `<name>_history` and `<name>_as_known(T)` read this version."""
    await make_readers(connection, declared, LIVE, app_role)
    await connection.execute(REMEMBER, declared.name, declared.version)


async def make_readers(
    connection: asyncpg.Connection, declared: Declared, schema: str, app_role: str
) -> None:
    """Make the SQL views and the function over a schema's tables."""
    names = {
        "schema": schema,
        "name": declared.name,
        "table": declared.table,
        "columns": "".join(f", {name}" for name in declared.columns.names),
    }
    for statement in (*DROP_READERS, *_makers(declared)):
        await connection.execute(statement.format_map(names))
    for view in readers(declared):
        granted = {"schema": schema, "view": view, "role": f'"{app_role}"'}
        await connection.execute(GRANT.format_map(granted))


def _makers(declared: Declared) -> Sequence[str]:
    if isinstance(declared, View):
        return (CURRENT, HISTORY, AS_KNOWN)
    return (REGISTER, REGISTER_AS_KNOWN)
