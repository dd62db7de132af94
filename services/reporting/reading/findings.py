"""Findings: what stands in a case that somebody must put right (architecture §1)."""

from collections.abc import Iterator, Sequence

from services.reporting.reading.case_page import CasePage
from services.reporting.reading.guards import disputed


def findings(page: CasePage) -> Sequence[str]:
    """Return the codes of what stands in an open case; none in a closed one."""
    held = page.case
    if held is None or held.closed is not None or held.history:
        return ()
    return tuple(_found(page, again=held.reopenings > 0))


def _found(page: CasePage, *, again: bool) -> Iterator[str]:
    if disputed(page.claims):
        yield "payment-disputed"
    if any(order.state == "expired" for order in page.proceeding.orders):
        yield "order-expired"
    if again:
        yield "reopened"
        return
    concluded = page.proceeding.concluded is not None
    answered = page.clue is not None and page.clue.answered is not None
    if concluded and not answered:
        yield "concluded-unanswered"
    if answered and not concluded:
        yield "answered-unconcluded"
