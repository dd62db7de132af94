"""Consents: what represented workers allow a representative to do with their claims."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.contracts.groups import RepresentedConsentRecorded
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class ConsentRow:
    """One claim whose worker consented: to what, and when that was last recorded."""

    claim_id: UUID
    matters: tuple[str, ...]
    said_at: datetime | None


def evolve(row: ConsentRow | None, recorded: Recorded) -> ConsentRow | None:
    """Fold one event of a claim's stream."""
    fact = recorded.fact()
    if not isinstance(fact, RepresentedConsentRecorded):
        return row
    before = row.matters if row else ()
    matters = tuple(sorted({*before, fact.matter}))
    return ConsentRow(fact.claim_id, matters, recorded.occurred_at)


VIEW = View(
    name="claim_consent",
    version=1,
    services=("enforcement",),
    row=ConsentRow,
    on=(RepresentedConsentRecorded,),
    evolve=evolve,
    indexes=(index("claim_id", history=True),),
)
