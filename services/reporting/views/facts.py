"""Facts that statistics count: one line an event, by kind and case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.events.contracts.channels import ClueRedispatched
from libs.events.contracts.clocks import DeadlineMissed, DeadlineMissWithdrawn
from libs.events.contracts.duplicates import ClueLinkedAsDuplicate, ClueUnlinked
from libs.events.contracts.enforcement import CaseConcluded, CaseFiled, PaymentOrdered
from libs.events.contracts.intake import (
    ClueClosedNotWage,
    ClueRegistered,
    ClueVerified,
    ReplyFoundImpossible,
    ReplySent,
)
from libs.events.contracts.routing import (
    CaseAdopted,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseTransferred,
    TransferRefused,
)
from libs.events.event import Event, Recorded
from libs.events.views.view import Register, index

KINDS: dict[type[Event], str] = {
    ClueRegistered: "registered",
    ClueVerified: "verified",
    ReplySent: "answered",
    ReplyFoundImpossible: "unanswerable",
    ClueClosedNotWage: "not_wage",
    ClueLinkedAsDuplicate: "linked",
    ClueUnlinked: "unlinked",
    CaseOpened: "opened",
    CaseAdopted: "adopted",
    CaseTransferred: "transferred",
    TransferRefused: "refused",
    CaseClosed: "closed",
    CaseReopened: "reopened",
    ClueRedispatched: "redispatched",
    CaseFiled: "filed",
    PaymentOrdered: "ordered",
    CaseConcluded: "concluded",
    DeadlineMissed: "missed",
    DeadlineMissWithdrawn: "miss_withdrawn",
}


@dataclass(frozen=True)
class CaseFact:
    """One countable fact of a case; `detail` is its coded kind or result."""

    kind: str
    case_id: UUID
    happened_at: datetime | None
    detail: str | None
    channel: str | None
    history: bool
    workers: int
    minor: int


def facts(recorded: Recorded) -> Sequence[CaseFact]:
    """Return the one line of an event that statistics count."""
    fact = recorded.fact()
    said = fact.model_dump(include={"case_id", "channel", "history", "worker_count"})
    lines = fact.lines if isinstance(fact, PaymentOrdered) else ()
    row = CaseFact(
        kind=KINDS[type(fact)],
        case_id=said["case_id"],
        happened_at=recorded.occurred_at,
        detail=_detail(fact),
        channel=said.get("channel"),
        history=said.get("history", False),
        workers=said.get("worker_count") or len(lines),
        minor=sum(line.amount.minor for line in lines),
    )
    return [row]


def _detail(fact: Event) -> str | None:
    match fact:
        case ClueVerified():
            return fact.result
        case CaseClosed() | CaseConcluded() | ClueRegistered():
            return fact.kind
        case ClueLinkedAsDuplicate() | ClueUnlinked():
            return str(fact.of_case_id)
        case CaseTransferred():
            return fact.to_unit
        case TransferRefused():
            return fact.reason
        case DeadlineMissed() | DeadlineMissWithdrawn():
            return fact.clock
        case _:
            return None


REGISTER = Register(
    name="case_fact",
    version=1,
    services=("intake", "routing", "enforcement"),
    row=CaseFact,
    on=tuple(KINDS),
    facts=facts,
    indexes=(index("kind", "happened_at"), index("case_id")),
)
