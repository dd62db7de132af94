"""The transfer flow: how many cases took each step from channel to end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from libs.service.parts import Running
from services.reporting.reading.asking import (
    Answer,
    Asking,
    completed,
    known_at,
    reading,
)
from services.reporting.reading.hops import Place, Strand, Way
from services.reporting.reading.ledger import VIEWS, Filters, chosen_by, ways


@dataclass(frozen=True)
class Flow:
    """The steps of all cases that fit a filter; a column's sum is who reached it."""

    cases: int
    columns: Sequence[str]
    places: Mapping[Place, int]
    strands: Mapping[Strand, int]
    moved: int
    bounced: int

    def of(self, column: str) -> Sequence[tuple[Place, int]]:
        """Return a column's places, the fullest first."""
        found = [(p, n) for p, n in self.places.items() if p.column == column]
        return sorted(found, key=lambda one: (-one[1], one[0].code))

    def sum(self, column: str) -> int:
        """Return how many cases reached a column."""
        return sum(number for _, number in self.of(column))


def flow_of(ways_gone: Sequence[Way]) -> Flow:
    """Add the ways up; `bounced` counts cases that came back at least once."""
    hops = max((len(way.places) - 4 for way in ways_gone), default=0)
    between = [f"hop-{number}" for number in range(1, hops + 1)]
    kinds = [{strand.kind for strand in way.strands} for way in ways_gone]
    return Flow(
        len(ways_gone),
        ("channel", "first", *between, "lead", "outcome"),
        Counter(place for way in ways_gone for place in way.places),
        Counter(strand for way in ways_gone for strand in way.strands),
        sum("kept" not in one for one in kinds),
        sum("bounced" in one for one in kinds),
    )


async def transfer_flow(
    running: Running, asking: Asking, filters: Filters
) -> Answer[Flow]:
    """Return the flow of the cases that the ledger lists under the same filters."""
    async with reading(running) as connection:
        of = await completed(running, connection, (*VIEWS, "trail"))
        now = await known_at(running, connection, asking)
        chosen = await chosen_by(connection, asking, filters, now)
        found = await ways(connection, asking, chosen)
    return Answer(flow_of(list(found.values())), of)
