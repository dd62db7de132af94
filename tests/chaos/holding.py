"""Holding on: a fault lasts, a client pauses; never a wait for something to be true."""

import asyncio
from contextlib import suppress


async def held(seconds: float, until: asyncio.Event | None = None) -> None:
    """Let a time pass, or less when `until` is set meanwhile."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await (until or asyncio.Event()).wait()
