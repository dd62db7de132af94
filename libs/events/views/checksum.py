"""Checksum: SHA-256 over the canonical bytes of rows and history, in one order.

A row is the JSON array of its columns as PostgreSQL writes it, instants in UTC; a
stream's digest is that of its versions in order, one a line; a table's is that of its
streams' digests in byte order of their names. A register goes by event id and line.
"""

from collections.abc import Iterable

import asyncpg

from libs.events.views.tables import LIVE
from libs.events.views.view import Declared, View

UTC = "SELECT set_config('TimeZone', 'UTC', true)"
VERSIONS = """
SELECT stream, version, known_from, known_to, gone{columns}
FROM {schema}.{table}_history
UNION ALL
SELECT stream, version, recorded_at, NULL, gone{columns} FROM {schema}.{table}"""
VIEW_DIGESTS = """
SELECT stream AS key, sha256(string_agg(convert_to(json_build_array(
    stream, version, known_from, known_to, gone{columns})::text, 'UTF8'), '\\x0a'
    ORDER BY version)) AS digest
FROM ({versions}) AS versions GROUP BY stream"""
REGISTER_DIGESTS = """
SELECT stream AS key, sha256(string_agg(convert_to(json_build_array(
    event_id, line, service, seq, stream, recorded_at, occurred_at{columns}
    )::text, 'UTF8'), '\\x0a' ORDER BY event_id, line)) AS digest
FROM {schema}.{table} GROUP BY stream"""
TOTAL = """
SELECT encode(sha256(coalesce(
    string_agg(digest, ''::bytea ORDER BY key COLLATE "C"), ''::bytea)), 'hex')
FROM ({digests}) AS digests WHERE key <> ALL ($1::text[])"""


async def checksum(
    connection: asyncpg.Connection,
    declared: Declared,
    schema: str = LIVE,
    leaving_out: Iterable[str] = (),
) -> str:
    """Return the hex SHA-256 of a view or register, some streams left out."""
    async with connection.transaction():
        await connection.execute(UTC)
        statement = TOTAL.format_map({"digests": _digests(declared, schema)})
        total: str = await connection.fetchval(statement, sorted(leaving_out))
        return total


async def digests(
    connection: asyncpg.Connection, declared: Declared, schema: str = LIVE
) -> dict[str, bytes]:
    """Return the SHA-256 of each stream's rows and history, to find what differs."""
    async with connection.transaction():
        await connection.execute(UTC)
        found = await connection.fetch(_digests(declared, schema))
    return {record["key"]: record["digest"] for record in found}


def _digests(declared: Declared, schema: str) -> str:
    names = {
        "schema": schema,
        "table": declared.table,
        "columns": "".join(f", {name}" for name in declared.columns.names),
    }
    if not isinstance(declared, View):
        return REGISTER_DIGESTS.format_map(names)
    versions = VERSIONS.format_map(names)
    return VIEW_DIGESTS.format_map({**names, "versions": versions})
