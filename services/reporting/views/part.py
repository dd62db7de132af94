"""Parts of cases 分案: what was split off which case, and under what number."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.contracts.routing import CaseOpened
from libs.events.event import Recorded
from libs.events.views.view import View, index
from libs.ids import case_id as case_of


@dataclass(frozen=True)
class PartRow:
    """One case that began as a part of another; `number` is its own.

    `root_case_id`: the case of the clue that both share.
    """

    case_id: UUID
    origin_case_id: UUID
    root_case_id: UUID
    number: str | None
    split_at: datetime | None


def evolve(row: PartRow | None, recorded: Recorded) -> PartRow | None:
    """Fold the opening of a case; one that is no part has no row."""
    fact = recorded.fact()
    if not isinstance(fact, CaseOpened) or fact.split_from is None:
        return row
    return PartRow(
        case_id=fact.case_id,
        origin_case_id=fact.split_from,
        root_case_id=case_of(fact.clue_id),
        number=recorded.serial,
        split_at=recorded.occurred_at,
    )


VIEW = View(
    name="case_part",
    version=1,
    services=("routing",),
    row=PartRow,
    on=(CaseOpened,),
    evolve=evolve,
    indexes=(
        index("case_id", history=True),
        index("origin_case_id", history=True),
        index("number"),
    ),
)
