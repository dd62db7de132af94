"""A database and two roles for each service: one owns the tables, one works."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg


@dataclass(frozen=True)
class Role:
    """A login of PostgreSQL."""

    name: str
    password: str


@dataclass(frozen=True)
class Database:
    """A service's database: its owner migrates it, its app role appends and reads."""

    name: str
    owner: Role
    app: Role


def dsn_for(admin: str, database: str, role: Role) -> str:
    """Return the DSN of a role for a database on the administrator's server."""
    parts = urlsplit(admin)
    server = parts.netloc.rpartition("@")[2]
    login = f"{quote(role.name)}:{quote(role.password)}"
    return urlunsplit(parts._replace(netloc=f"{login}@{server}", path=f"/{database}"))


def named(admin: str, database: str) -> str:
    """Return the administrator's DSN for a database."""
    return urlunsplit(urlsplit(admin)._replace(path=f"/{database}"))


async def provision(admin: str, databases: Sequence[Database]) -> None:
    """Make what is missing and set the roles' passwords; nothing is ever dropped."""
    connection = await asyncpg.connect(admin)
    try:
        for database in databases:
            for role in (database.owner, database.app):
                await _ensure_role(connection, role)
            await _ensure_database(connection, database)
    finally:
        await connection.close()


async def _ensure_role(connection: asyncpg.Connection, role: Role) -> None:
    exists = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role.name
    )
    verb = "ALTER" if exists else "CREATE"
    await _execute(
        connection,
        verb + " ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L",
        role.name,
        role.password,
    )


async def _ensure_database(connection: asyncpg.Connection, database: Database) -> None:
    exists = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database.name
    )
    if not exists:
        await _execute(
            connection,
            "CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING 'UTF8'",
            database.name,
            database.owner.name,
        )
    await _execute(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", database.name)
    await _execute(
        connection,
        "GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I, %I",
        database.name,
        database.owner.name,
        database.app.name,
    )


async def _execute(
    connection: asyncpg.Connection, template: str, *arguments: str
) -> None:
    """Run a statement that takes no parameters, its names quoted by the server."""
    places = ", ".join(f"${number}::text" for number in range(2, len(arguments) + 2))
    statement = await connection.fetchval(
        f"SELECT format($1::text, {places})",
        template,
        *arguments,
    )
    await connection.execute(statement)
