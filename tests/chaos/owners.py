"""Owners: each case is opened once, is known once to all, and has one owner."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from libs.events.contracts.enforcement import CaseFactNoted, ClaimOpened
from libs.events.contracts.intake import ClueRegistered, HistoryImported
from libs.events.contracts.routing import (
    CaseAssigned,
    CaseOpened,
    CaseTransferred,
    OwnershipRuled,
)
from libs.events.event import Recorded
from tests.chaos.broken import Broken
from tests.chaos.facts import Facts
from tests.chaos.history import Op


@dataclass
class Known:
    """What one service knows of cases: how often each begins there, and its owner."""

    times: Counter[UUID] = field(default_factory=Counter)
    owner: dict[UUID, str | None] = field(default_factory=dict)


def owned(facts: Facts, ops: Sequence[Op]) -> Iterator[Broken]:
    """Each case has one owner, the same for all; each of them knows the case once.

    Nobody acts on a row of history before it is adopted: enforcement has its claim.
    """
    del ops
    routing, enforcement, shown = _routing(facts), _enforcement(facts), _shown(facts)
    history = _of_history(facts)
    for case in sorted({*_registered(facts), *routing.times}):
        knowing = {"opened": routing, "in enforcement": enforcement, "shown": shown}
        for word, known in knowing.items():
            if known.times[case] != 1:
                yield Broken("owner", f"{case}: {known.times[case]} times {word}")
        owner = routing.owner.get(case)
        if shown.owner.get(case) != owner:
            yield Broken("owner", f"{case}: {owner}, shown {shown.owner.get(case)}")
        noted = enforcement.owner.get(case)
        if case not in history and noted != owner:
            yield Broken("owner", f"{case}: {owner}, enforcement says {noted}")


def _registered(facts: Facts) -> Iterator[UUID]:
    for row in facts.journals["intake"]:
        if isinstance(row.event, ClueRegistered | HistoryImported):
            yield row.event.case_id


def _of_history(facts: Facts) -> set[UUID]:
    rows = facts.journals["intake"]
    return {r.event.case_id for r in rows if isinstance(r.event, HistoryImported)}


def _routing(facts: Facts) -> Known:
    known = Known()
    for row in facts.journals["routing"]:
        if isinstance(row.event, CaseOpened):
            known.times[row.event.case_id] += 1
        known.owner.update(filter(None, [_owner(row)]))
    return known


def _owner(row: Recorded) -> tuple[UUID, str] | None:
    match row.event:
        case CaseOpened():
            return row.event.case_id, row.event.first_asked_unit
        case CaseAssigned():
            return row.event.case_id, row.event.unit
        case CaseTransferred() | OwnershipRuled():
            return row.event.case_id, row.event.to_unit
        case _:
            return None


def _enforcement(facts: Facts) -> Known:
    known = Known()
    for row in facts.journals["enforcement"]:
        match row.event:
            case CaseFactNoted(fact="opened" | "owned" as fact):
                known.times[row.event.case_id] += fact == "opened"
                known.owner[row.event.case_id] = row.event.unit
            case ClaimOpened(history=True):
                known.times[row.event.case_id] += 1
            case _:
                pass
    return known


def _shown(facts: Facts) -> Known:
    owner = {row["case_id"]: row["unit"] for row in facts.cases}
    return Known(Counter(row["case_id"] for row in facts.cases), owner)
