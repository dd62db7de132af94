"""Making: tables, keys, indexes and rights of every declared view and register."""

from collections.abc import Iterable

import asyncpg

from libs.events.views.columns import Column
from libs.events.views.live import live_version, point
from libs.events.views.tables import LIVE, Table, tables
from libs.events.views.view import Declared

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('views', 0))"
CREATE = "CREATE TABLE IF NOT EXISTS {schema}.{table} ({columns}{check})"
ADD_KEY = "ALTER TABLE {schema}.{table} ADD PRIMARY KEY ({key})"
HAS_KEY = "SELECT 1 FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'p'"
CREATE_INDEX = (
    "CREATE INDEX IF NOT EXISTS {index} ON {schema}.{table} USING {method} ({columns})"
)
ANALYZE = "ANALYZE {schema}.{table}"
GRANT = "GRANT SELECT, INSERT, UPDATE ON {schema}.{table} TO {role}"
GRANT_GROWING = "GRANT SELECT, INSERT ON {schema}.{table} TO {role}"
READS = "SELECT to_regclass('public.' || $1) IS NOT NULL"
STORED = """
SELECT attname::text AS name, format_type(atttypid, NULL) AS type
FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
ORDER BY attnum"""


class Drifted(Exception):
    """A declaration changed its columns and kept its version: raise the version."""


async def ensure(
    connection: asyncpg.Connection, declared: Iterable[Declared], app_role: str
) -> list[Declared]:
    """Make what is missing; return what is declared but not live (rebuild it).

    Runs as the tables' owner. A name's first version is live at once; a later one
    stands beside it until it is rebuilt and switched. Raises Drifted.
    """
    waiting: list[Declared] = []
    async with connection.transaction():
        await connection.execute(LOCK)
        for one in declared:
            await make(connection, one, LIVE)
            await index_all(connection, one, LIVE)
            await grant(connection, one, LIVE, app_role)
            version = await live_version(connection, one.name)
            if version not in (None, one.version):
                waiting.append(one)
            elif version is None or not await connection.fetchval(READS, one.name):
                await point(connection, one, app_role=app_role)
    return waiting


async def make(connection: asyncpg.Connection, declared: Declared, schema: str) -> None:
    """Make the tables without keys and indexes, so that COPY is fast."""
    for table in tables(declared):
        columns = ", ".join(_definition(column) for column in table.columns)
        names = {"schema": schema, "table": table.name}
        check = f", CHECK ({table.check})" if table.check else ""
        await connection.execute(
            CREATE.format_map({**names, "columns": columns, "check": check})
        )
        await _refuse_drift(connection, schema, table)


async def index_all(
    connection: asyncpg.Connection, declared: Declared, schema: str
) -> None:
    """Make keys and indexes where they are missing."""
    for table in tables(declared):
        names = {"schema": schema, "table": table.name}
        if not await connection.fetchval(HAS_KEY, f"{schema}.{table.name}"):
            key = {**names, "key": ", ".join(table.key)}
            await connection.execute(ADD_KEY.format_map(key))
        for name, columns, gin in table.indexes:
            wanted = {"index": name[:63], "columns": ", ".join(columns)}
            method = "gin" if gin else "btree"
            statement = CREATE_INDEX.format_map({**names, **wanted, "method": method})
            await connection.execute(statement)


async def analyze(
    connection: asyncpg.Connection, declared: Declared, schema: str
) -> None:
    """Count the rows, so that the first page after a rebuild is planned by them."""
    for table in tables(declared):
        names = {"schema": schema, "table": table.name}
        await connection.execute(ANALYZE.format_map(names))


async def grant(
    connection: asyncpg.Connection, declared: Declared, schema: str, role: str
) -> None:
    """Let the service's role read and fill the tables; nobody deletes from them."""
    for table in tables(declared):
        names = {"schema": schema, "table": table.name, "role": f'"{role}"'}
        statement = GRANT_GROWING if table.grows else GRANT
        await connection.execute(statement.format_map(names))


async def _refuse_drift(
    connection: asyncpg.Connection, schema: str, table: Table
) -> None:
    found = await connection.fetch(STORED, f"{schema}.{table.name}")
    stored = {record["name"]: _short(record["type"]) for record in found}
    wanted = {column.name: column.sql.partition(" ")[0] for column in table.columns}
    if stored != wanted:
        changed = sorted(set(stored.items()) ^ set(wanted.items()))
        message = f"{table.name}: {changed} changed; raise the version and rebuild"
        raise Drifted(message)


def _short(type_: str) -> str:
    return "timestamptz" if type_ == "timestamp with time zone" else type_


def _definition(column: Column) -> str:
    return f"{column.name} {column.sql}" + ("" if column.nullable else " NOT NULL")
