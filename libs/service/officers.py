"""The organisation as a service's door knows it: adopted by event, read from a view."""

import json
from datetime import date
from uuid import UUID

import asyncpg

from libs.ids import actor_id
from libs.organisation import Officer as Row
from libs.organisation import Organisation, load_organisation
from libs.web.callers import Officer

READ = """
SELECT book_version, files FROM rulebook WHERE book = 'organisation'"""


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
        files = row["files"]
        texts = json.loads(files) if isinstance(files, str) else files
        self.organisation = load_organisation(next(iter(texts.values())))
        self._version = row["book_version"]

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
