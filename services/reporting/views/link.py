"""Links: which clue repeats which, and so which case went into which (F-2.2.3c)."""

from dataclasses import dataclass
from uuid import UUID

from libs.events.contracts.duplicates import ClueLinkedAsDuplicate, ClueUnlinked
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class LinkRow:
    """One clue that repeats another; `score` in hundredths, None: unadvised."""

    clue_id: UUID
    case_id: UUID
    of_clue_id: UUID
    of_case_id: UUID
    score: int | None
    reasons: tuple[str, ...]


def evolve(row: LinkRow | None, recorded: Recorded) -> LinkRow | None:
    """Fold one event of a clue's links; un-linked it has none."""
    fact = recorded.fact()
    match fact:
        case ClueLinkedAsDuplicate():
            return LinkRow(
                clue_id=fact.clue_id,
                case_id=fact.case_id,
                of_clue_id=fact.of_clue_id,
                of_case_id=fact.of_case_id,
                score=fact.score,
                reasons=fact.reasons,
            )
        case ClueUnlinked():
            return None
        case _:
            return row


VIEW = View(
    name="clue_link",
    version=1,
    services=("intake",),
    row=LinkRow,
    on=(ClueLinkedAsDuplicate, ClueUnlinked),
    evolve=evolve,
    indexes=(
        index("case_id", history=True),
        index("of_case_id", history=True),
    ),
)
