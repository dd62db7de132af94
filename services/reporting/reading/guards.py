"""Guards: why a step on a case is off, by the same facts that its service goes by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from libs.web.callers import SignedIn
from services.reporting.reading.case_page import CasePage
from services.reporting.views.claim import ClaimRow, PaymentLine
from services.reporting.views.proceeding import OrderRow

HOP_LIMIT = 2
DISTRICT = frozenset({"brigade"})
FOR_ANY = frozenset({"centre", "leading-group", "brigade"})
"""Who adopts a row that another unit imported."""


@dataclass(frozen=True)
class About:
    """A case and its reader; and what of the case a step is about."""

    page: CasePage
    reader: SignedIn
    claim: ClaimRow | None = None
    payment: PaymentLine | None = None
    order: OrderRow | None = None

    @property
    def unit(self) -> str:
        return self.reader.actor.unit

    @property
    def holds(self) -> bool:
        """Say whether the reader's unit owns the case."""
        return self.page.case is not None and self.page.case.unit == self.unit

    @property
    def handles(self) -> bool:
        """Say whether the reader handles it: as its owner or as the district."""
        return self.holds or self.reader.actor.role in DISTRICT


Guard = Callable[[About], str | None]


def still_open(about: About) -> str | None:
    """Say why an open case of somebody is none: it is closed, or not adopted."""
    held = about.page.case
    if held is not None and held.closed:
        return "closed"
    return "not-adopted" if held is not None and held.history else None


def _to_adopt(about: About) -> str | None:
    held = about.page.case
    if held is None or not held.history:
        return "not-imported"
    if held.closed:
        return "closed"
    may = about.holds or about.reader.actor.role in FOR_ANY
    return None if may else "not-holder"


def _held(about: About) -> str | None:
    if not about.holds:
        return "not-holder"
    return still_open(about)


def handled(about: About) -> str | None:
    if not about.handles:
        return "not-holder"
    return still_open(about)


def _to_screen(about: About) -> str | None:
    clue = about.page.clue
    if clue is None:
        return "no-clue"
    if clue.closed_not_wage:
        return "not-wage-closed"
    return _held(about)


def _to_advise(about: About) -> str | None:
    clue = about.page.clue
    if clue is None or clue.matter in {None, "wage"}:
        return "screen-first"
    return _to_screen(about)


def _to_reply(about: About) -> str | None:
    clue = about.page.clue
    if clue is None:
        return "no-clue"
    if clue.reporter_id is None:
        return "no-contact"
    return _to_answer(about)


def _to_answer(about: About) -> str | None:
    clue = about.page.clue
    held = about.page.case
    if clue is None:
        return "no-clue"
    owed_again = bool(held and held.reopenings) or about.page.answer_owed_again
    if clue.answered and not owed_again:
        return "answered"
    return None if about.holds else "not-holder"


def _to_unlink(about: About) -> str | None:
    held = about.page.case
    if about.page.merged_into is None or held is None:
        return "not-linked"
    may = about.handles or held.first_asked_unit == about.unit
    return None if may else "not-holder"


def _to_propose_transfer(about: About) -> str | None:
    held = about.page.case
    if held is None:
        return "no-clue"
    if held.ruled:
        return "ruled"
    if held.refusals or held.hops >= HOP_LIMIT:
        return "ruling-needed"
    if held.pending_unit:
        return "transfer-pending"
    return _held(about)


def _addressed(about: About) -> str | None:
    held = about.page.case
    if held is None or held.pending_unit is None:
        return "no-transfer"
    return None if held.pending_unit == about.unit else "not-addressed"


def _closed(about: About) -> str | None:
    held = about.page.case
    return None if held is not None and held.closed else "still-open"


def _to_extend(about: About) -> str | None:
    if about.page.extensible is not None:
        return None
    running = [d for d in about.page.deadlines if d.running and d.extended]
    return "extended" if running else "no-clock"


def _to_pause(about: About) -> str | None:
    running = [d for d in about.page.deadlines if d.running and d.clock == "CLK-02"]
    if not running:
        return "no-acceptance-clock"
    return "paused" if running[0].paused_on else None


def _to_end_pause(about: About) -> str | None:
    why = _to_pause(about)
    return None if why == "paused" else why or "not-paused"


def _to_accept(about: About) -> str | None:
    now = about.page.proceeding
    if now.accepted_at or now.filed_at:
        return "accepted"
    return "complaint-refused" if now.refused_at else still_open(about)


def _to_propose_filing(about: About) -> str | None:
    now = about.page.proceeding
    if now.filed_at:
        return "filed"
    if now.filing_proposed_at and not now.filing_declined:
        return "filing-proposed"
    return _held(about)


def _to_file(about: About) -> str | None:
    return "filed" if about.page.proceeding.filed_at else still_open(about)


def _to_decline(about: About) -> str | None:
    now = about.page.proceeding
    if now.filed_at:
        return "filed"
    if not now.filing_proposed_at or now.filing_declined:
        return "no-proposal"
    return None


def _to_investigate(about: About) -> str | None:
    now = about.page.proceeding
    if not now.filed_at:
        return "not-filed"
    return "investigated" if now.investigated_at else None


def _to_order(about: About) -> str | None:
    if not about.page.proceeding.filed_at:
        return "not-filed"
    standing = [one for one in about.page.claims if one.counted]
    if not standing or any(one.verified is None for one in standing):
        return "not-verified"
    return still_open(about)


def _to_conclude(about: About) -> str | None:
    now, held = about.page.proceeding, about.page.case
    if now.concluded_at and not (held and held.reopenings):
        return "concluded"
    undone = [one for one in about.page.claims if one.counted and one.unpaid != 0]
    if undone:
        return "claims-open"
    return "payment-disputed" if disputed(about.page.claims) else handled(about)


def disputed(claims: Sequence[ClaimRow]) -> bool:
    """Say whether a payment stands that its worker says did not arrive."""
    return any(
        payment.state == "disputed"
        for claim in claims
        if claim.counted
        for payment in claim.payments
    )


def to_serve(about: About) -> str | None:
    served = about.order is not None and about.order.served_on
    return "served" if served else None


ON_CASE: dict[str, Guard] = {
    "AcceptTransfer": _addressed,
    "RefuseTransfer": _addressed,
    "ScreenClue": _to_screen,
    "AdviseChannel": _to_advise,
    "ProposeTransfer": _to_propose_transfer,
    "RuleOwnership": still_open,
    "AcceptComplaint": _to_accept,
    "RefuseComplaint": _to_accept,
    "ProposeFiling": _to_propose_filing,
    "FileCase": _to_file,
    "DeclineFiling": _to_decline,
    "OrderPayment": _to_order,
    "CompleteInvestigation": _to_investigate,
    "ConcludeCase": _to_conclude,
    "UnlinkDuplicate": _to_unlink,
    "SendReply": _to_reply,
    "FindReplyImpossible": _to_answer,
    "ExtendDeadline": _to_extend,
    "PauseDeadline": _to_pause,
    "EndDeadlinePause": _to_end_pause,
    "ReopenCase": _closed,
    "AdoptImported": _to_adopt,
}
