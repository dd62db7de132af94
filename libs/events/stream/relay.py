"""Relay: copies a journal to Kafka in order, and says how far it has come.

Go-back-N: pages are acknowledged whole; the first failure throws the producer away
and everything after the checkpoint is sent again. The dense index of a record is a
pure function of the log and the partition count, so whoever sends it sends the same.
"""

import asyncio
import time
from contextlib import suppress
from typing import TypeVar

import asyncpg
import structlog

from libs.events.event import Recorded
from libs.events.journal.words import Diverged
from libs.events.stream.leadership import (
    Calls,
    Deposed,
    Lead,
    leader_has_compared,
    leadership,
)
from libs.events.stream.progress import Progress
from libs.events.stream.pump import Log, Pump, RelaySettings, Requests
from libs.events.stream.sender import Numbered, Sender, SendFailed
from libs.events.stream.tail import (
    Expected,
    TopicUnfit,
    hold_fit,
    missing_rows,
    newest,
)
from libs.events.stream.trouble import TRANSIENT, Issue, Lag, name_of

__all__ = ["Log", "Relay", "RelaySettings"]

log = structlog.get_logger()

INTERRUPTIONS: tuple[type[Exception], ...] = (*TRANSIENT, Deposed)
ANSWER_SECONDS = 20
ASK_SECONDS = 0.05

T = TypeVar("T")


class Relay:
    """Leads when no other relay of the service does; else it waits its turn."""

    def __init__(self, settings: RelaySettings, journal: Log) -> None:
        self._settings = settings
        self._journal = journal
        self._requests = Requests()
        self._compared = asyncio.Event()
        self._diverged: Diverged | None = None
        self._issue: Issue | None = None
        self._pump: Pump | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to lead, or to wait for it, in the background."""
        name = f"relay-{self._settings.service}"
        self._task = asyncio.create_task(self._run(), name=name)

    async def stop(self) -> None:
        """Stop at any point: the next leader goes on from the checkpoint."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def leads(self) -> bool:
        """Whether this process leads and has compared journal and topic."""
        return self._compared.is_set()

    def issues(self) -> list[Issue]:
        """Return what keeps this relay from its work."""
        return [self._issue] if self._issue else []

    async def lag(self) -> Lag | None:
        """Return how far Kafka is behind the journal; None when another one leads."""
        pump = self._pump
        if pump is None or not self.leads:
            return None
        events = (await self._journal.head()).seq - pump.checkpoint.seq
        seconds = time.monotonic() - pump.caught_up_at if events > 0 else 0.0
        return Lag(max(events, 0), seconds)

    async def force_tick(self) -> Progress:
        """Bring everything up to the head onto Kafka now, and say so there.

        Raises TimeoutError when no relay of this process leads in time.
        """
        future: asyncio.Future[Progress] = asyncio.get_running_loop().create_future()
        self._requests.ticks.append(future)
        return await self._answer(future)

    async def caught_up(self) -> Progress:
        """Bring everything up to the head onto Kafka; say so to the caller alone.

        Raises TimeoutError when no relay of this process leads in time.
        """
        future: asyncio.Future[Progress] = asyncio.get_running_loop().create_future()
        self._requests.catch_ups.append(future)
        return await self._answer(future)

    async def _answer(self, future: asyncio.Future[T]) -> T:
        self._requests.wake.set()
        async with asyncio.timeout(ANSWER_SECONDS):
            return await future

    async def may_write(self, seconds: float = ANSWER_SECONDS) -> None:
        """Return once a relay's leader, here or elsewhere, has compared the topic.

        A writer opens only after this. Raises Diverged when journal and topic hold
        different events, TimeoutError when there is no leader in time.
        """
        connection = await asyncpg.connect(self._settings.dsn)
        try:
            async with asyncio.timeout(seconds):
                # Another process may be the one that compares: it sends no word.
                while not await self._is_compared(connection):  # noqa: ASYNC110
                    await asyncio.sleep(ASK_SECONDS)
        finally:
            await connection.close()

    async def _is_compared(self, connection: asyncpg.Connection) -> bool:
        if self._diverged is not None:
            raise self._diverged
        return self.leads or await leader_has_compared(connection, self._settings.topic)

    async def _run(self) -> None:
        while True:
            try:
                await self._lead_once()
            except Diverged as error:
                self._diverged = error
                self._alarm("diverged", str(error))
            except TopicUnfit as error:
                self._alarm(error.code, str(error))
            except INTERRUPTIONS as error:
                log.warning("relay_interrupted", error=name_of(error))
            except Exception as error:  # the relay's own loop
                log.exception("relay_failed", topic=self._settings.topic)
                self._alarm("failed", f"The relay fails: {name_of(error)}.")
            finally:
                self._compared.clear()
            await asyncio.sleep(self._settings.back_off)

    async def _lead_once(self) -> None:
        settings = self._settings
        # What kept this relay from its work is the leader's matter while it waits.
        calls = Calls(self._requests.wake.set, self._all_well)
        line = leadership(settings.dsn, settings.topic, settings.silent, calls)
        async with line as lead:
            work = asyncio.create_task(self._lead(lead))
            lost = asyncio.create_task(lead.lost.wait())
            try:
                await asyncio.wait({work, lost}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                # Without its lock a relay must not send another page.
                work.cancel()
                lost.cancel()
                ended, _ = await asyncio.gather(work, lost, return_exceptions=True)
            if isinstance(ended, Exception):
                raise ended

    async def _lead(self, lead: Lead) -> None:
        pump = Pump(self._settings, self._journal, lead, self._requests)
        pump.checkpoint = await lead.begin()
        pump.look, pump.at_rest = self._compare, self._still_fit
        self._pump = pump
        await self._compare(pump)
        await lead.confirm(pump.checkpoint)
        self._compared.set()
        self._diverged, self._issue = None, None
        log.info("relay_leads", topic=lead.topic, epoch=pump.checkpoint.epoch)
        while True:
            sender = Sender(
                self._settings.bootstrap,
                self._settings.topic,
                idempotent=self._settings.idempotent,
                schemas=self._settings.schemas,
            )
            try:
                await sender.open()
                await self._fit(pump)
                await pump.run(sender, self._all_well)
            except SendFailed as error:
                cause = error.__cause__
                log.warning("relay_sends_again", cause=type(cause).__name__)
                self._alarm("not-acknowledged", "Kafka acknowledges nothing.")
            finally:
                await sender.discard()
            await asyncio.sleep(self._settings.back_off)

    async def _compare(self, pump: Pump) -> None:
        """Compare the topic's newest records with the journal; take back lost rows."""
        settings, checkpoint = self._settings, pump.checkpoint
        await self._fit(pump)
        copies = await newest(
            settings.bootstrap, settings.topic, settings.partitions, checkpoint
        )
        after = any(c.index > checkpoint.index(c.partition) for c in copies)
        rows = await self._after_checkpoint(pump) if after else []
        missing = missing_rows(copies, checkpoint, rows)
        for start in range(0, len(missing), settings.page):
            await self._journal.take_back(missing[start : start + settings.page])
        if missing:
            log.warning("journal_took_back", topic=settings.topic, rows=len(missing))

    async def _fit(self, pump: Pump) -> None:
        settings = self._settings
        expected = Expected(
            settings.bootstrap, settings.topic, settings.partitions, pump.checkpoint
        )
        await hold_fit(expected, settings.back_off)

    async def _still_fit(self, pump: Pump) -> None:
        # A broker that does not answer is told of by what is sent next.
        with suppress(*TRANSIENT):
            await self._fit(pump)

    async def _after_checkpoint(self, pump: Pump) -> list[Numbered]:
        rows: list[Recorded] = []
        after = pump.checkpoint.seq
        while page := await self._journal.read_stored(after, self._settings.page):
            rows += page
            after = page[-1].seq
        return pump.numbered(rows)

    def _all_well(self) -> None:
        self._issue = None

    def _alarm(self, code: str, message: str) -> None:
        log.error("relay_stands_still", code=code, topic=self._settings.topic)
        self._issue = Issue(f"relay-{code}", self._settings.topic, message)
