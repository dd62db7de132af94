"""Risk of an employer 风险等级: graded by rules, or for a time by an officer.

A grade is advice; nothing follows from it but what an officer does (F-2.1.1b). The
facts come with the command, as routing's tables have them: `risk_facts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Code
from libs.events.contracts.risk import (
    GradeCause,
    OverrideReason,
    RiskAssessed,
    RiskFact,
    RiskGrade,
    RiskGradeChanged,
    RiskOverridden,
    RiskOverrideEnded,
)
from libs.events.decider import Kind, Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.risk_rules import graded
from services.routing import risk_rules, rulebook

LONGEST = timedelta(days=180)
"""For how long an override may stand before somebody looks again."""
SYSTEM = "system"
FESTIVAL = "春节"
CLOCKWORK = frozenset({"festival_days"})
"""Facts that every day changes: alone they make no assessment, but by their points."""


class AssessRisk(Command):
    """Grade an employer by the rules in force and the facts that are known."""

    employer_id: UUID
    facts: Mapping[RiskFact, int | None]
    as_of: datetime | None
    by_unit: Code


class OverrideRisk(Command):
    """Set another grade than the computed one, for a reason, until the end of a day."""

    employer_id: UUID
    grade: RiskGrade
    reason: OverrideReason
    until_on: date
    by_unit: Code


class EndRiskOverride(Command):
    """Take an override back: the computed grade counts again."""

    employer_id: UUID


@dataclass(frozen=True)
class Risk:
    """What decisions ask of an employer's risk."""

    assessed: RiskAssessed | None = None
    override: RiskOverridden | None = None

    @property
    def grade(self) -> RiskGrade | None:
        """Return the grade that counts: an override's before the computed one."""
        if self.override is not None:
            return self.override.grade
        return self.assessed.grade if self.assessed else None


def evolve(held: Risk, event: Event) -> Risk:
    """Fold one event of an employer's stream."""
    match event:
        case RiskAssessed():
            return replace(held, assessed=event)
        case RiskOverridden():
            return replace(held, override=event)
        case RiskOverrideEnded():
            return replace(held, override=None)
        case _:
            return held


KIND = Kind("risk", Risk(), evolve)


def assess(command: AssessRisk, stamp: Stamp, states: States) -> list[New]:
    """Grade; the service itself says nothing when nothing has changed."""
    held = states.of(KIND, command.employer_id)
    said = _assessed(command, stamp, states)
    news: list[Event] = []
    if stamp.actor.role != SYSTEM or differs(held.assessed, said):
        news.append(said)
    if held.override is None or held.override.until_on >= day_of(stamp.at):
        return _with_change(held, command.employer_id, news, "assessed")
    news.append(RiskOverrideEnded(employer_id=command.employer_id, cause="expired"))
    return _with_change(held, command.employer_id, news, "override_ended")


def differs(before: RiskAssessed | None, now: RiskAssessed) -> bool:
    """Say whether a fact, its points or the rules are others than they were."""
    return before is None or _told(before) != _told(now)


def _told(said: RiskAssessed) -> tuple[object, ...]:
    values = tuple(
        one.model_copy(update={"value": 0}) if one.fact in CLOCKWORK else one
        for one in said.findings
    )
    return said.grade, values, said.rules_version, said.scale_version


def _assessed(command: AssessRisk, stamp: Stamp, states: States) -> RiskAssessed:
    laid = states.of(risk_rules.KIND, risk_rules.BOOK)
    today = day_of(stamp.at)
    facts = {**command.facts, "festival_days": _festival(states, today)}
    found = graded(laid.rules, facts, today) if laid.rules else None
    if found is None or laid.version is None:
        raise Rejected("no-risk-rules", "今天还没有生效的风险分级规则。")
    return RiskAssessed(
        employer_id=command.employer_id,
        grade=found.grade,
        score=found.score,
        findings=found.findings,
        rules_version=laid.version,
        scale_version=found.scale_version,
        as_of=command.as_of,
        by_unit=command.by_unit,
    )


def _festival(states: States, today: date) -> int | None:
    """Return the days until the next Spring Festival holiday; None: not announced."""
    calendar = states.of(rulebook.KIND, rulebook.CALENDAR.subject).calendar
    days = [
        (one.first - today).days
        for table in calendar.known_on(today).in_force
        for one in table.holidays
        if one.name_zh == FESTIVAL and one.last >= today
    ]
    return max(0, min(days)) if days else None


def override(command: OverrideRisk, stamp: Stamp, states: States) -> list[New]:
    """Set a graded employer's grade, until a day that lies ahead."""
    held = states.of(KIND, command.employer_id)
    if held.assessed is None:
        raise Rejected("not-assessed", "这个用人单位还没有评估，请先评估。")
    today = day_of(stamp.at)
    if not today <= command.until_on <= today + LONGEST:
        raise Rejected("override-date", "调整的截止日须在今天以后、一百八十天以内。")
    if command.grade == held.assessed.grade and held.override is None:
        raise Rejected("grade-computed", "与按规则评估的等级相同，不需要调整。")
    said = RiskOverridden(**command.model_dump(), computed=held.assessed.grade)
    return _with_change(held, command.employer_id, [said], "overridden")


def end(command: EndRiskOverride, _stamp: Stamp, states: States) -> list[New]:
    """Take back the override that stands."""
    held = states.of(KIND, command.employer_id)
    if held.override is None:
        raise Rejected("not-overridden", "这个等级没有人工调整，或已经到期。")
    over = RiskOverrideEnded(employer_id=command.employer_id, cause="withdrawn")
    return _with_change(held, command.employer_id, [over], "override_ended")


def _with_change(
    held: Risk, employer_id: UUID, news: Sequence[Event], cause: GradeCause
) -> list[New]:
    """Return what is new, and after it the change of the grade that counts, if any."""
    now, said = KIND.fold(news, held), [*news]
    if now.grade is not None and now.assessed and now.grade != held.grade:
        changed = RiskGradeChanged(
            employer_id=employer_id,
            grade=now.grade,
            before=held.grade,
            cause=cause,
            rules_version=now.assessed.rules_version,
        )
        said.append(changed)
    return [New(KIND.stream(employer_id), one) for one in said]


def _this(command: OverrideRisk | EndRiskOverride) -> Sequence[Read]:
    return [Read(KIND, command.employer_id)]


def _reads(command: AssessRisk) -> Sequence[Read]:
    return [Read(KIND, command.employer_id), risk_rules.READ, rulebook.CALENDAR]


RULES = (
    Rule(AssessRisk, _reads, assess),
    Rule(OverrideRisk, _this, override),
    Rule(EndRiskOverride, _this, end),
)
