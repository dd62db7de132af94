"""A steady load for long: how much memory grows, by process, in MiB an hour."""

import asyncio
import time
from collections.abc import Sequence

from deploy.local.status import status
from tests.end_to_end.whole import ALL, Whole
from tests.load.driving import Driver, crowd, level, pause
from tests.load.overload import say

EVERY = 5.0
GROWS = 64.0
"""MiB an hour over the last two thirds from which on a service is said to grow."""
MIB = 1024 * 1024


async def soak(whole: Whole, minutes: float, rate: float) -> bool:
    """Complain steadily and print each process's slope over the last two thirds.

    Whether a service grows decides; both servers have bounds of their own.
    """
    samples: dict[str, list[tuple[float, float]]] = {}
    ending = asyncio.Event()
    async with crowd(whole) as client:
        watching = asyncio.create_task(_sample(whole, samples, ending))
        driver = Driver(whole, client)
        tally = await driver.at(rate, minutes * 60)
        ending.set()
        await watching
    say(tally.line(f"{minutes:g} minutes at {rate:g}/s", minutes * 60))
    say(f"level after {await level(whole):.1f} s")
    flat = True
    for name, points in samples.items():
        late = points[len(points) // 3 :]
        an_hour = slope(late) * 3600
        flat &= name not in ALL or an_hour < GROWS
        say(
            f"{name:<12} {late[0][1]:7.1f} → {late[-1][1]:7.1f} MiB"
            f"  slope {an_hour:+8.1f} MiB/h"
        )
    return flat and not tally.wrong


async def _sample(
    whole: Whole, samples: dict[str, list[tuple[float, float]]], ending: asyncio.Event
) -> None:
    while not ending.is_set():
        found = await asyncio.to_thread(status, whole.state)
        for part in found.parts:
            at = (time.monotonic(), part.memory_bytes / MIB)
            samples.setdefault(part.name, []).append(at)
        await pause(EVERY)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the least-squares slope of (seconds, value) points; 0 for fewer than 2."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    together = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return together / spread if spread else 0.0
