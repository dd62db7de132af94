"""Waiting for what becomes true, with a deadline instead of a guessed pause."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.25


async def eventually(probe: Callable[[], Awaitable[T]], seconds: float = 20) -> T:
    """Ask `probe` until its answer is truthy and raises nothing; return the answer.

    After `seconds` the probe's own AssertionError is raised, or one that shows its
    last answer. Other exceptions are not waited out.
    """
    deadline = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        try:
            answer = await probe()
        except AssertionError:
            if time.monotonic() > deadline:
                raise
        else:
            if answer:
                return answer
            if time.monotonic() > deadline:
                message = f"still {answer!r} after {seconds} s"
                raise AssertionError(message)
        await _tick(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _tick(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    waiter = loop.create_future()
    loop.call_later(seconds, waiter.set_result, None)
    await waiter
