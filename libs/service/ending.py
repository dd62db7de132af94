"""Ending: a service's parts are stopped in their order, none for longer than it may.

A client of a broker that is away may wait for ever as it is stopped. What is cut off
loses nothing: positions move with their effects, and a relay's pages are sent again.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

STOP_SECONDS = 10.0
log = structlog.get_logger()


async def within(
    what: str, stop: Callable[[], Awaitable[None]], seconds: float = STOP_SECONDS
) -> None:
    """Stop a part; after so many seconds it is cut off, and the log says which."""
    try:
        async with asyncio.timeout(seconds):
            await stop()
    except TimeoutError:
        log.warning("stop_cut_off", what=what, seconds=seconds)


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
