"""Enforcement put together: its rules, reactions and doors."""

from libs import rulebook_view
from libs.service.parts import Service
from services.enforcement import (
    conclusion,
    noting,
    order,
    payment,
    proceeding,
    verification,
)
from services.enforcement.api import ROUTERS
from services.enforcement.reactions import REACTIONS

SERVICE = Service(
    name="enforcement",
    title="Qingxin 清薪: enforcement",
    rules=(
        *conclusion.RULES,
        *noting.RULES,
        *order.RULES,
        *payment.RULES,
        *proceeding.RULES,
        *verification.RULES,
    ),
    reactions=REACTIONS,
    hears=frozenset({"intake", "routing", "enforcement"}),
    views=(rulebook_view.VIEW,),
    routers=ROUTERS,
)
