"""Token buckets: how often one client may try, by door."""

import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from fastapi import Request, Response

from libs.web.problems import More, Problem

CLIENTS_KEPT = 10_000


@dataclass(frozen=True)
class Rate:
    """So many tries at once, refilled evenly over a window in seconds."""

    name: str
    quota: int
    window: float

    @property
    def per_second(self) -> float:
        """Return the refill in tries a second."""
        return self.quota / self.window


@dataclass(frozen=True)
class Bucket:
    """What one client has left, and when that was counted (monotonic seconds)."""

    left: float
    at: float

    def refilled(self, rate: Rate, now: float) -> "Bucket":
        """Return the bucket as it stands now."""
        gained = max(0.0, now - self.at) * rate.per_second
        return Bucket(min(float(rate.quota), self.left + gained), now)


class Limiter:
    """Counts tries by client in memory; the longest unseen are forgotten first."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = monotonic) -> None:
        self.rate = rate
        self.clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, client: str) -> int:
        """Use one try and return how many are left; raises 429 when none is."""
        now = self.clock()
        full = Bucket(float(self.rate.quota), now)
        bucket = self._buckets.pop(client, full).refilled(self.rate, now)
        allowed = bucket.left >= 1
        self._buckets[client] = Bucket(bucket.left - 1, now) if allowed else bucket
        if len(self._buckets) > CLIENTS_KEPT:
            self._buckets.popitem(last=False)
        if not allowed:
            raise self._refusal(bucket)
        return int(bucket.left - 1)

    def _refusal(self, bucket: Bucket) -> Problem:
        wait = math.ceil((1 - bucket.left) / self.rate.per_second)
        headers = {**self.headers(0, wait), "Retry-After": str(wait)}
        return Problem("too-many-requests", more=More(headers=headers))

    def headers(self, left: int, reset: int) -> dict[str, str]:
        """Return the RateLimit headers (draft-ietf-httpapi-ratelimit-headers)."""
        name, quota, window = self.rate.name, self.rate.quota, int(self.rate.window)
        return {
            "RateLimit-Policy": f'"{name}";q={quota};w={window}',
            "RateLimit": f'"{name}";r={left};t={reset}',
        }


def limit_by_address(
    limiter: Limiter,
) -> Callable[[Request, Response], Awaitable[None]]:
    """Return a dependency that counts tries by the client's network address."""

    async def counted(request: Request, response: Response) -> None:
        address = request.client.host if request.client else "unknown"
        left = limiter.take(address)
        response.headers.update(limiter.headers(left, int(limiter.rate.window)))

    return counted


TRACK_BY_CODE = Rate("track-by-code", 10, 60)
ANONYMOUS_REPORT = Rate("anonymous-report", 5, 3600)
