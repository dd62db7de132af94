"""Who sees a case: one rule for every service and every outlet (architecture §6)."""

from collections.abc import Collection

from libs.events.event import Actor

SEES_EVERY_CASE = frozenset(
    # The district line of every street unit, the referee, the auditor who only
    # reads, the centre that calls workers back, and the services themselves.
    {"brigade", "hrss-head", "leading-group", "auditor", "centre", "system"}
)


def sees(actor: Actor, parties: Collection[str]) -> bool:
    """Say whether the actor may know that the case exists.

    `parties` are the units that own it, were first asked, proposed, received or
    refused it, or were addressed by a proposal about it.
    """
    return actor.role in SEES_EVERY_CASE or actor.unit in parties
