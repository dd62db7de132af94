"""Pacing: how often one operator may order, and that an order names what it saw."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from libs.web.callers import SignedIn
from libs.web.languages import Said
from libs.web.limits import Limiter, Rate
from libs.web.problems import More, Problem

ORDERS = Rate("operator-orders", 60, 60)
LOOK_SECONDS = 600
LOOKS_KEPT = 1000


class Pace:
    """Counts each operator's orders; the 61st within a minute is a 429."""

    def __init__(self, rate: Rate = ORDERS) -> None:
        self._limiter = Limiter(rate)

    def count(self, caller: SignedIn) -> None:
        """Count an order; raises 429 with Retry-After."""
        self._limiter.take(str(caller.actor.id))


class Looks:
    """The counts that each operator was shown of late, for what only grows.

    A busy partition grows between the look and the order, so an order names the
    present count or one that this process showed this operator, about the same
    thing, within ten minutes. No other number passes: none can be made up. After a
    restart, or at another process of the service, the present count alone passes.

    `clock` is monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._shown: OrderedDict[tuple[str, str, int], float] = OrderedDict()

    def show(self, caller: SignedIn, about: str, count: int) -> int:
        """Remember a count that an operator is shown; return it."""
        look = (str(caller.actor.id), about, count)
        self._shown[look] = self._clock()
        self._shown.move_to_end(look)
        if len(self._shown) > LOOKS_KEPT:
            self._shown.popitem(last=False)
        return count

    def confirmed(self, caller: SignedIn, about: str, seen: int, now: int) -> None:
        """Raise 409 unless `seen` was shown or is so now; the 409 shows what is now."""
        at = self._shown.get((str(caller.actor.id), about, seen))
        has_seen = at is not None and self._clock() - at <= LOOK_SECONDS
        if seen != now and not (has_seen and seen < now):
            confirmed(seen, self.show(caller, about, now))


def confirmed(seen: int, now: int) -> None:
    """Raise 409 with the present count unless an order names it."""
    if seen != now:
        detail = Said(
            f"数量已变化：您看到 {seen} 条，现在是 {now} 条；请重新核对后再办。",
            f"The count has changed: you saw {seen}, there are {now}. Look again.",
        )
        raise Problem("rival-act", detail, more=More(members={"count": now}))
