"""Signals and opinions as they stand: waiting, dismissed, or become a clue."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from libs.events.contracts.channels import (
    OpinionItemRegistered,
    OpinionLinkedToClue,
    RiskSignalReceived,
    SignalDismissed,
    SignalLinkedToClue,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class SignalRow:
    """One signal; neither dismissed nor a clue: it waits."""

    signal_id: UUID
    source: str
    source_number: str
    signal: str
    employer_name: str | None
    project_name: str | None
    received_on: date
    unit: str
    dismissed: str | None = None
    clue_id: UUID | None = None


@dataclass(frozen=True)
class OpinionRow:
    """One item of public opinion; without a clue it waits."""

    opinion_id: UUID
    item_number: str
    site_name: str
    first_seen_at: datetime
    grade: str
    unit: str
    clue_id: UUID | None = None


def evolve_signal(row: SignalRow | None, recorded: Recorded) -> SignalRow | None:
    """Fold one event of a signal's stream."""
    match fact := recorded.fact():
        case RiskSignalReceived():
            return SignalRow(**fact.model_dump())
        case SignalDismissed() if row is not None:
            return replace(row, dismissed=fact.reason)
        case SignalLinkedToClue() if row is not None:
            return replace(row, clue_id=fact.clue_id)
        case _:
            return row


def evolve_opinion(row: OpinionRow | None, recorded: Recorded) -> OpinionRow | None:
    """Fold one event of an opinion's stream."""
    match fact := recorded.fact():
        case OpinionItemRegistered():
            return OpinionRow(**fact.model_dump(exclude={"url_sha256"}))
        case OpinionLinkedToClue() if row is not None:
            return replace(row, clue_id=fact.clue_id)
        case _:
            return row


SIGNALS = View(
    name="signal",
    version=1,
    services=("intake",),
    row=SignalRow,
    on=(RiskSignalReceived, SignalDismissed, SignalLinkedToClue),
    evolve=evolve_signal,
    indexes=(index("received_on"),),
)
OPINIONS = View(
    name="opinion",
    version=1,
    services=("intake",),
    row=OpinionRow,
    on=(OpinionItemRegistered, OpinionLinkedToClue),
    evolve=evolve_opinion,
    indexes=(index("first_seen_at"),),
)
