"""Scope: whose a case or an import is, for the change feed."""

from collections.abc import Collection, Mapping
from uuid import UUID

from libs.events.contracts.intake import ImportOpened
from libs.events.journal.journal import Journal
from services.intake import history, known


async def parties(
    journal: Journal, subjects: Collection[UUID]
) -> Mapping[UUID, Collection[str]]:
    """Return the units that may know of each case, and whose import it is."""
    names = {
        one: (known.KIND.stream(one), history.KIND.stream(one)) for one in subjects
    }
    every = [name for pair in names.values() for name in pair]
    found = await journal.read_streams(every)
    return {
        one: known.KIND.fold(said.fact() for said in found[case]).parties
        | {
            fact.unit
            for said in found[sheet]
            if isinstance(fact := said.fact(), ImportOpened)
        }
        for one, (case, sheet) in names.items()
    }
