"""Rosters 花名册: what each worker whom one names says of the claim himself."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.enforcement import ClaimOpened
from libs.events.contracts.groups import ClaimConfirmedByWorker, ClaimDisclaimed
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class RosterRow:
    """One name of a roster; `recorder_id` took the roster in.

    `word` is unconfirmed, confirmed or disclaimed, `reason` why it was disclaimed.
    """

    claim_id: UUID
    clue_id: UUID
    recorder_id: UUID | None
    word: str = "unconfirmed"
    reason: str | None = None
    method: str | None = None
    said_at: datetime | None = None


def evolve(row: RosterRow | None, recorded: Recorded) -> RosterRow | None:
    """Fold one event of a claim's stream; the worker's own claim has no row."""
    fact = recorded.fact()
    match fact:
        case ClaimOpened() if fact.roster_only:
            return RosterRow(fact.claim_id, fact.clue_id, fact.recorder_id)
        case ClaimConfirmedByWorker() if row is not None:
            return replace(
                row,
                word="confirmed",
                reason=None,
                method=fact.method,
                said_at=recorded.occurred_at,
            )
        case ClaimDisclaimed() if row is not None:
            return replace(
                row,
                word="disclaimed",
                reason=fact.reason,
                method=fact.method,
                said_at=recorded.occurred_at,
            )
        case _:
            return row


VIEW = View(
    name="roster_word",
    version=1,
    services=("enforcement",),
    row=RosterRow,
    on=(ClaimOpened, ClaimConfirmedByWorker, ClaimDisclaimed),
    evolve=evolve,
    indexes=(index("claim_id", history=True), index("word")),
)
