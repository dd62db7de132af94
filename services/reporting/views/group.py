"""Group cases 群体性: since when a case is one, by which rule, and the review's end."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from libs.events.contracts.groups import (
    CaseFlaggedAsGroup,
    GroupFlagLifted,
    RepresentativesNamed,
)
from libs.events.event import Recorded
from libs.events.views.view import View, index


@dataclass(frozen=True)
class GroupRow:
    """One case's flag; `workers` had open claims when it was set.

    `speakers`: the persons who represent the others, where `purpose` says.
    """

    case_id: UUID
    workers: int
    threshold: int
    rule: str
    rule_version: int
    flagged_at: datetime | None
    lifted: str | None = None
    lifted_at: datetime | None = None
    speakers: tuple[UUID, ...] = ()
    purpose: str | None = None


def evolve(row: GroupRow | None, recorded: Recorded) -> GroupRow | None:
    """Fold one event of a case's group stream."""
    fact = recorded.fact()
    match fact:
        case CaseFlaggedAsGroup():
            return GroupRow(
                case_id=fact.case_id,
                workers=fact.workers,
                threshold=fact.threshold,
                rule=fact.rule,
                rule_version=fact.rule_version,
                flagged_at=recorded.occurred_at,
            )
        case GroupFlagLifted() if row is not None:
            return replace(
                row,
                lifted=fact.reason,
                lifted_at=recorded.occurred_at,
                speakers=(),
                purpose=None,
            )
        case RepresentativesNamed() if row is not None:
            return replace(row, speakers=fact.person_ids, purpose=fact.purpose)
        case _:
            return row


VIEW = View(
    name="group_flag",
    version=1,
    services=("enforcement",),
    row=GroupRow,
    on=(CaseFlaggedAsGroup, GroupFlagLifted, RepresentativesNamed),
    evolve=evolve,
    indexes=(index("case_id", history=True),),
)
