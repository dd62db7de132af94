"""The door of a service: open, closed for acts while time moves on, or full."""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic

from starlette.types import ASGIApp, Receive, Scope, Send

from libs.web.languages import Said
from libs.web.problems import More, Problem, limited, problem_response

READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Never closed, never counted: an operator must see what is going on.
ALWAYS_OPEN = ("/livez", "/readyz", "/metrics", "/version", "/problems/", "/operator/")
# Streams and long polls stay: counted apart, so that they take nobody's place.
LONG_LIVED = ("/v1/events",)
REFUSALS_KEPT = 10_000
ACT_SECONDS = 1.0
LISTENERS = 256
LISTEN_AGAIN = 5
"""In seconds: a listener stays long, so its place is not free at once."""
KEPT = 0.8


class Speed:
    """How many acts were done a second of late; slower seconds count little by little.

    `clock` is monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._count = 0
        self.per_second = 0.0

    def done(self) -> None:
        """Count one act."""
        self._count += 1
        seconds = self._clock() - self._since
        if seconds >= 1:
            self.per_second = max(self._count / seconds, self.per_second * KEPT)
            self._since, self._count = self._clock(), 0


class Door:
    """Whether acts come in, and how many are under way.

    Closed, it answers acts with 503 and Retry-After; reading goes on. `capacity` is
    the number of requests served at a time before more are turned away. Of these, as
    many may be acts as are done in a second of late, and `acts_at_least` always: so
    whoever is let in waits about a second, however slow the machine is. Beside them
    stand `most_listeners`: streams and long polls of the change feed.
    """

    def __init__(
        self,
        *,
        capacity: int = 256,
        acts_at_least: int = 64,
        most_listeners: int = LISTENERS,
    ) -> None:
        self.capacity = capacity
        self.acts_at_least = acts_at_least
        self.most_listeners = most_listeners
        self.listeners = 0
        self._speed = Speed()
        self.acts = 0
        self.requests = 0
        self._refused: deque[float] = deque(maxlen=REFUSALS_KEPT)
        self._closed: Problem | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def closed(self) -> bool:
        """Tell whether acts are turned away."""
        return self._closed is not None

    def close(self, why: Said | None = None, *, retry_after: int = 1) -> None:
        """Turn acts away from now on; `retry_after` in seconds."""
        headers = {"Retry-After": str(retry_after)}
        self._closed = Problem("closed", why, more=More(headers=headers))

    def open(self) -> None:
        """Let acts in again."""
        self._closed = None

    async def drained(self) -> None:
        """Wait until no act is under way; close the door first."""
        await self._idle.wait()

    def refused_within(self, seconds: float) -> int:
        """Return how many requests were turned away as too many lately."""
        since = monotonic() - seconds
        return sum(at >= since for at in self._refused)

    def refusal(self, *, act: bool, listens: bool = False) -> Problem | None:
        """Return why a request cannot come in now, or None."""
        if listens:
            crowded = self.listeners >= self.most_listeners
            return self._full(LISTEN_AGAIN) if crowded else None
        if act and self._closed is not None:
            return self._closed
        full = self.requests >= self.capacity
        if not full and not (act and self.acts >= self.most_acts):
            return None
        return self._full(1)

    def _full(self, retry_after: int) -> Problem:
        self._refused.append(monotonic())
        return limited("overloaded", retry_after)

    @property
    def most_acts(self) -> int:
        """How many acts may be under way now."""
        wanted = int(self._speed.per_second * ACT_SECONDS)
        return min(self.capacity, max(self.acts_at_least, wanted))

    def enter(self, *, act: bool, listens: bool = False) -> None:
        """Count a request in; the caller must count it out with `leave`."""
        if listens:
            self.listeners += 1
            return
        self.requests += 1
        if act:
            self.acts += 1
            self._idle.clear()

    def leave(self, *, act: bool, listens: bool = False) -> None:
        """Count a request out."""
        if listens:
            self.listeners -= 1
            return
        self.requests -= 1
        if act:
            self._speed.done()
            self.acts -= 1
            if self.acts == 0:
                self._idle.set()


class Doorkeeper:
    """Pure ASGI: asks the door before a request comes in."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(ALWAYS_OPEN):
            await self.app(scope, receive, send)
            return
        listens = scope["path"].startswith(LONG_LIVED)
        act = not listens and scope["method"] not in READING
        problem = self.door.refusal(act=act, listens=listens)
        if problem is not None:
            await problem_response(problem, scope)(scope, receive, send)
            return
        self.door.enter(act=act, listens=listens)
        try:
            await self.app(scope, receive, send)
        finally:
            self.door.leave(act=act, listens=listens)
