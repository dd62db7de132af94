"""Routing put together: its rules, reactions, clocks and doors."""

from libs import rulebook_view
from libs.service.parts import Service
from services.routing import (
    adopting,
    case,
    climbing,
    deadline,
    early_warnings,
    extending,
    hearing,
    incidents,
    listing,
    merging,
    noting,
    owner_rules,
    pausing,
    recomputing,
    responsibility,
    rulebook,
    rungs,
    running_deadline,
    scope,
    splitting,
    supervision,
    tasks,
    timers,
    transfer,
    urging,
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
        *climbing.RULES,
        *urging.RULES,
        *supervision.RULES,
        *listing.RULES,
        *splitting.RULES,
        *responsibility.RULES,
        *incidents.RULES,
        *tasks.RULES,
        *early_warnings.RULES,
    ),
    reactions=REACTIONS,
    parties=scope.parties,
    hears=frozenset({"intake", "routing", "enforcement"}),
    views=(rulebook_view.VIEW, running_deadline.VIEW, rungs.VIEW),
    routers=ROUTERS,
    # What an amended calendar has not counted yet is not missed: their order is free,
    # and a table that waits for its rebuild stops no miss.
    timers=(
        timers.miss_deadlines,
        timers.recompute_deadlines,
        timers.climb_ladders,
    ),
    more_routers=timers.routers,
    prepare=seed,
)
