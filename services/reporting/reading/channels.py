"""Channel registers: each channel's items with their own clock and own answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from libs.events.views.history import rows
from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    reading,
    statement,
)
from services.reporting.reading.percent import percent
from services.reporting.views import reception

VIEWS = ("clue", "case_file", "channel_item", "deadline")
MOST = 100_000
SHOWN = 300
Channel = Literal["12345", "petition", "platform"]
CHANNELS: tuple[Channel, ...] = ("12345", "petition", "platform")

# An item is answered by the reply of its latest episode, or by the channel advised.
FOUND = """
FROM {clue} k
JOIN {case_file} f ON f.case_id = k.case_id
LEFT JOIN {channel_item} c ON c.clue_id = k.clue_id
LEFT JOIN LATERAL (
  SELECT clock, due_on, due_at, missed FROM {deadline} d
  WHERE d.case_id = k.case_id AND d.subject = k.clue_id AND d.running
  ORDER BY d.due_at, d.clock LIMIT 1) d ON true
WHERE {at} AND ($2 OR f.parties ? $3) AND NOT f.history AND k.channel = $4
  AND ($5::text IS NULL OR f.unit = $5)
  AND ($6::text IS NULL OR (c.answered_at IS NULL) = ($6 = 'open'))
  AND ($7::text IS NULL OR k.channel_number = $7 OR k.receipt = $7)
  AND (NOT $8 OR COALESCE(c.urged, 0) > 0)"""
ITEMS = statement(f"""
SELECT k.clue_id, k.case_id, k.channel_number, k.receipt, k.episode,
       k.registered_at, k.employer_name, f.unit, c.order_kind, c.received_on,
       COALESCE(c.redispatched, 0) AS redispatched, COALESCE(c.urged, 0) AS urged,
       COALESCE(c.urgings, 0) AS urgings, c.called_back, c.satisfaction,
       c.petition_form, c.people, c.representatives, c.outcome, c.noticed_at,
       c.opinion, c.opinion_at, c.accepted_at, c.answer_form, c.conclusion,
       c.answered_at, d.clock, d.due_on, d.due_at, d.missed
{FOUND}
ORDER BY d.due_at NULLS LAST, k.registered_at DESC NULLS LAST, k.clue_id
LIMIT $9""")
SUMS = statement(f"""
SELECT count(*) AS items,
       count(*) FILTER (WHERE c.answered_at IS NOT NULL) AS answered,
       COALESCE(sum(c.urgings), 0)::bigint AS urgings,
       COALESCE(sum(c.redispatched), 0)::bigint AS redispatched,
       count(*) FILTER (WHERE c.call_backs > 0) AS called_back,
       count(*) FILTER (WHERE c.satisfaction = 'satisfied') AS satisfied,
       count(*) FILTER (WHERE c.satisfaction = 'unsatisfied') AS unsatisfied,
       COALESCE(sum(c.people), 0)::bigint AS people
{FOUND}""")
RECEPTIONS = statement("""
SELECT * FROM {reception} r WHERE {at} AND ($2 OR r.unit = $3)
ORDER BY r.held_on DESC, r.stream LIMIT $4""")


class Narrowed(BaseModel):
    """Which items of a channel: every filter stands in the address."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    unit: Annotated[str | None, Field(max_length=8)] = None
    state: Literal["open", "answered"] | None = None
    number: Annotated[str | None, Field(max_length=200)] = None
    urged: bool = False


class Filters(Narrowed):
    """What a channel's register shows."""

    channel: Channel = "12345"


@dataclass(frozen=True)
class ItemLine:
    """One item of a channel, its next own date, and its answer if there is one."""

    clue_id: UUID
    case_id: UUID
    channel_number: str | None
    receipt: str | None
    episode: int
    registered_at: datetime | None
    employer_name: str | None
    unit: str | None
    order_kind: str | None
    received_on: date | None
    redispatched: int
    urged: int
    urgings: int
    called_back: str | None
    satisfaction: str | None
    petition_form: str | None
    people: int | None
    representatives: int | None
    outcome: str | None
    noticed_at: datetime | None
    opinion: str | None
    opinion_at: datetime | None
    accepted_at: datetime | None
    answer_form: str | None
    conclusion: str | None
    answered_at: datetime | None
    clock: str | None
    due_on: date | None
    due_at: datetime | None
    missed: bool | None

    @property
    def number(self) -> str | None:
        """Return the channel's own number, else the receipt's."""
        return self.channel_number or self.receipt


@dataclass(frozen=True)
class Sums:
    """A channel's counts; satisfaction is the first that a call-back found (S26)."""

    items: int
    answered: int
    urgings: int
    redispatched: int
    called_back: int
    satisfied: int
    unsatisfied: int
    people: int

    @property
    def satisfaction(self) -> str | None:
        """Return satisfied of all that said so, in percent, rounded half up (S26)."""
        return percent(self.satisfied, self.satisfied + self.unsatisfied)

    @property
    def call_back_rate(self) -> str | None:
        """Return called back of all answered, in percent (S26)."""
        return percent(self.called_back, self.answered)


@dataclass(frozen=True)
class Register:
    """A channel's items, the earliest date first, with the counts of all that fit."""

    lines: Sequence[ItemLine]
    sums: Sums


async def register(
    running: Running, asking: Asking, filters: Filters, limit: int = SHOWN
) -> Answer[Register]:
    """Return a channel's visible items by filter."""
    chosen = (
        asking.as_of,
        asking.sees_all,
        asking.actor.unit,
        filters.channel,
        filters.unit,
        filters.state,
        filters.number.strip() if filters.number else None,
        filters.urged,
    )
    async with reading(running) as connection:
        of = await completed(running, connection, VIEWS)
        found = await connection.fetch(ITEMS.at(asking.as_of), *chosen, limit)
        sums = await connection.fetchrow(SUMS.at(asking.as_of), *chosen)
    return Answer(Register([_line(row) for row in found], Sums(**sums)), of)


def _line(row: Mapping[str, Any]) -> ItemLine:
    return ItemLine(**row)


@dataclass(frozen=True)
class Receptions:
    """Receptions, the latest first; batches and people of those shown."""

    rows: Sequence[reception.ReceptionRow]

    @property
    def batches(self) -> int:
        return sum(row.batches for row in self.rows)

    @property
    def people(self) -> int:
        return sum(row.people for row in self.rows)


async def receptions(running: Running, asking: Asking) -> Answer[Receptions]:
    """Return the receptions of the asker's unit, or of all for who sees all."""
    async with reading(running) as connection:
        of = await completed(running, connection, ("reception",))
        found = await connection.fetch(
            RECEPTIONS.at(asking.as_of),
            asking.as_of,
            asking.sees_all,
            asking.actor.unit,
            MOST,
        )
    return Answer(Receptions(rows(reception.VIEW, found)), of)
