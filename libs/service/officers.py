"""The organisation as a service's door knows it: adopted by event, read from a view."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg

from libs.ids import actor_id
from libs.organisation import Officer as Row
from libs.organisation import Organisation, load_organisation
from libs.web.callers import Officer

READ = """
SELECT book_version, files FROM rulebook WHERE book = 'organisation'"""
AS_KNOWN = """
SELECT files FROM rulebook_as_known($1) WHERE book = 'organisation'"""
REMEMBERED = 8


class OfficerTable:
    """Who acts in which role for which unit on a day; empty until the view has it."""

    def __init__(self) -> None:
        self.organisation: Organisation | None = None
        self._version: str | None = None

    async def refresh(self, pool: asyncpg.Pool) -> None:
        """Read the organisation again when another version was adopted."""
        row = await pool.fetchrow(READ)
        if row is None or row["book_version"] == self._version:
            return
        self.organisation = _read(row)
        self._version = row["book_version"]

    async def as_known(
        self, connection: asyncpg.Connection, at: datetime | None
    ) -> Organisation | None:
        """Return the organisation that was adopted last at a time; None asks for now.

        None is the answer before the first. The service's own view has its history.
        """
        if at is None:
            return self.organisation
        row = await connection.fetchrow(AS_KNOWN, at)
        return None if row is None else _read(row)

    def __call__(self, subject: str, on: date) -> Officer | None:
        """Find the officer behind a token's subject; None: in no role that day."""
        if self.organisation is None:
            return None
        found = self.organisation.role_of(subject, on)
        return None if found is None else _officer(found)

    def of_person(self, issuer: str, person: UUID, on: date) -> Officer | None:
        """Find the officer of an opaque person id; None: in no role that day."""
        if self.organisation is None:
            return None
        found = (
            one
            for one in self.organisation.officers_on(on)
            if actor_id(issuer, one.subject) == person
        )
        return next(map(_officer, found), None)


def _officer(found: Row) -> Officer:
    return Officer(
        found.subject, found.role, found.unit, found.title_zh, found.title_en
    )


def _read(row: Mapping[str, Any]) -> Organisation:
    files = row["files"]
    texts = json.loads(files) if isinstance(files, str) else files
    return _loaded(next(iter(texts.values())))


# Pages as known at a time ask for the same few versions again and again.
_loaded = lru_cache(maxsize=REMEMBERED)(load_organisation)
