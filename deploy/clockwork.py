"""The one clock of a simulated deployment: moved so that every day has all its facts.

At each due time on the way the doors are closed, every journal is brought onto Kafka
and into every consumer, the clock is set in all journals, what is due is done, and the
doors open again. Nothing waits for a relay's own tick.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from deploy.local.cannot import Cannot

SERVICES = ("intake", "routing", "enforcement", "reporting")
ROUNDS = 200
"""More rounds than any chain of reactions needs: a loop of reactions is a defect."""

TRIES = 3

PROGRESS = ("service", "seq", "at", "topic", "indexes")

Progresses = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Moved:
    """Where the clock stands now, and how many due things were done on the way."""

    now: datetime
    done: int


class Clockwork:
    """Speaks with the four services as an operator."""

    def __init__(
        self, client: httpx.AsyncClient, address: Callable[[str], str], token: str
    ) -> None:
        self.timers_held_s = 0
        self._client = client
        self._address = address
        self._headers = {"Authorization": f"Bearer {token}"}

    async def advance(self, to: datetime) -> Moved:
        """Move the clock forward; raises Cannot when a service refuses."""
        closed = await self._all("POST", "/operator/door/closing")
        now = min(datetime.fromisoformat(answer["now"]) for answer in closed)
        timed = [
            name
            for name, answer in zip(SERVICES, closed, strict=True)
            if answer["timers"]
        ]
        try:
            await self._at_rest(closed)
            done = await self._step_by_step(now, to, timed)
        finally:
            await self.opened()
        return Moved(to, done)

    async def opened(self) -> datetime:
        """Open doors that a broken-off move left closed; return the time.

        Timers are held for `timers_held_s`, if any, but for those that a move fires.
        """
        held = {"timers_held_s": self.timers_held_s}
        opened = await self._all("POST", "/operator/door/opening", held)
        return min(datetime.fromisoformat(answer["now"]) for answer in opened)

    async def drained(self) -> None:
        """Return once nothing is under way anywhere, and every service knows it."""
        await self._at_rest()
        await self._pass(await self._all("POST", "/operator/tick"), told=True)

    async def settled(self) -> int:
        """Let what was said do what it makes due, while the clock stands."""
        await self.drained()
        done = 0
        while (fired := await self._fire(SERVICES)) > 0:
            done += fired
            await self.drained()
        return done

    async def _at_rest(self, progresses: Progresses = ()) -> None:
        """Let all journals be passed everywhere, and all that follows from them.

        A service that has passed all journals, and whose own has not grown by it, has
        nothing left to do; when that holds of all four, all is at rest. `progresses`
        are those that are known already.
        """
        for _ in range(ROUNDS):
            before = [progress["seq"] for progress in progresses]
            progresses = await self._pass(progresses, told=False)
            if before == [progress["seq"] for progress in progresses]:
                return
        raise Cannot("The services' reactions do not come to rest: see their logs.")

    async def _step_by_step(
        self, now: datetime, to: datetime, timed: Sequence[str]
    ) -> int:
        done = 0
        while now < to:
            now = min(await self._next_due(now) or to, to)
            told = await self._all("POST", "/operator/clock", {"to": now.isoformat()})
            # Only the clock has moved: who has timers must have heard of it, and at
            # the end every service, for by it they know how far they are complete.
            by = SERVICES if now == to else timed
            await self._pass(told, told=True, by=by)
            grown = False
            while (fired := await self._fire(timed)) > 0:
                done, grown = done + fired, True
                await self._at_rest()
            if grown and now == to:
                last = await self._all("POST", "/operator/tick")
                await self._pass(last, told=True)
        return done

    async def _pass(
        self, progresses: Progresses, *, told: bool, by: Sequence[str] = SERVICES
    ) -> Progresses:
        """Let these be passed by every consumer; return how far the logs are then."""
        wanted = [{name: each[name] for name in PROGRESS} for each in progresses]
        answers = await self._all(
            "POST", "/operator/drain", {"progresses": wanted, "told": told}, by
        )
        if not all(answer["drained"] for answer in answers):
            raise Cannot("A consumer does not come along: see `qingxin status`.")
        return answers

    async def _next_due(self, after: datetime) -> datetime | None:
        path = "/operator/next-due"
        answer = await self._ask("GET", "routing", path, after=after.isoformat())
        return datetime.fromisoformat(answer["next"]) if answer["next"] else None

    async def _fire(self, timed: Sequence[str]) -> int:
        answers = await self._all("POST", "/operator/timers", by=timed)
        return sum(answer["done"] for answer in answers)

    async def _all(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        by: Sequence[str] = SERVICES,
    ) -> list[Any]:
        asked = [self._ask(method, name, path, body) for name in by]
        return list(await asyncio.gather(*asked))

    async def _ask(
        self,
        method: str,
        service: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        **query: str,
    ) -> Any:
        answer = await self._sent(
            method,
            f"{self._address(service)}{path}",
            json=body,
            params=query,
            headers=self._headers,
            timeout=60,
        )
        if answer.is_error:
            said = answer.json().get("detail", answer.reason_phrase)
            raise Cannot(f"{service} refused {path}: {said}")
        return answer.json()

    async def _sent(self, method: str, url: str, **request: Any) -> httpx.Response:
        # A kept connection may be closed as we ask. Each of these may be asked twice.
        for left in reversed(range(TRIES)):
            try:
                return await self._client.request(method, url, **request)
            except httpx.TransportError as error:
                if not left:
                    reason = type(error).__name__
                    message = f"{url} does not answer ({reason}): `qingxin status`."
                    raise Cannot(message) from error
        raise AssertionError
