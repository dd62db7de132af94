"""The loops that acts are done in: closed, and open."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.bench.measure import Meter, until

Act = Callable[[], Awaitable[object]]


class NotDone(Exception):
    """An act was not done; its words say why, the same ones for the same reason."""


@dataclass(frozen=True)
class Outcome:
    """What came of an open loop: seconds of the acts done, and why others were not."""

    spent: list[float]
    lost: Counter[str]


@dataclass
class Closed:
    """A closed loop: so many clients, each sends its next when it has its answer.

    `acts` is how many it did, those of the warm-up among them.
    """

    clients: int
    warm_up: float = 0.3
    seconds: float = 1.0
    acts: int = 0

    async def run(self, act: Act, meter: Meter) -> list[float]:
        """Warm up, then measure; return the seconds each act took.

        It ends when the last act that began within the measured time has its answer.
        """
        await self._for(act, self.warm_up)
        with meter:
            return await self._for(act, self.seconds)

    async def _for(self, act: Act, seconds: float) -> list[float]:
        spent: list[float] = []
        end = time.perf_counter() + seconds

        async def client() -> None:
            began = time.perf_counter()
            while began < end:
                await act()
                ended = time.perf_counter()
                spent.append(ended - began)
                began = ended

        await asyncio.gather(*(client() for _ in range(self.clients)))
        self.acts += len(spent)
        return spent


@dataclass(frozen=True)
class Open:
    """An open loop: the next begins at its time, whether the last is done or not."""

    rate: float
    seconds: float

    @property
    def acts(self) -> int:
        """How many acts are due."""
        return int(self.rate * self.seconds)

    async def run(self, act: Act) -> Outcome:
        """Return the seconds each act took, from the time it was due.

        An act that raises NotDone took none: it is counted beside them.
        """
        loop = asyncio.get_running_loop()
        start = loop.time()
        outcome = Outcome([], Counter())

        async def one(due: float) -> None:
            try:
                await act()
            except NotDone as why:
                outcome.lost[str(why)] += 1
            else:
                outcome.spent.append(loop.time() - due)

        tasks = []
        for number in range(self.acts):
            due = start + number / self.rate
            await until(due)
            tasks.append(asyncio.create_task(one(due)))
        await asyncio.gather(*tasks)
        return outcome
