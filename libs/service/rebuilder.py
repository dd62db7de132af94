"""Rebuilds beside a running service: each a process of its own, one at a time."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

import asyncpg
import structlog

from libs.events.audit.drops import dropped
from libs.events.stream.topics import Topics
from libs.events.views.build import RebuildCancelled, RebuildRunning, cancel
from libs.events.views.crew import Crew, LoaderLost
from libs.events.views.loading import TopicIncomplete
from libs.events.views.rebuild import Order, rebuild
from libs.events.views.source import TopicSource
from libs.events.views.view import Declared
from libs.settings import Settings

CONNECTIONS = 8
STOP_SECONDS = 5.0
ENDED = (RebuildCancelled, RebuildRunning, TopicIncomplete, LoaderLost)

log = structlog.get_logger()


class Rebuilder:
    """Starts `python -m services.<name> rebuild VIEW`, so that the service goes on.

    `program` is what is run instead, with the same two words behind it.
    """

    def __init__(self, service: str, program: Sequence[str] = ()) -> None:
        self._program = program or (sys.executable, "-m", f"services.{service}")
        self._child: asyncio.subprocess.Process | None = None

    @property
    def busy(self) -> bool:
        """Whether a rebuild of this process is under way."""
        return self._child is not None and self._child.returncode is None

    async def begin(self, view: str) -> None:
        """Begin; how far it is stands in the table of builds."""
        self._child = await asyncio.create_subprocess_exec(
            *self._program, "rebuild", view, env=dict(os.environ)
        )

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask a rebuild under way to stop, then end it; begun again, it goes on.

        It hears between two pages, and none comes from a broker that is away.
        """
        child = self._child
        if child is None or not self.busy:
            return
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(seconds):
                await child.wait()
        except TimeoutError:
            log.warning("rebuild_killed", seconds=seconds)
            child.kill()
            await child.wait()


async def rebuild_here(
    settings: Settings, owner: str, view: Declared, app_role: str
) -> None:
    """Rebuild one view with its owner's DSN and do nothing else; SIGINT stops it."""
    source = TopicSource(settings.kafka, Topics(settings.topic_prefix))
    async with asyncpg.create_pool(owner, min_size=1, max_size=CONNECTIONS) as pool:
        loop = asyncio.get_running_loop()
        asked: set[asyncio.Task[bool]] = set()
        loop.add_signal_handler(
            signal.SIGINT,
            lambda: asked.add(loop.create_task(cancel(pool, view.name))),
        )
        order = Order([view], app_role, dropped=await dropped(pool), crew=Crew(owner))
        try:
            (done,) = await rebuild(pool, source, order)
        except ENDED as reason:
            log.warning("rebuild_ended", view=view.name, why=type(reason).__name__)
        else:
            log.info("rebuild_done", view=view.name, same=done.compared.same)
