"""The read models: views and registers, declared once, folded purely."""

from libs import rulebook_view
from libs.events.views.view import Declared
from services.reporting.views import (
    campaign,
    case,
    channel_item,
    claim,
    clue,
    deadline,
    facts,
    imported,
    link,
    money,
    owner_rules,
    period,
    proceeding,
    reception,
    recount,
    signal,
    trail,
)

DECLARED: tuple[Declared, ...] = (
    campaign.VIEW,
    case.VIEW,
    channel_item.VIEW,
    claim.VIEW,
    clue.VIEW,
    deadline.VIEW,
    facts.REGISTER,
    imported.VIEW,
    link.VIEW,
    money.REGISTER,
    owner_rules.VIEW,
    period.VIEW,
    period.CORRECTIONS,
    period.SNAPSHOTS,
    period.ZERO_REPORTS,
    proceeding.VIEW,
    reception.VIEW,
    recount.REGISTER,
    rulebook_view.VIEW,
    signal.OPINIONS,
    signal.SIGNALS,
    trail.REGISTER,
)
