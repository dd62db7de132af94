"""What routing says of risk: rules that are data, an employer's grade, an override."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from libs.events.contracts.parts import Code, Text
from libs.events.event import Event, Fields

RiskGrade = Literal["green", "yellow", "orange", "red"]
RiskFact = Literal[
    "workers", "months", "unpaid", "cases", "prior_cases", "orders_expired",
    "pay_signals", "funding_signals", "warnings", "festival_days",
]  # fmt: skip
GradeCause = Literal["assessed", "overridden", "override_ended"]
OverrideReason = Literal[
    "boss_unreachable", "assets_frozen", "paid_elsewhere", "guarantee_given",
    "facts_wrong", "other",
]  # fmt: skip
Points = Annotated[int, Field(ge=0, le=100)]
Bound = Annotated[int, Field(ge=0, le=10**12)]
Edition = Annotated[int, Field(ge=1, le=1000)]


class RiskStep(Fields):
    """So many points when the fact lies within both bounds; and at least that grade.

    A bound that is left out bounds nothing.
    """

    at_least: Bound | None = None
    at_most: Bound | None = None
    points: Points
    grade: RiskGrade | None = None


class RiskFactor(Fields):
    """One factor of the grading: which fact, and its steps; the first that fits counts.

    A later version of the same `id` takes its place from its own day on.
    """

    id: Code
    version: Edition
    effective_from: date
    fact: RiskFact
    title_zh: Text
    title_en: Text
    basis: Text
    steps: Annotated[tuple[RiskStep, ...], Field(min_length=1, max_length=20)]


class RiskScale(Fields):
    """From how many points on a grade is given; fewer are green."""

    version: Edition
    effective_from: date
    basis: Text
    yellow: Bound
    orange: Bound
    red: Bound


class RiskRules(Fields):
    """All factors and scales of the grading, each with its day (domain §5.6)."""

    factors: Annotated[tuple[RiskFactor, ...], Field(min_length=1, max_length=60)]
    scales: Annotated[tuple[RiskScale, ...], Field(min_length=1, max_length=20)]


class RiskRulesDrafted(Event, name="RiskRulesDrafted"):
    """An officer laid down a draft of the grading's rules; it is not in force.

    A later draft replaces it. Stream `riskrules-<uuid>`, one for a deployment.
    """

    draft_id: UUID
    drafter_id: UUID
    rules_version: Text
    rules: RiskRules


class RiskRulesAdopted(Event, name="RiskRulesAdopted"):
    """Rules of the grading are in force, each factor from its own day on.

    `draft_id`: the draft that a second person confirmed; None: they came with the
    release.
    """

    draft_id: UUID | None
    rules_version: Text
    known_on: date
    rules: RiskRules


class RiskFinding(Fields):
    """One factor of an assessment: its fact's value, and the points that it gave.

    `value` None: nobody sent the fact; it counts nothing. `grade`: the grade that it
    asks for at least.
    """

    id: Code
    version: Edition
    fact: RiskFact
    value: int | None
    points: Points
    grade: RiskGrade | None = None


class RiskAssessed(Event, name="RiskAssessed"):
    """An employer was graded by the rules in force, each factor with its value.

    Advice: an officer decides (F-2.1.1b). `as_of`: until when routing had all facts;
    None: it could not say. `by_unit`: who asked, or the service itself. Stream
    `risk-<employer_id>`.
    """

    employer_id: UUID
    grade: RiskGrade
    score: int
    findings: tuple[RiskFinding, ...]
    rules_version: Text
    scale_version: Edition
    as_of: datetime | None
    by_unit: Code


class RiskOverridden(Event, name="RiskOverridden"):
    """An officer set another grade than the computed one, until the end of a day."""

    employer_id: UUID
    grade: RiskGrade
    computed: RiskGrade
    reason: OverrideReason
    until_on: date
    by_unit: Code


class RiskOverrideEnded(Event, name="RiskOverrideEnded"):
    """An override is over: its last day passed, or an officer took it back."""

    employer_id: UUID
    cause: Literal["expired", "withdrawn"]


class RiskGradeChanged(Event, name="RiskGradeChanged"):
    """The grade that counts is another one: by the rules, or by an override.

    `before` None: the employer had no grade yet.
    """

    employer_id: UUID
    grade: RiskGrade
    before: RiskGrade | None
    cause: GradeCause
    rules_version: Text
