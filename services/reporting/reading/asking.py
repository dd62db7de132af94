"""Asking: who asks, as known when, and how complete the answer is."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar

import asyncpg

from libs.calendar import day_of
from libs.events.event import Actor
from libs.events.views.answered import Answered
from libs.service.parts import Running
from libs.visibility import SEES_EVERY_CASE
from services.reporting.completeness import answered, hold

T = TypeVar("T")

LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""The times at which things can be asked as known."""

READ = (
    "clue", "case_file", "claim", "proceeding", "deadline", "imported", "trail",
    "case_fact", "money_fact", "recount", "channel_item", "reception",
    "owner_rules", "signal", "opinion", "clue_link", "supervised", "urge",
    "group_flag", "case_part", "roster_word", "claim_consent", "responsibility",
    "incident", "task", "patrol", "early_warning", "risk", "risk_change", "risk_rules",
    "notice_board", "publicity", "message", "handler", "dossier", "track_change",
    "campaign", "period",
)  # fmt: skip


@dataclass(frozen=True)
class Asking:
    """Who asks; `as_of` None asks how things stand, else as they were known then."""

    actor: Actor
    as_of: datetime | None = None

    @property
    def sees_all(self) -> bool:
        """Say whether every case is visible (libs.visibility, in SQL)."""
        return self.actor.role in SEES_EVERY_CASE


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What was read, from which views, and until when they are complete."""

    found: T
    of: Answered


@dataclass(frozen=True)
class Statement:
    """One question in two forms: how things stand, and as known at $1."""

    now: str
    then: str

    def at(self, as_of: datetime | None) -> str:
        """Return the form that fits."""
        return self.now if as_of is None else self.then


def statement(text: str, **parts: str) -> Statement:
    """Make both forms of a constant text; `{at}` stands where $1 must be named."""
    # An unnamed parameter has no type, and PostgreSQL refuses it.
    now = {name: name for name in READ}
    then = {name: f"{name}_as_known($1)" for name in READ}
    return Statement(
        text.format(**parts, **now, at="$1::timestamptz IS NULL"),
        text.format(**parts, **then, at="$1::timestamptz IS NOT NULL"),
    )


# A simulated clock stands still while facts are recorded, a microsecond after another:
# the last one read is later than what the clock says.
INSTANT = timedelta(microseconds=1)
READ_UP_TO = "SELECT max(recorded_at) FROM position"


async def known_at(
    running: Running, connection: asyncpg.Connection, asking: Asking
) -> datetime:
    """Return the time asked for; else one just after the clock and all facts read."""
    if asking.as_of is not None:
        return asking.as_of
    read = await connection.fetchval(READ_UP_TO)
    return max(running.last_now, read or running.last_now) + INSTANT


def day_asked(running: Running, asking: Asking) -> date:
    """Return the day, in Shanghai, of the time asked for; else today."""
    return day_of(asking.as_of) if asking.as_of is not None else running.today()


@asynccontextmanager
async def reading(running: Running) -> AsyncIterator[asyncpg.Connection]:
    """Read from one moment's state of all views."""
    async with (
        running.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield connection


async def completed(
    running: Running, connection: asyncpg.Connection, names: Iterable[str]
) -> Answered:
    """Return the version and completeness of an answer.

    Ask it first in the answer's transaction: from then on its views stay what they are.
    """
    names = tuple(names)
    await hold(connection, names)
    return await answered(running, connection, names)
