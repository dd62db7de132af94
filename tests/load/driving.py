"""Driving: complaints at a fixed rate, whatever the answers take, and a tally."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import orjson

from tests.bench.http import Http
from tests.end_to_end.complaint import EMPLOYER, WORKERS
from tests.end_to_end.whole import ALL, OPERATOR, Whole

CONNECTIONS = 100
LONGEST = 60
CREATED = 201
BODY = orjson.dumps(
    {"channel": "window", "employer": EMPLOYER, "workers": list(WORKERS)}
)
BUSY = frozenset({429, 503})


@dataclass
class Tally:
    """What came back: seconds of what was accepted, refusals, and what went wrong."""

    sent: int = 0
    accepted: list[float] = field(default_factory=list)
    refused: int = 0
    told_when: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        """Return a quantile of the accepted ones' seconds; 0 for none."""
        if not self.accepted:
            return 0.0
        ranked = sorted(self.accepted)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))]

    def line(self, name: str, seconds: float) -> str:
        """Return the tally as one line for a person."""
        half, most = (self.quantile(share) * 1000 for share in (0.5, 0.99))
        return (
            f"{name:<26} sent {self.sent / seconds:7.1f}/s  accepted"
            f" {len(self.accepted) / seconds:6.1f}/s  p50 {half:6.0f} ms"
            f"  p99 {most:6.0f} ms  refused {self.refused}"
            f" (with Retry-After {self.told_when})  wrong {dict(self.wrong) or 'none'}"
        )


@dataclass
class Driver:
    """A crowd at intake's door."""

    whole: Whole
    client: httpx.AsyncClient
    """For what is looked at; thousands at once would wait for its pool, not for us."""
    accepted_in_all: int = 0
    on_accepted: Callable[[dict[str, object]], Awaitable[None]] | None = None

    def __post_init__(self) -> None:
        self._door = Http(self.whole.settings.address("intake"))

    async def at(self, rate: float, seconds: float) -> Tally:
        """Complain so often a second for so long; return once all are answered."""
        tally, began = Tally(), time.monotonic()
        loop, tasks = asyncio.get_running_loop(), set[asyncio.Task[None]]()
        while (at := tally.sent / rate) < seconds:
            ahead = began + at - time.monotonic()
            if ahead > 0:
                await pause(ahead)
            task = loop.create_task(self._one(tally))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            tally.sent += 1
        await asyncio.gather(*tasks)
        self._door.close()
        self.accepted_in_all += len(tally.accepted)
        return tally

    async def _one(self, tally: Tally) -> None:
        headers = {
            "Authorization": f"Bearer {self.whole.token('li-01')}",
            "Idempotency-Key": str(uuid4()),
        }
        began = time.monotonic()
        try:
            async with asyncio.timeout(LONGEST):
                status, head, said = await self._door.ask(
                    "/v1/complaints", BODY, headers
                )
        except (OSError, asyncio.IncompleteReadError) as error:
            tally.wrong[type(error).__name__] += 1
            return
        if status == CREATED:
            tally.accepted.append(time.monotonic() - began)
            if self.on_accepted is not None:
                await self.on_accepted(orjson.loads(said))
        elif status in BUSY:
            tally.refused += 1
            tally.told_when += "retry-after:" in head
        else:
            tally.wrong[str(status)] += 1


def crowd(whole: Whole) -> httpx.AsyncClient:
    """Open connections to intake."""
    limits = httpx.Limits(
        max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS
    )
    address = whole.settings.address("intake")
    return httpx.AsyncClient(base_url=address, limits=limits, timeout=60)


async def behind(whole: Whole) -> int:
    """Return the events that relays and readers are behind in all, over the system."""
    told = [await whole.get(OPERATOR, name, "/operator/alarms") for name in ALL]
    return sum(lag["events"] for one in told for lag in one["lags"].values())


async def level(whole: Whole, seconds: float = 900) -> float:
    """Wait until nothing is behind; return the seconds that took."""
    began = time.monotonic()
    while await behind(whole) > 0:
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"{await behind(whole)} events behind after {seconds} s")
        await pause(0.5)
    return time.monotonic() - began


async def pause(seconds: float) -> None:
    """Let time pass: here it is the load itself, not a wait for a fact."""
    timer = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, timer.set_result, None)
    await timer
