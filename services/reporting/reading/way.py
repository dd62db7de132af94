"""The way: the step that usually comes next on a case, and whose it is.

Law leaves the order of some steps open; this is the order in which most cases go.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from libs.web import permissions
from libs.web.permissions import Power
from services.reporting.reading.case_page import CasePage
from services.reporting.views.claim import ClaimRow

DECIDE = frozenset({Power.DECIDE})
FILE = "FileCase"


@dataclass(frozen=True)
class Usual:
    """An act, and who does it: a unit, or roles wherever they sit.

    Of a worker's claim or payment, or of an order, it names the first that waits.
    """

    act: str
    unit: str | None = None
    roles: tuple[str, ...] = ()
    claim: ClaimRow | None = None
    payment_id: UUID | None = None
    order_id: UUID | None = None


def usual_next(page: CasePage) -> Usual | None:
    """Return the step that usually comes next; None when nothing is left to do."""
    held = page.case
    if held is None or held.closed or (page.clue is None and page.grouped.part is None):
        return None
    return next((found for look in WAY if (found := look(page)) is not None), None)


def _holder(page: CasePage, act: str, claim: ClaimRow | None = None) -> Usual:
    return Usual(act, unit=page.case.unit if page.case else None, claim=claim)


def _permitted(act: str, claim: ClaimRow | None = None) -> Usual:
    return Usual(act, roles=permissions.who_may(act, DECIDE), claim=claim)


def _transfer(page: CasePage) -> Usual | None:
    held = page.case
    if held is None:
        return None
    if held.pending_unit:
        return Usual("AcceptTransfer", unit=held.pending_unit)
    return _permitted("RuleOwnership") if held.refusals and not held.ruled else None


def _screening(page: CasePage) -> Usual | None:
    clue, held = page.clue, page.case
    if clue is None or held is None:
        return None
    if clue.matter is None:
        return _holder(page, "ScreenClue")
    if clue.matter != "wage":
        return None if clue.closed_not_wage else _holder(page, "AdviseChannel")
    elsewhere = clue.jurisdiction not in {None, "ours"}
    moved = held.hops > 0 or held.ruled
    return _holder(page, "ProposeTransfer") if elsewhere and not moved else None


def _standing(page: CasePage) -> list[ClaimRow]:
    return [one for one in page.claims if one.counted]


def _verification(page: CasePage) -> Usual | None:
    left = [one for one in _standing(page) if one.verified is None]
    return _permitted("VerifyFacts", left[0]) if left else None


def _owed(page: CasePage) -> list[ClaimRow]:
    return [one for one in _standing(page) if one.unpaid]


def _filing(page: CasePage) -> Usual | None:
    now = page.proceeding
    if now.filed_at or now.filing_declined or not _owed(page):
        return None
    if now.filing_proposed_at:
        return _permitted(FILE)
    return _holder(page, "ProposeFiling")


def _order(page: CasePage) -> Usual | None:
    now = page.proceeding
    unserved = [one for one in now.orders if one.served_on is None]
    if unserved:
        return Usual("ServeDocument", roles=("brigade",), order_id=unserved[0].order_id)
    return _permitted("OrderPayment") if _to_order(page) else None


def _to_order(page: CasePage) -> bool:
    return bool(page.proceeding.filed_at and not page.proceeding.orders and _owed(page))


def _payment(page: CasePage) -> Usual | None:
    owed = _owed(page)
    return _holder(page, "RecordWagesPaid", owed[0]) if owed else None


def _confirmation(page: CasePage) -> Usual | None:
    for claim in page.claims:
        for paid in claim.payments:
            if paid.state == "paid":
                roles = permissions.who_may("ConfirmReceipt", DECIDE)
                return Usual(
                    "ConfirmReceipt",
                    roles=roles,
                    claim=claim,
                    payment_id=paid.payment_id,
                )
    return None


def _conclusion(page: CasePage) -> Usual | None:
    now, held = page.proceeding, page.case
    if now.concluded_at and not (held and held.reopenings):
        return None
    if now.filed_at:
        return _permitted("ConcludeCase")
    return _holder(page, "ConcludeCase")


def _reply(page: CasePage) -> Usual | None:
    clue = page.clue
    if clue is None or (clue.answered and not page.answer_owed_again):
        return None
    return _holder(page, "SendReply" if clue.reporter_id else "FindReplyImpossible")


WAY: tuple[Callable[[CasePage], Usual | None], ...] = (
    _transfer,
    _screening,
    _verification,
    _filing,
    _order,
    _payment,
    _confirmation,
    _conclusion,
    _reply,
)
