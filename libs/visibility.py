"""Who sees a case: one rule for every service and every outlet (architecture §6)."""

from collections.abc import Collection
from uuid import UUID

from libs.events.event import Actor

SEES_EVERY_CASE = frozenset(
    # The district line of every street unit, the referee, the auditor who only
    # reads, the centre that calls workers back, and the services themselves.
    {"brigade", "hrss-head", "leading-group", "auditor", "centre", "system"}
)

HEARS_EVERY_EVENT = frozenset({"auditor", "leading-group", "system"})
"""Who follows the whole change feed, events about persons included."""
NOBODYS_OWN = frozenset({"rulebook", "campaign", "period", "parked", "importprofiles"})
"""Categories of streams that belong to the deployment, not to a case or a unit."""
OF_PERSONS = frozenset({"person", "vaultread"})
"""Categories of streams about persons: whose data was read, who was erased."""


def hears(actor: Actor, stream: str, parties: Collection[str]) -> bool:
    """Say whether the actor's feed carries an event of that stream.

    `parties` are the units whose case or import it is about.
    """
    category = category_of(stream)
    if actor.role in HEARS_EVERY_EVENT or category in NOBODYS_OWN:
        return True
    return category not in OF_PERSONS and sees(actor, parties)


def category_of(stream: str) -> str:
    """Return what kind of thing a stream is about: `<category>-<uuid>`."""
    return stream[: -len(str(UUID(int=0))) - 1]


def sees(actor: Actor, parties: Collection[str]) -> bool:
    """Say whether the actor may know that the case exists.

    `parties` are the units that own it, were first asked, proposed, received or
    refused it, or were addressed by a proposal about it.
    """
    return actor.role in SEES_EVERY_CASE or actor.unit in parties
