"""Crew: several processes that load a build's partitions at once."""

import asyncio
import os
from collections.abc import Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import asyncpg
import uvloop

from libs.events.views.build import SAY_SECONDS, Build, Meter
from libs.events.views.loading import Job, load
from libs.events.views.source import Source
from libs.workers import workers

FEW = 20_000
MOST = 4
CONNECTIONS = 2
"""Of each process: one that loads, one that says how far it is."""


class LoaderLost(Exception):
    """A process that loaded was ended: begun again, the rebuild goes on from there."""


@dataclass(frozen=True)
class Crew:
    """Whose database the processes write, as its owner; how many, from which size on.

    The source is sent to each. Fewer records than `few` take less time than a process
    takes to start.
    """

    dsn: str
    processes: int = min(MOST, os.cpu_count() or 1)
    few: int = FEW

    async def load(self, source: Source, jobs: Sequence[Job], meter: Meter) -> None:
        """Load jobs, the largest first; raises as `loading.load` does, and LoaderLost.

        What has begun is waited for, whatever goes wrong beside it: it is kept.
        """
        ordered = sorted(jobs, key=lambda job: -job.part.records)
        with workers(min(self.processes, len(jobs))) as executor:
            try:
                await self._shared(executor, source, ordered, meter)
            except BrokenProcessPool:
                raise LoaderLost("A process that loaded was ended") from None

    async def _shared(
        self, executor: Executor, source: Source, jobs: Sequence[Job], meter: Meter
    ) -> None:
        said = (meter.builds, meter.began)
        begun = [executor.submit(_load, self.dsn, source, job, said) for job in jobs]
        done = [asyncio.wrap_future(each) for each in begun]
        waiting = set(done)
        try:
            while waiting:
                ended, waiting = await asyncio.wait(
                    waiting, timeout=SAY_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                for each in ended:
                    each.result()
                await meter.tell()
        except BrokenProcessPool:
            # It ends every job itself, and fails at one that somebody has cancelled.
            raise
        except BaseException:
            for future in begun:
                future.cancel()
            raise
        finally:
            await asyncio.gather(*done, return_exceptions=True)


Said = tuple[Sequence[Build], float]
"""The builds whose records a meter counts together, and since when."""


def _load(dsn: str, source: Source, job: Job, said: Said) -> None:
    uvloop.run(_loaded(dsn, source, job, said))


async def _loaded(dsn: str, source: Source, job: Job, said: Said) -> None:
    builds, began = said
    async with asyncpg.create_pool(
        dsn, min_size=CONNECTIONS, max_size=CONNECTIONS
    ) as pool:
        await load(source, job, Meter(pool, builds, began=began))
