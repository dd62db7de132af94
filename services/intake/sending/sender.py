"""The sender: takes what waits, tries it once, records the try; one process at a time.

At least once: a crash between sending and recording tries again, under the same id, by
which a receiver drops the repeat. At night everything is held, nothing lost.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import asyncpg
import structlog

from libs import ids
from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.messages import MessageChannel
from libs.events.event import Source
from libs.events.reactions import system_actor
from libs.messages import delivery_on
from services.intake.choosing import FollowChoice, goes_by
from services.intake.sending.letter import Letter, Outcome, failed, refused
from services.intake.sending.outlets import Outlets
from services.intake.sending.writing import Written, written
from services.intake.telling import RecordAttempt
from services.intake.window import Window

LOOK_SECONDS = 2.0
PAGE = 50
TRY_LOCK = "SELECT pg_try_advisory_lock($1)"
LOCK = 7_310_199_301
DUE = """
SELECT message_id, channel FROM message
WHERE state = 'waiting' AND next_at <= $1 AND channel = ANY($2)
ORDER BY next_at, message_id LIMIT $3"""
WAITING = """
SELECT count(*) FILTER (WHERE state = 'waiting')::float8 AS messages_waiting,
    count(*) FILTER (WHERE state IN ('refused', 'given_up'))::float8 AS messages_failed,
    coalesce(extract(epoch FROM $1 - min(queued_at) FILTER (WHERE state = 'waiting')),
        0)::float8 AS message_waiting_seconds
FROM message WHERE state IN ('waiting', 'refused', 'given_up')"""

log = structlog.get_logger()


async def waiting(window: Window) -> Mapping[str, float]:
    """Return how many messages wait or need an officer, and since when, in seconds."""
    row = await window.pool.fetchrow(WAITING, window.running.last_now)
    return dict(row)


@dataclass
class Sender:
    """Sends until the process ends; without outlets it has nothing to do."""

    window: Window
    outlets: Outlets
    held: dict[str, datetime] = field(default_factory=dict)
    """Until when a gateway asked to be left alone (Retry-After), by channel."""

    async def run(self) -> None:
        """Look every other second, as long as there is any way out."""
        closing = self.window.running.closing
        while self.outlets and not closing.begun:
            try:
                await self.round()
            except Exception as error:  # noqa: BLE001 -- the service's own loop
                log.warning("sending_round_failed", error=type(error).__name__)
            await closing.unless(asyncio.sleep(LOOK_SECONDS))

    async def round(self) -> int:
        """Try once what is due; return how many tries there were."""
        now = await self.window.desk.now()
        if delivery_on(day_of(now)).quiet(now):
            return 0
        if not await self._due(now):
            return 0
        tried = 0
        async with self._alone() as alone:
            for this, channel in await self._due(now) if alone else ():
                if self.window.running.closing.begun:
                    break
                if channel not in self.held or self.held[channel] <= now:
                    tried += await self._tried(this, now)
        return tried

    async def _due(self, now: datetime) -> list[tuple[UUID, str]]:
        rows = await self.window.pool.fetch(DUE, now, self._open(now), PAGE)
        return [(UUID(int=row["message_id"].int), row["channel"]) for row in rows]

    def _open(self, now: datetime) -> list[MessageChannel]:
        return [c for c in self.outlets if self.held.get(c, now) <= now]

    async def _tried(self, message_id: UUID, now: datetime) -> bool:
        """Try one message; its own stream says whether it still waits, and which way.

        One that its reader's last choice has not reached yet follows it first.
        """
        found = await written(self.window, message_id, to=True)
        if found is None:
            return False
        state = found.state
        if not state.waits or (state.next_at is not None and state.next_at > now):
            return False
        if not goes_by(found.chosen, found.queued):
            return await self._follow(found)
        if found.queued.channel not in self._open(now):
            return False
        if found.subject is None or found.text is None:
            outcome = refused("text-gone")
        elif found.to is None:
            outcome = refused("contact-gone")
        else:
            letter = Letter(message_id, found.to, found.subject, found.text)
            outcome = await self._sent(found.queued.channel, letter)
            if outcome.wait_seconds:
                until = now + timedelta(seconds=outcome.wait_seconds)
                self.held[found.queued.channel] = until
        return await self._record(found, outcome)

    async def _sent(self, channel: MessageChannel, letter: Letter) -> Outcome:
        try:
            return await self.outlets[channel].send(letter)
        except Exception as error:  # noqa: BLE001 -- an adapter's fault is one failed try
            log.warning("adapter_failed", channel=channel, error=type(error).__name__)
            return failed("adapter-failed")

    async def _record(self, found: Written, outcome: Outcome) -> bool:
        message_id, attempt = found.queued.message_id, found.state.attempts + 1
        command = RecordAttempt(
            message_id=message_id,
            attempt=attempt,
            outcome=outcome.outcome,
            means=found.queued.channel,
            reason=outcome.reason,
            wait_seconds=outcome.wait_seconds,
        )
        this = ids.named("message-attempt", message_id, attempt)
        return await self._done(command, this)

    async def _follow(self, found: Written) -> bool:
        this = found.queued.message_id
        command = FollowChoice(case_id=found.queued.case_id, message_ids=(this,))
        await self._done(command, ids.named("message-follow", this, found.version))
        return False

    async def _done(self, command: Command, this: UUID) -> bool:
        stamp = Stamp(
            command_id=this,
            request_hmac=sha256(this.bytes).digest(),
            actor=system_actor("intake"),
            at=await self.window.desk.now(),
            source=Source.TIMER,
        )
        done = await self.window.desk.do(command, stamp)
        return bool(done.events)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[bool]:
        """Hold the lock of sending on a connection of its own; False: another has it.

        A killed process's lock goes with its connection.
        """
        dsn = self.window.running.settings.database
        connection = await asyncpg.connect(dsn)
        try:
            yield await connection.fetchval(TRY_LOCK, LOCK)
        finally:
            await connection.close()
