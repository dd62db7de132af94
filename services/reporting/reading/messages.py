"""Messages to complainants: the outbox, and what became of each (A5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.events.views.history import rows
from libs.message_view import VIEW, MessageRow
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)

MOST = 300
State = Literal["waiting", "failed", "delivered", "not_reached", "withdrawn"]
STATES: tuple[State, ...] = (
    *("failed", "waiting", "delivered", "not_reached", "withdrawn"),
)
SEEN = """
FROM {message} m
JOIN {clue} k ON k.clue_id = m.clue_id
LEFT JOIN {case_file} f ON f.case_id = m.case_id
WHERE {at} AND ($2 OR COALESCE(f.parties, '[]'::jsonb) ? $3
  OR k.first_asked_unit = $3)"""
FAILED = "m.state IN ('refused', 'given_up')"
# What an officer must tell comes first, then what waits, the oldest first.
LISTED = statement(f"""
SELECT m.*, k.receipt AS number, count(*) OVER () AS every {SEEN}
  AND CASE COALESCE($4, 'all') WHEN 'all' THEN true
    WHEN 'failed' THEN {FAILED} ELSE m.state = $4 END
ORDER BY NOT ({FAILED}), m.state <> 'waiting', m.queued_at, m.message_id
LIMIT $5""")
ONE = statement(f"SELECT m.*, k.receipt AS number {SEEN} AND m.message_id = $4")
# On the morning of the unit that holds the case, or that was asked first.
TO_TELL = """
SELECT count(*) FROM message m JOIN clue k ON k.clue_id = m.clue_id
LEFT JOIN case_file f ON f.case_id = m.case_id
WHERE m.state IN ('refused', 'given_up')
  AND (COALESCE(f.unit, k.first_asked_unit) = $1 OR k.first_asked_unit = $1)"""
VIEWS = ("message", "clue", "case_file")


class Filters(BaseModel):
    """Which messages; the filter stands in the address."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    state: Annotated[State | None, Field()] = None


@dataclass(frozen=True)
class Message:
    """One message, with the receipt's number of its clue."""

    row: MessageRow
    number: str | None


@dataclass(frozen=True)
class Messages:
    """The messages that the asker may see, at most three hundred, and how many."""

    lines: Sequence[Message]
    every: int


async def messages(
    running: Running, asking: Asking, filters: Filters
) -> Answer[Messages]:
    """Return messages by filter: what needs an officer first."""
    chosen = (asking.as_of, asking.sees_all, asking.actor.unit, filters.state, MOST)
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        found = await connection.fetch(LISTED.at(asking.as_of), *chosen)
    pairs = zip(rows(VIEW, found), found, strict=True)
    lines = [Message(row, one["number"]) for row, one in pairs]
    return Answer(Messages(lines, found[0]["every"] if found else 0), of)


async def message(running: Running, asking: Asking, message_id: UUID) -> Message | None:
    """Return one message, or None when there is none that the asker may see."""
    chosen = (asking.as_of, asking.sees_all, asking.actor.unit, message_id)
    async with reading(running) as connection:
        found = await connection.fetch(ONE.at(asking.as_of), *chosen)
    row = next(iter(rows(VIEW, found)), None)
    return Message(row, found[0]["number"]) if row is not None else None


async def to_tell(running: Running, asking: Asking) -> int:
    """Return how many messages the asker's unit must tell by hand."""
    return int(await running.pool.fetchval(TO_TELL, asking.actor.unit))
