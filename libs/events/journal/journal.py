"""The reading side of a journal: streams, the log in order, its head and clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from libs.events.event import Recorded
from libs.events.journal import rows
from libs.events.journal.call import (
    Call,
    Place,
    answer_of,
    append,
    events_between,
    refusal,
)
from libs.events.journal.remembered import Remembered
from libs.events.journal.words import (
    Appended,
    ClockAhead,
    Deployment,
    Head,
    LogCorrupted,
    Result,
)

# Of the last event that is remembered comes all but its text.
NEW_TEXTS = rows.COLUMNS.replace(
    " data,", " CASE WHEN version > known THEN data END AS data,"
)
STREAMS = (
    f"SELECT {NEW_TEXTS}"  # noqa: S608 -- a constant list.
    " FROM unnest($1::text[], $2::int[]) AS asked(name, known)"
    " JOIN journal.event ON stream = name AND version >= known"
    " ORDER BY stream, version"
)
AFTER = (
    f"SELECT {rows.COLUMNS} FROM journal.event"  # noqa: S608 -- a constant list.
    " WHERE seq > $1 ORDER BY seq LIMIT $2"
)
HEAD = "SELECT seq, chain, recorded_at FROM journal.head"
NOW = "SELECT journal.now()"
TICK = "SELECT seq, chain, recorded_at FROM journal.tick()"
ADVANCE = "SELECT journal.advance_clock($1)"
TAKE_BACK = "SELECT journal.take_back($1)"
COMMAND = "SELECT * FROM journal.command WHERE id = $1"
DEPLOYED = "SELECT site, mode, simulated_now FROM journal.deployment"


@dataclass(frozen=True)
class Kept:
    """What is kept of a command: its request's HMAC and its outcome."""

    request_hmac: bytes
    first: Appended


class Journal:
    """A service's journal, read over a pool; writing is the Writer's."""

    def __init__(self, pool: asyncpg.Pool, service: str) -> None:
        self.pool = pool
        self.service = service
        self._site = ""
        self._remembered = Remembered()

    async def read_streams(self, names: Sequence[str]) -> dict[str, list[Recorded]]:
        """Return each named stream's events in order, an unknown stream's as [].

        One query. Raises LogCorrupted when a stream has a gap.
        """
        remembered = self._remembered
        streams = {name: remembered.events(name) for name in names}
        known = [len(events) for events in streams.values()]
        stale = {name for name, events in streams.items() if events}
        for row in await self.pool.fetch(STREAMS, list(streams), known):
            name, stream = row["stream"], streams[row["stream"]]
            if row["data"] is None:
                stale -= {name} if remembered.holds(name, row["leaf"]) else set()
                continue
            stream.append(rows.recorded(row, self.service))
            if row["version"] != len(stream):
                raise LogCorrupted(f"{name} has no version {len(stream)}")
        if stale:
            # Another database stands here than the one that was read.
            remembered.forget([*stale])
            return await self.read_streams(names)
        for name, events in streams.items():
            remembered.keep(name, events)
        return streams

    async def read(self, after: int, limit: int = 1000) -> list[Recorded]:
        """Return the events after a number, in order, at most `limit`.

        Raises LogCorrupted at a gap: then something is wrong, it is not on its way.
        """
        return [rows.loaded(each) for each in await self.read_stored(after, limit)]

    async def read_stored(self, after: int, limit: int = 1000) -> list[Recorded]:
        """Do the same without reading what the events say: for proofs and copies."""
        found = await self.pool.fetch(AFTER, after, limit)
        for expected, row in enumerate(found, start=after + 1):
            if row["seq"] != expected:
                message = f"event {expected} is missing"
                raise LogCorrupted(message)
        return [rows.stored(row, self.service) for row in found]

    async def head(self) -> Head:
        """Return the last number, link and time."""
        return Head(*await self.pool.fetchrow(HEAD))

    async def now(self) -> datetime:
        """Return the time by the deployment's clock."""
        at: datetime = await self.pool.fetchval(NOW)
        return at

    async def kept(self, command_id: UUID) -> Kept | None:
        """Return what is kept of a command; None when it never was accepted."""
        row = await self.pool.fetchrow(COMMAND, command_id)
        if row is None:
            return None
        first, last = row["first_seq"], row["last_seq"]
        events = await events_between(self.pool, first, last, self.service)
        appended = Appended(first, last, events, answer_of(row["answer"]))
        return Kept(row["request_hmac"], appended)

    async def append_page(self, call: Call) -> list[Result | ClockAhead]:
        """Append a reaction's page in one call; see `call.append`."""
        if not self._site:
            self._site = (await self.deployment()).site
        place = Place(self.service, self._site)
        async with self.pool.acquire() as connection:
            return await append(connection, call, place)

    async def deployment(self) -> Deployment:
        """Return what this journal belongs to; a simulated one with its time now."""
        return Deployment(*await self.pool.fetchrow(DEPLOYED))

    async def tick(self) -> Head:
        """Move the head's time on: whatever comes later is recorded after it."""
        return Head(*await self.pool.fetchrow(TICK))

    async def advance_clock(self, to: datetime) -> None:
        """Set simulated time, forwards only; raises RealTime in a real deployment."""
        try:
            await self.pool.execute(ADVANCE, to)
        except asyncpg.PostgresError as error:
            raise refusal(error) from error

    async def take_back(self, records: Sequence[Recorded]) -> int:
        """Put rows that an older, restored journal lost back in, verbatim.

        They come from the topic, in order of `seq`, and may start with rows that are
        here already. Returns how many were missing. Raises Diverged when they do not
        continue this journal: another event, a gap, a wrong hash, version or site.
        """
        try:
            taken: int = await self.pool.fetchval(
                TAKE_BACK, [rows.row_of(record) for record in records]
            )
        except asyncpg.PostgresError as error:
            raise refusal(error) from error
        return taken
