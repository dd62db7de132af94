"""News: other services' events that whoever complains is told of, if they chose it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from libs.events.command import Command
from libs.events.contracts.enforcement import WagesPaid
from libs.events.contracts.messages import MessagePurpose
from libs.events.contracts.routing import CaseAssigned, CaseTransferred, OwnershipRuled
from libs.events.contracts.supervision import UrgeAnswered
from libs.events.event import Recorded
from libs.events.reactions import Reaction
from services.intake.telling import QueueMessage

News = tuple[UUID, MessagePurpose, object, dict[str, Any]]
"""Whose news (a case or a claim), of what, on which occasion, and what else is said."""


def _news(recorded: Recorded) -> News | None:
    fact = recorded.fact()
    match fact:
        case CaseAssigned() if not fact.history:
            more = {"unit": fact.unit, "opening": True}
            return fact.case_id, "moved", fact.unit, more
        case CaseTransferred() | OwnershipRuled():
            return fact.case_id, "moved", recorded.id, {"unit": fact.to_unit}
        case UrgeAnswered():
            more = {"unit": fact.unit}
            return fact.case_id, "urge_answered", fact.urge_id, more
        case WagesPaid() if not fact.history:
            # A person's own payment: nobody is told of another's money.
            return fact.claim_id, "paid", fact.payment_id, {}
        case _:
            return None


def tell_news(recorded: Recorded) -> Sequence[Command]:
    """Queue a message of an event for who chose to be told."""
    found = _news(recorded)
    if found is None:
        return []
    subject, purpose, key, more = found
    said = {"subject": subject, "purpose": purpose, "key": str(key), **more}
    return [QueueMessage.model_validate({**said, "tells": recorded.id})]


REACTIONS = (
    Reaction(
        "tell-news",
        (CaseAssigned, CaseTransferred, OwnershipRuled, UrgeAnswered, WagesPaid),
        None,
        tell_news,
    ),
)
