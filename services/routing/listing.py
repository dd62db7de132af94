"""Listing: a major case is listed 挂牌 until a day, and struck off 销号 by two persons.

Nothing is listed without a date, which starts CLK-99, and nothing is struck off
without a result (F-2.4.1b). A case that was closed or merged meanwhile is still
struck off.
"""

from datetime import date, timedelta
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Stamp
from libs.events.contracts.supervision import (
    CaseListedForSupervision,
    ListingResult,
    SupervisionDelisted,
    SupervisionDelistingProposed,
)
from libs.events.decider import Rejected, Rule, States
from libs.events.event import New
from services.routing.case import own, seen, still_open
from services.routing.supervision import (
    KIND,
    OFFICE,
    OfCase,
    Supervision,
    office_alone,
    reads,
)

LONGEST = timedelta(days=366)
"""Within which a listed case is to be solved."""


class ListForSupervision(OfCase):
    """Put a case on the list of supervised ones, with the last day to solve it."""

    listing_id: UUID
    due_on: date


class ProposeDelisting(OfCase):
    """Write down the result for which a listed case is to be struck off."""

    result: ListingResult


class DelistSupervision(OfCase):
    """Strike a listed case off: another person than who proposed it."""


def list_case(command: ListForSupervision, stamp: Stamp, states: States) -> list[New]:
    """List an open case once, until a day that lies ahead."""
    held = seen(command, stamp, states)
    office_alone(stamp.actor)
    still_open(held)
    if states.of(KIND, command.case_id).listing is not None:
        raise Rejected("listed-already", "案件已经挂牌，销号后才能再次挂牌。")
    today = day_of(stamp.at)
    if not today < command.due_on <= today + LONGEST:
        raise Rejected("listing-date", "解决期限须在明天以后、一年以内。")
    listed = CaseListedForSupervision(
        case_id=command.case_id,
        listing_id=command.listing_id,
        unit=held.unit or "",
        due_on=command.due_on,
    )
    return [New(KIND.stream(command.case_id), listed)]


def propose(command: ProposeDelisting, stamp: Stamp, states: States) -> list[New]:
    """Propose with a result; another proposal takes the place of the one before."""
    held = seen(command, stamp, states)
    if stamp.actor.role != OFFICE:
        own(held, stamp.actor)
    _, listing = _listed(command, states)
    proposed = SupervisionDelistingProposed(
        case_id=command.case_id,
        listing_id=listing,
        result=command.result,
        by_unit=stamp.actor.unit,
        proposer_id=stamp.actor.id,
    )
    return [New(KIND.stream(command.case_id), proposed)]


def delist(command: DelistSupervision, stamp: Stamp, states: States) -> list[New]:
    """Strike off for the result that another person wrote down."""
    seen(command, stamp, states)
    office_alone(stamp.actor)
    held, listing = _listed(command, states)
    if held.result is None or held.proposer is None:
        raise Rejected("delisting-without-result", "先由承办单位写明结果，才能销号。")
    if held.proposer == stamp.actor.id:
        raise Rejected("same-person", "提出销号的人不能自己销号，请另一人办理。")
    delisted = SupervisionDelisted(
        case_id=command.case_id,
        listing_id=listing,
        result=held.result,
        proposer_id=held.proposer,
    )
    return [New(KIND.stream(command.case_id), delisted)]


def _listed(command: OfCase, states: States) -> tuple[Supervision, UUID]:
    held = states.of(KIND, command.case_id)
    if held.listing is None:
        raise Rejected("not-listed", "案件没有挂牌，或已经销号。")
    return held, held.listing


RULES = (
    Rule(ListForSupervision, reads, list_case),
    Rule(ProposeDelisting, reads, propose),
    Rule(DelistSupervision, reads, delist),
)
