"""What services said, event by event, and the read models that have read it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from libs import ids
from libs.events.event import Actor, Event, Precision, Recorded, Source
from libs.events.views.view import Declared
from services.reporting.views import DECLARED
from tests.stack import FreshDatabases
from tests.views_stand import Memory, apply_live, migrated, prepared


@dataclass
class Story:
    """What the services said, each at its time."""

    said: list[Recorded] = field(default_factory=list)

    def say(
        self,
        service: str,
        stream: str,
        event: Event,
        at: datetime,
        occurred: datetime | None = None,
    ) -> UUID:
        """Record an event; it happened then, unless it had happened before."""
        seq = 1 + sum(one.service == service for one in self.said)
        version = 1 + sum(one.stream == stream for one in self.said)
        said = self.recorded(service, stream, event, (at, occurred), (seq, version))
        self.said.append(said)
        return said.id

    @staticmethod
    def recorded(
        service: str,
        stream: str,
        event: Event,
        times: tuple[datetime, datetime | None],
        numbers: tuple[int, int],
    ) -> Recorded:
        """Return an event as a journal holds it, under its number and version."""
        (at, occurred), (seq, version) = times, numbers
        this = ids.named("test-event", service, seq)
        return Recorded(
            seq=seq,
            id=this,
            site="310199000000",
            stream=stream,
            version=version,
            type=event.name,
            schema_version=event.schema_version,
            data=event.model_dump_json(),
            occurred_at=occurred or at,
            occurred_precision=Precision.INSTANT,
            recorded_at=at + timedelta(microseconds=seq),
            actor=Actor(this, "inspection", "LI"),
            source=Source.DOOR,
            serial=None,
            command_id=this,
            request_hmac=b"",
            hash_alg="sha256",
            correlation_id=this,
            causation_id=None,
            partition_key=stream,
            traceparent=None,
            service=service,
            event=event,
        )

    @asynccontextmanager
    async def read(
        self, databases: FreshDatabases, declared: Sequence[Declared] = DECLARED
    ) -> AsyncIterator[asyncpg.Pool]:
        """Give the read models after all that was said, in pages and twice over."""
        dsn = await databases(migrated)
        async with asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool:
            await prepared(pool, *declared)
            memory = Memory()
            memory.say(self.said)
            await apply_live(pool, memory, declared)
            yield pool
