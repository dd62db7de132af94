"""Responsibilities 责任清单: who answers for an area or an industry, since when."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from libs.events.contracts.duties import (
    GridResponsibilityAssigned,
    IndustrySupervisorAssigned,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class Term:
    """From a day on this unit, and of an area this officer, answers."""

    from_on: date
    unit: str
    officer_id: UUID | None = None


@dataclass(frozen=True)
class ResponsibilityRow:
    """One area or industry with all its terms, the earliest first; none overlaps."""

    kind: Literal["area", "industry"]
    code: str
    terms: tuple[Term, ...] = ()

    def on(self, day: date) -> Term | None:
        """Return who was responsible on a day; None before the first assignment."""
        return next((one for one in reversed(self.terms) if one.from_on <= day), None)


def evolve(
    row: ResponsibilityRow | None, recorded: Recorded
) -> ResponsibilityRow | None:
    """Fold one assignment of an area's or an industry's stream."""
    match fact := recorded.fact():
        case GridResponsibilityAssigned():
            held = row or ResponsibilityRow("area", fact.area)
            term = Term(fact.from_on, fact.unit, fact.officer_id)
        case IndustrySupervisorAssigned():
            held = row or ResponsibilityRow("industry", fact.industry)
            term = Term(fact.from_on, fact.unit)
        case _:
            return row
    return replace(held, terms=(*held.terms, term))


VIEW = View(
    name="responsibility",
    version=1,
    services=("routing",),
    row=ResponsibilityRow,
    on=(GridResponsibilityAssigned, IndustrySupervisorAssigned),
    evolve=evolve,
    indexes=(index("kind", "code"),),
)
