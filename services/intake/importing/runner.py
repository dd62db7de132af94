"""The runner: takes waiting imports one by one, one process at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

import asyncpg
import structlog

from services.intake.importing import jobs
from services.intake.importing.files import Files
from services.intake.importing.run import Interrupted, run_import
from services.intake.vault.sweeping import sweep
from services.intake.window import Window

LOOK_SECONDS = 2.0
TIDY_SECONDS = 3600.0
TRY_LOCK = "SELECT pg_try_advisory_lock($1)"
LOCK = 7_310_199_300

log = structlog.get_logger()


@dataclass
class Runner:
    """Runs imports until the process ends; a crash leaves them to the next start."""

    window: Window
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    tidied: float = float("-inf")

    async def run(self) -> None:
        """Look for work whenever woken, and every other second."""
        closing = self.window.running.closing
        while not closing.begun:
            try:
                await self._round()
            except Interrupted:
                return
            except Exception as error:
                log.exception("import_round_failed", error=type(error).__name__)
            await closing.unless(self._woken())

    async def _woken(self) -> None:
        try:
            await asyncio.wait_for(self.wake.wait(), LOOK_SECONDS)
        except TimeoutError:
            return
        self.wake.clear()

    async def _round(self) -> None:
        waiting = await jobs.waiting(self.window.pool)
        if not waiting and monotonic() - self.tidied < TIDY_SECONDS:
            return
        async with self._alone() as alone:
            if not alone:
                return
            await self._tidy()
            for job in await jobs.waiting(self.window.pool):
                await run_import(self.window, job)

    async def _tidy(self) -> None:
        if monotonic() - self.tidied < TIDY_SECONDS:
            return
        self.tidied = monotonic()
        window = self.window
        files = Files(window.running.settings.objects, window.keys)
        await files.destroy_old(window.pool)
        async with window.pool.acquire() as connection:
            await sweep(connection)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[bool]:
        """Hold the lock of imports on a connection of its own; False: another has it.

        A killed process's lock goes with its connection.
        """
        dsn = self.window.running.settings.database
        connection = await asyncpg.connect(dsn)
        try:
            yield await connection.fetchval(TRY_LOCK, LOCK)
        finally:
            await connection.close()
