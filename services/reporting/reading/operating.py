"""Operating: what flows from service to service, what is parked, what is rebuilt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.service.parts import Running

# Whose event made whose: an effect names the event that caused it.
FLOWS = """
SELECT c.service AS cause, e.service AS effect, count(*) AS events,
       max(e.recorded_at) AS last_at
FROM trail e JOIN trail c ON c.event_id = e.causation_id
GROUP BY 1, 2 ORDER BY 1, 2"""
SAID = """
SELECT service, count(*) AS events, max(recorded_at) AS last_at FROM trail
GROUP BY service ORDER BY service"""
POSITIONS = """
SELECT consumer, topic, sum(idx + 1)::bigint AS applied, max(recorded_at) AS last_at
FROM position GROUP BY consumer, topic ORDER BY consumer, topic"""
BUILDS = """
SELECT * FROM public.view_build ORDER BY id DESC LIMIT 50"""


@dataclass(frozen=True)
class Flow:
    """So many events of one service were caused by events of another."""

    cause: str
    effect: str
    events: int
    last_at: datetime


@dataclass(frozen=True)
class Spoken:
    """How many events of a service reporting has read."""

    service: str
    events: int
    last_at: datetime


@dataclass(frozen=True)
class Applied:
    """How far one read model has read one topic."""

    consumer: str
    topic: str
    applied: int
    last_at: datetime | None


async def flows(running: Running) -> Sequence[Flow]:
    """Return causes and effects between services."""
    return [Flow(**row) for row in await running.pool.fetch(FLOWS)]


async def spoken(running: Running) -> Sequence[Spoken]:
    """Return what each service has said."""
    return [Spoken(**row) for row in await running.pool.fetch(SAID)]


async def applied(running: Running) -> Sequence[Applied]:
    """Return how far reporting's read models are."""
    return [Applied(**row) for row in await running.pool.fetch(POSITIONS)]


async def builds(running: Running) -> Sequence[dict[str, object]]:
    """Return rebuilds of read models, done and under way."""
    return [dict(row) for row in await running.pool.fetch(BUILDS)]
