"""Campaigns: their notice and their two dates."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.events.contracts.reporting import CampaignOpened
from libs.events.event import Recorded
from libs.events.views.view import View


@dataclass(frozen=True)
class CampaignRow:
    """One campaign; both dates are days of Shanghai and belong to it."""

    campaign_id: UUID
    title: str
    notice_number: str
    notice_signed_on: date
    starts_on: date
    ends_on: date


def evolve(row: CampaignRow | None, recorded: Recorded) -> CampaignRow | None:
    """Fold one event of a campaign's stream."""
    fact = recorded.fact()
    if not isinstance(fact, CampaignOpened):
        return row
    return CampaignRow(**fact.model_dump())


VIEW = View(
    name="campaign",
    version=1,
    services=("reporting",),
    row=CampaignRow,
    on=(CampaignOpened,),
    evolve=evolve,
)
