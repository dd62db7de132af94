"""Routing put together: its rules, reactions, clocks and doors."""

from libs import rulebook_view
from libs.service.parts import Service
from services.routing import (
    adopting,
    case,
    deadline,
    hearing,
    merging,
    noting,
    rulebook,
    running_deadline,
    scope,
    timers,
    transfer,
)
from services.routing.api import ROUTERS
from services.routing.reactions import REACTIONS
from services.routing.seeding import seed

SERVICE = Service(
    name="routing",
    title="Qingxin 清薪: routing",
    rules=(
        *case.RULES,
        *adopting.RULES,
        *transfer.RULES,
        *deadline.RULES,
        *hearing.RULES,
        *merging.RULES,
        *noting.RULES,
        *rulebook.RULES,
    ),
    reactions=REACTIONS,
    parties=scope.parties,
    hears=frozenset({"intake", "routing", "enforcement"}),
    views=(rulebook_view.VIEW, running_deadline.VIEW),
    routers=ROUTERS,
    timers=(timers.miss_deadlines,),
    more_routers=timers.routers,
    prepare=seed,
)
