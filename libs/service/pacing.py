"""Pacing: how often one operator may order, and that an order names what it saw."""

from libs.web.callers import SignedIn
from libs.web.languages import Said
from libs.web.limits import Limiter, Rate
from libs.web.problems import More, Problem

ORDERS = Rate("operator-orders", 60, 60)


class Pace:
    """Counts each operator's orders; the 61st within a minute is a 429."""

    def __init__(self, rate: Rate = ORDERS) -> None:
        self._limiter = Limiter(rate)

    def count(self, caller: SignedIn) -> None:
        """Count an order; raises 429 with Retry-After."""
        self._limiter.take(str(caller.actor.id))


def confirmed(seen: int, now: int) -> None:
    """Raise 409 unless an order is about as many as its dry run showed."""
    if seen != now:
        detail = Said(
            f"数量已变化：您看到 {seen} 条，现在是 {now} 条；请重新核对后再办。",
            f"The count has changed: you saw {seen}, there are {now}. Look again.",
        )
        raise Problem("rival-act", detail, more=More(members={"count": now}))
