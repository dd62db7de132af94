"""The loader: plays the plan at the public doors, stop by stop, and can be resumed.

The clock only moves on when every step of its stop was answered, so a killed load goes
on at the stop where the clock stands; steps that were done are answered as before.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any
from zlib import crc32

import httpx

from deploy.clockwork import Clockwork
from deploy.demo.plan import Plan, Stop
from deploy.demo.step import Step
from deploy.local.cannot import Cannot

SIDE_BY_SIDE = 16
"""Requests under way at once."""
HELD_S = 120
"""For how long timers wait for the clock's next move: when an employer is graded again
must not hang on how fast a stop was played. A stop takes seconds."""
READ_S, LOOKS = 0.2, 300
"""How often a sheet is looked after, and how many times, until it is read."""
TRIES = 8
STALE, TOO_MANY, UNAVAILABLE = 412, 429, 503


@dataclass(frozen=True)
class Progress:
    """How far a load is: steps done of all, stop, and seconds since it began."""

    done: int
    total: int
    at: datetime
    seconds: float

    @property
    def rate(self) -> float:
        """Return the steps done in a second."""
        return self.done / max(self.seconds, 0.001)

    @property
    def seconds_left(self) -> float:
        """Return how long the rest takes at this rate."""
        return (self.total - self.done) / max(self.rate, 0.001)


@dataclass
class Loaded:
    """What a load did: steps, versions read again, and answers unlike the plan's."""

    done: int = 0
    reread: int = 0
    unlike: list[str] | None = None
    seconds: float = 0.0


class Loader:
    """Plays a plan against the running services."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        address: Callable[[str], str],
        tokens: Mapping[str, str],
        clockwork: Clockwork,
    ) -> None:
        self._client = client
        self._address = address
        self._tokens = tokens
        self._clockwork = clockwork
        self._turns = asyncio.Semaphore(SIDE_BY_SIDE)
        self.loaded = Loaded()

    async def play(
        self, plan: Plan, until: datetime, say: Callable[[Progress], None]
    ) -> Loaded:
        """Play every stop from the clock's time up to a time; then stand there.

        Raises Cannot at the first answer that is not the planned one.
        """
        began = monotonic()
        self._clockwork.timers_held_s = HELD_S
        try:
            now = await self._clockwork.opened()
            ahead = [stop for stop in plan.stops if now <= stop.at <= until]
            total = sum(stop.size for stop in ahead)
            for stop in ahead:
                if stop.at > now:
                    await self._clockwork.advance(stop.at)
                await self._play(stop)
                spent = monotonic() - began
                say(Progress(self.loaded.done, total, stop.at, spent))
            if now < until:
                await self._clockwork.advance(until)
        finally:
            self._clockwork.timers_held_s = 0
            await self._clockwork.opened()
        self.loaded.seconds = monotonic() - began
        return self.loaded

    async def _play(self, stop: Stop) -> None:
        # A number is drawn in the plan's order, and a week is counted before the
        # stop's own facts: these go one by one.
        for step in (*stop.early, *stop.numbered):
            await self._do(step)
            if step.settles:
                await self._clockwork.settled()
        lanes = [self._lane(lane) for lane in stop.lanes]
        for outcome in await asyncio.gather(*lanes, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _lane(self, turns: Iterable[Sequence[Step]]) -> None:
        for turn in turns:
            await asyncio.gather(*(self._do(step) for step in turn))

    async def _do(self, step: Step) -> None:
        async with self._turns:
            answer = await self._sent(step, step.if_match)
            if answer.status_code == STALE and "ETag" in answer.headers:
                # Somebody acted besides the plan: name what stands there now.
                self.loaded.reread += 1
                version = int(answer.headers["ETag"].strip('"')[1:])
                answer = await self._sent(step, version)
        self._judge(step, answer)
        if step.sheet is not None and answer.is_success:
            await self._read(step, answer.headers["Location"])
        self.loaded.done += 1

    async def _read(self, step: Step, path: str) -> None:
        """Wait until a sheet that was handed in is read, row by row."""
        url, headers = f"{self._address(step.service)}{path}", self._headers(step)
        for _ in range(LOOKS):
            said = (await self._client.get(url, headers=headers)).json()
            if said["state"] == "refused" or said["counts"].get("error"):
                raise Cannot(f"{step.lane}: the sheet was not read: {said}")
            if said["state"] == "done":
                return
            await asyncio.sleep(READ_S)
        raise Cannot(f"{step.lane}: the sheet is not read, see `qingxin status`.")

    async def _sent(self, step: Step, if_match: int | None) -> httpx.Response:
        url = f"{self._address(step.service)}{step.path}"
        headers = self._headers(step)
        if if_match is not None:
            headers["If-Match"] = f'"v{if_match}"'
        for left in reversed(range(TRIES)):
            try:
                answer = await self._client.post(url, headers=headers, **_said(step))
            except httpx.TransportError as error:
                # The key makes it safe to ask again: it is the same act.
                if not left:
                    reason = type(error).__name__
                    message = f"{url} does not answer ({reason}): `qingxin status`."
                    raise Cannot(message) from error
                continue
            if answer.status_code not in {TOO_MANY, UNAVAILABLE} or not left:
                return answer
            await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
        raise AssertionError

    def _headers(self, step: Step) -> dict[str, str]:
        headers = {"Idempotency-Key": step.key}
        if step.actor is not None:
            headers["Authorization"] = f"Bearer {self._tokens[step.actor]}"
        if not step.traced:
            # Told not to be traced: the background is bulk, the stories are looked at.
            trace = crc32(step.key.encode())
            headers["traceparent"] = f"00-{trace + 1:032x}-{trace + 1:016x}-00"
        return headers

    def _judge(self, step: Step, answer: httpx.Response) -> None:
        code = answer.json().get("code") if answer.is_error else None
        if code == step.refused and answer.is_error == (step.refused is not None):
            return
        wanted = step.refused or "to be accepted"
        said = answer.json().get("detail", "") if answer.is_error else "accepted"
        unlike = (
            f"{step.lane} {step.at:%m-%d %H:%M} {step.service} {step.path}: wanted"
            f" {wanted}, answered {answer.status_code} {code} {said}"
        )
        if self.loaded.unlike is None:
            raise Cannot(unlike)
        self.loaded.unlike.append(unlike)


def _said(step: Step) -> dict[str, Any]:
    """Return a step's body as httpx takes it: JSON, or a form with its file."""
    if step.sheet is None:
        return {"json": step.body}
    return {"data": step.body, "files": {"file": ("sheet.csv", step.sheet, "text/csv")}}
