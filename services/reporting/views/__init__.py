"""The read models: views and registers, declared once, folded purely."""

from libs import rulebook_view
from libs.events.views.view import Declared
from services.reporting.views import (
    campaign,
    case,
    claim,
    clue,
    deadline,
    facts,
    imported,
    link,
    money,
    period,
    proceeding,
    trail,
)

DECLARED: tuple[Declared, ...] = (
    campaign.VIEW,
    case.VIEW,
    claim.VIEW,
    clue.VIEW,
    deadline.VIEW,
    facts.REGISTER,
    imported.VIEW,
    link.VIEW,
    money.REGISTER,
    period.VIEW,
    period.CORRECTIONS,
    period.SNAPSHOTS,
    period.ZERO_REPORTS,
    proceeding.VIEW,
    rulebook_view.VIEW,
    trail.REGISTER,
)
