"""Routing rules as adopted, and the draft that waits for a second person."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from libs.events.contracts.routing import (
    OwnerRule,
    OwnerRulesAdopted,
    OwnerRulesDrafted,
)
from libs.events.event import Recorded
from libs.events.views.view import View


@dataclass(frozen=True)
class OwnerRulesRow:
    """The rules in force in their order; a draft's fields are empty without one."""

    rules_version: str | None = None
    known_on: date | None = None
    rules: tuple[OwnerRule, ...] = ()
    draft_id: UUID | None = None
    drafter_id: UUID | None = None
    draft_version: str | None = None
    draft: tuple[OwnerRule, ...] = ()


def evolve(row: OwnerRulesRow | None, recorded: Recorded) -> OwnerRulesRow | None:
    """Keep what was adopted last, and what was drafted since."""
    fact = recorded.fact()
    match fact:
        case OwnerRulesAdopted():
            return OwnerRulesRow(fact.rules_version, fact.known_on, fact.rules)
        case OwnerRulesDrafted():
            return replace(
                row or OwnerRulesRow(),
                draft_id=fact.draft_id,
                drafter_id=fact.drafter_id,
                draft_version=fact.rules_version,
                draft=fact.rules,
            )
        case _:
            return row


VIEW = View(
    name="owner_rules",
    version=1,
    services=("routing",),
    row=OwnerRulesRow,
    on=(OwnerRulesAdopted, OwnerRulesDrafted),
    evolve=evolve,
    indexes=(),
)
