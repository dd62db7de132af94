"""Steps: what the reader may lawfully do with a case now, and why not the rest.

The owning services decide; this says beforehand what they would say, by the same facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.web import permissions
from libs.web.callers import SignedIn
from libs.web.permissions import Power
from services.reporting.reading.case_page import CasePage
from services.reporting.reading.channel_guards import ON_CHANNEL, shown
from services.reporting.reading.claim_guards import ON_CLAIM, ON_PAYMENT
from services.reporting.reading.group_guards import ON_GROUP, ON_REPRESENTED, ON_ROSTER
from services.reporting.reading.guards import (
    ON_CASE,
    About,
    Guard,
    to_serve,
)
from services.reporting.reading.supervision_guards import (
    OF_LISTED,
    ON_SUPERVISION,
    listed,
)
from services.reporting.reading.track_guards import ON_TRACK
from services.reporting.views.claim import ClaimRow


@dataclass(frozen=True)
class Step:
    """One act: on the case, or on one of its claims, payments or orders.

    `why` is the key of the reason why it is off; `who` the roles that may, if that is
    the reason. Neither: it may be done now.
    """

    act: str
    claim_id: UUID | None = None
    payment_id: UUID | None = None
    order_id: UUID | None = None
    why: str | None = None
    who: tuple[str, ...] = ()
    unit: str | None = None

    @property
    def open(self) -> bool:
        return self.why is None


def steps_of_case(page: CasePage, reader: SignedIn) -> Sequence[Step]:
    """Return the steps on the case itself, the open ones first."""
    if page.case is None:
        return []
    about = About(page, reader)
    found = [
        _step(act, about, guard)
        for act, guard in GUARDS.items()
        if shown(act, page) and _concerns(act, page)
    ]
    for order in page.proceeding.orders:
        this = About(page, reader, order=order)
        found.append(_step("ServeDocument", this, to_serve))
    return sorted(found, key=lambda step: not step.open)


GUARDS = {**ON_CASE, **ON_CHANNEL, **ON_SUPERVISION, **ON_GROUP, **ON_TRACK}
OF_THE_CLUE = frozenset(
    {
        *("ScreenClue", "AdviseChannel", "SendReply", "FindReplyImpossible"),
        *("AcceptComplaint", "RefuseComplaint"),
    }
)
"""What is done with a clue: on a part of its case it is done on the other."""


def _concerns(act: str, page: CasePage) -> bool:
    """Say whether a step is one of such a case at all."""
    if page.grouped.part is not None and act in OF_THE_CLUE:
        return False
    match act:
        case "AdoptImported":
            return page.case is not None and page.case.history
        case "LiftGroupFlag" | "NameRepresentatives":
            return page.grouped.group_case
        case "UnlinkDuplicate":
            return page.merged_into is not None
        case _:
            return act not in OF_LISTED or listed(page)


def steps_of_claim(page: CasePage, reader: SignedIn, claim: ClaimRow) -> Sequence[Step]:
    """Return the steps on one worker's claim and its payments that are open."""
    about = About(page, reader, claim=claim)
    found = [_step(act, about, guard) for act, guard in ON_CLAIM.items()]
    if page.grouped.named(claim.claim_id) is not None:
        found += [_step(act, about, guard) for act, guard in ON_ROSTER.items()]
    flag = page.grouped.flag
    if flag is not None and flag.speakers and claim.person_id not in flag.speakers:
        found += [_step(act, about, guard) for act, guard in ON_REPRESENTED.items()]
    for payment in claim.payments:
        this = About(page, reader, claim=claim, payment=payment)
        found += [_step(act, this, guard) for act, guard in ON_PAYMENT.items()]
    return found


def _step(act: str, about: About, guard: Guard) -> Step:
    why, who = _not_permitted(act, about)
    if why is None:
        why = guard(about)
    held = about.page.case
    return Step(
        act,
        about.claim.claim_id if about.claim else None,
        about.payment.payment_id if about.payment else None,
        about.order.order_id if about.order else None,
        why,
        who,
        held.unit if held else None,
    )


def _not_permitted(act: str, about: About) -> tuple[str | None, tuple[str, ...]]:
    role = about.reader.actor.role
    powers = {Power.DECIDE}
    if act == "ConcludeCase" and not about.page.proceeding.filed_at:
        powers.add(Power.PROPOSE)
    if permissions.may(role, act) & powers:
        return None, ()
    return "role", permissions.who_may(act, frozenset(powers))
