"""Routing put together: its rules, reactions, clocks and doors."""

from libs import rulebook_view
from libs.service.parts import Service
from services.routing import (
    adopting,
    case,
    deadline,
    early_warnings,
    extending,
    hearing,
    incidents,
    merging,
    noting,
    owner_rules,
    pausing,
    recomputing,
    responsibility,
    rulebook,
    running_deadline,
    scope,
    tasks,
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
        *extending.RULES,
        *pausing.RULES,
        *recomputing.RULES,
        *hearing.RULES,
        *merging.RULES,
        *noting.RULES,
        *owner_rules.RULES,
        *rulebook.RULES,
        *responsibility.RULES,
        *incidents.RULES,
        *tasks.RULES,
        *early_warnings.RULES,
    ),
    reactions=REACTIONS,
    parties=scope.parties,
    hears=frozenset({"intake", "routing", "enforcement"}),
    views=(rulebook_view.VIEW, running_deadline.VIEW),
    routers=ROUTERS,
    # What an amended calendar has not counted yet is not missed: their order is free,
    # and a table that waits for its rebuild stops no miss.
    timers=(timers.miss_deadlines, timers.recompute_deadlines),
    more_routers=timers.routers,
    prepare=seed,
)
