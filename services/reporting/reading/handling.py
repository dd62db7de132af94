"""Handling 责任人: who answers for a case, and which of a unit's wait (F-2.2.2a)."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, PositiveInt

from libs.service.parts import Running
from services.reporting.reading.asking import Asking, reading, statement
from services.reporting.reading.listed import CASES, COLUMNS, Line, line
from services.reporting.reading.queue import TAIL

# Whoever was named for a unit that the case left does not answer for it any more.
OF_CASE = statement("""
SELECT h.handler_id, h.since FROM {handler} h
JOIN {case_file} f ON f.case_id = h.case_id AND f.unit = h.unit
WHERE {at} AND h.case_id = $2""")
# $4 is the asker's own id, or the instant before which the unit took the case over.
MINE = """f.closed IS NULL AND EXISTS (SELECT FROM {handler} h
  WHERE h.case_id = f.case_id AND h.unit = f.unit AND h.handler_id = $4)"""
NOBODYS = """f.unit = $3 AND f.closed IS NULL AND NOT f.history
  AND NOT EXISTS (SELECT FROM {handler} h
    WHERE h.case_id = f.case_id AND h.unit = f.unit)
  AND (SELECT max(COALESCE(t.occurred_at, t.recorded_at)) FROM {trail} t
    WHERE t.case_id = f.case_id AND t.type IN
    ('CaseAssigned', 'CaseAdopted', 'CaseTransferred', 'OwnershipRuled')) < $4"""
OWN = statement(TAIL.format(cases=CASES, filter=MINE, columns=COLUMNS))
WAITING = statement(TAIL.format(cases=CASES, filter=NOBODYS, columns=COLUMNS))


class Term(BaseModel):
    """After how many hours a case without a handler stands on its unit's Today."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours: PositiveInt
    source: Literal["own"]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    no_handler: Term


def load(text: str) -> Term:
    """Read the data; raises `ValidationError`, `TOMLDecodeError`."""
    return _File.model_validate(tomllib.loads(text)).no_handler


TERM = load(Path(__file__).with_name("handling.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Handler:
    """Who answers for a case on behalf of the unit that holds it, and since when."""

    officer_id: UUID
    since: datetime


@dataclass(frozen=True)
class Handled:
    """What an officer answers for, and what nobody of the unit does for too long."""

    mine: Sequence[Line]
    nobodys: Sequence[Line]
    hours: int = TERM.hours

    @property
    def cases(self) -> frozenset[UUID]:
        """Return the cases for which the officer answers."""
        return frozenset(one.case_id for one in self.mine)


async def handler_of(
    connection: asyncpg.Connection, as_of: datetime | None, case_id: UUID
) -> Handler | None:
    """Return who handles a case, as it stands or as known then."""
    row = await connection.fetchrow(OF_CASE.at(as_of), as_of, case_id)
    return Handler(row["handler_id"], row["since"]) if row else None


async def handled(running: Running, asking: Asking) -> Handled:
    """Return the asker's own cases and those of the unit that wait for a handler."""
    asked = (asking.as_of, asking.sees_all, asking.actor.unit)
    before = (asking.as_of or running.last_now) - timedelta(hours=TERM.hours)
    async with reading(running) as connection:
        own = await connection.fetch(OWN.at(asking.as_of), *asked, asking.actor.id)
        waiting = await connection.fetch(WAITING.at(asking.as_of), *asked, before)
    return Handled([line(row) for row in own], [line(row) for row in waiting])
