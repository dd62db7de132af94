"""Risk grades 风险企业名单 as they stand, each change, and the rules in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from libs.events.contracts.risk import (
    RiskAssessed,
    RiskFinding,
    RiskGradeChanged,
    RiskOverridden,
    RiskOverrideEnded,
    RiskRules,
    RiskRulesAdopted,
    RiskRulesDrafted,
)
from libs.events.event import Recorded
from libs.events.views.view import Register, View, index


@dataclass(frozen=True)
class RiskRow:
    """One employer's risk: the grade that counts, and what the rules gave.

    `override_reason` None: no officer set another grade. `before`: the grade that
    counted until `changed_at`.
    """

    employer_id: UUID
    grade: str
    computed: str
    score: int
    findings: tuple[RiskFinding, ...]
    rules_version: str
    scale_version: int
    as_of: datetime | None
    by_unit: str
    assessed_at: datetime | None
    before: str | None = None
    changed_at: datetime | None = None
    override_reason: str | None = None
    override_until: date | None = None
    override_by: str | None = None

    @property
    def unknown(self) -> Sequence[RiskFinding]:
        """Return the factors whose fact nobody sent: they count nothing."""
        return [one for one in self.findings if one.value is None]


@dataclass(frozen=True)
class RiskChangeRow:
    """One change of the grade that counts; `before` None: the first one."""

    employer_id: UUID
    grade: str
    before: str | None
    cause: str


@dataclass(frozen=True)
class RiskRulesRow:
    """The rules in force; a draft's fields are empty without one."""

    rules_version: str | None = None
    known_on: date | None = None
    rules: RiskRules | None = None
    draft_id: UUID | None = None
    drafter_id: UUID | None = None
    draft_version: str | None = None
    draft: RiskRules | None = None


def evolve(row: RiskRow | None, recorded: Recorded) -> RiskRow | None:
    """Fold one event of an employer's stream."""
    match fact := recorded.fact():
        case RiskAssessed():
            return _assessed(row, fact, recorded)
        case RiskOverridden() if row is not None:
            return replace(
                row,
                override_reason=fact.reason,
                override_until=fact.until_on,
                override_by=fact.by_unit,
            )
        case RiskOverrideEnded() if row is not None:
            return replace(
                row, override_reason=None, override_until=None, override_by=None
            )
        case RiskGradeChanged() if row is not None:
            at = recorded.occurred_at
            return replace(row, grade=fact.grade, before=fact.before, changed_at=at)
        case _:
            return row


def _assessed(row: RiskRow | None, fact: RiskAssessed, recorded: Recorded) -> RiskRow:
    said: dict[str, Any] = {
        "computed": fact.grade,
        "score": fact.score,
        "findings": fact.findings,
        "rules_version": fact.rules_version,
        "scale_version": fact.scale_version,
        "as_of": fact.as_of,
        "by_unit": fact.by_unit,
        "assessed_at": recorded.occurred_at,
    }
    if row is not None:
        return replace(row, **said)
    return RiskRow(employer_id=fact.employer_id, grade=fact.grade, **said)


def changes(recorded: Recorded) -> Sequence[RiskChangeRow]:
    """Return the change that an event is, if it is one."""
    fact = recorded.fact()
    if not isinstance(fact, RiskGradeChanged):
        return []
    return [RiskChangeRow(fact.employer_id, fact.grade, fact.before, fact.cause)]


def evolve_rules(row: RiskRulesRow | None, recorded: Recorded) -> RiskRulesRow | None:
    """Keep what was adopted last, and what was drafted since."""
    match fact := recorded.fact():
        case RiskRulesAdopted():
            return RiskRulesRow(fact.rules_version, fact.known_on, fact.rules)
        case RiskRulesDrafted():
            return replace(
                row or RiskRulesRow(),
                draft_id=fact.draft_id,
                drafter_id=fact.drafter_id,
                draft_version=fact.rules_version,
                draft=fact.rules,
            )
        case _:
            return row


VIEW = View(
    name="risk",
    version=1,
    services=("routing",),
    row=RiskRow,
    on=(RiskAssessed, RiskOverridden, RiskOverrideEnded, RiskGradeChanged),
    evolve=evolve,
    indexes=(index("employer_id"), index("grade")),
)
CHANGES = Register(
    name="risk_change",
    version=1,
    services=("routing",),
    row=RiskChangeRow,
    on=(RiskGradeChanged,),
    facts=changes,
    indexes=(index("employer_id"),),
)
RULES = View(
    name="risk_rules",
    version=1,
    services=("routing",),
    row=RiskRulesRow,
    on=(RiskRulesAdopted, RiskRulesDrafted),
    evolve=evolve_rules,
    indexes=(),
)
