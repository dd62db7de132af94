"""Scope: whose a case is, for the change feed."""

from collections.abc import Collection, Mapping
from uuid import UUID

from libs.events.journal.journal import Journal
from services.enforcement.known import KIND


async def parties(
    journal: Journal, subjects: Collection[UUID]
) -> Mapping[UUID, Collection[str]]:
    """Return the units that may know of each case.

    Rows of history have none here until they are adopted.
    """
    names = {one: KIND.stream(one) for one in subjects}
    found = await journal.read_streams(list(names.values()))
    return {
        one: KIND.fold(said.fact() for said in found[name]).parties
        for one, name in names.items()
    }
