"""Trouble: what heals by waiting, and what an operator has to know."""

import asyncio
from dataclasses import dataclass

from aiokafka.errors import KafkaError
from asyncpg.exceptions import (
    IdleInTransactionSessionTimeoutError,
    LockNotAvailableError,
    TransactionRollbackError,
)

from libs.events.journal.gone import GONE
from libs.events.journal.words import ClockAhead, Overloaded, PositionMoved
from libs.events.perform import Contended


class TryAgain(Exception):
    """Nothing is wrong with the events: ask again a little later."""


TRANSIENT: tuple[type[Exception], ...] = (
    *GONE,
    TryAgain,
    Overloaded,
    Contended,
    # Another member has the partition now: read the positions again.
    PositionMoved,
    ClockAhead,
    asyncio.TimeoutError,
    KafkaError,
    LockNotAvailableError,
    TransactionRollbackError,
    # The database ended what we left open while this process stood still.
    IdleInTransactionSessionTimeoutError,
)


def heals(error: Exception) -> bool:
    """Say whether waiting helps, so that the events at hand are not at fault."""
    return isinstance(error, TRANSIENT)


@dataclass(frozen=True)
class Lag:
    """How far a relay or a group is behind; both are zero when it is not."""

    events: int
    seconds: float


@dataclass(frozen=True)
class Issue:
    """Something that keeps a service from being ready: a stable code, and where."""

    code: str
    where: str
    message: str


def name_of(error: Exception) -> str:
    """Return an error's name, and SQLSTATE: its text may quote personal data."""
    state = getattr(error, "sqlstate", None)
    name = type(error).__name__
    return f"{name}:{state}" if state else name
