"""Scope: whose a case is, for the change feed."""

from collections.abc import Collection, Mapping
from uuid import UUID

from libs.events.journal.journal import Journal
from services.routing import case, known


async def parties(
    journal: Journal, subjects: Collection[UUID]
) -> Mapping[UUID, Collection[str]]:
    """Return the units that may know of each case."""
    names = {one: (case.KIND.stream(one), known.KIND.stream(one)) for one in subjects}
    every = [name for pair in names.values() for name in pair]
    found = await journal.read_streams(every)
    return {
        one: case.KIND.fold(said.fact() for said in found[held]).parties
        | known.KIND.fold(said.fact() for said in found[noted]).addressees
        for one, (held, noted) in names.items()
    }
