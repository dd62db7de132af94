"""Risk rules: from an employer's facts to a grade, by factors that are data.

Advice only: an officer decides, and may set another grade (domain §5.6, F-2.1.1b).
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from libs.calendar.versions import latest_on
from libs.events.contracts.risk import (
    RiskFact,
    RiskFactor,
    RiskFinding,
    RiskGrade,
    RiskRules,
    RiskScale,
    RiskStep,
)
from libs.toml_text import inline, line

GRADES: tuple[RiskGrade, ...] = ("green", "yellow", "orange", "red")
"""From the least to the gravest."""

Facts = Mapping[RiskFact, int | None]
"""Each fact's value; None, or left out: nobody sent it."""


@dataclass(frozen=True)
class Graded:
    """A grade with all that gave it."""

    grade: RiskGrade
    score: int
    findings: tuple[RiskFinding, ...]
    scale_version: int


def load_risk_rules(text: str) -> RiskRules:
    """Read a TOML file; raises `ValidationError` or `TOMLDecodeError`."""
    return RiskRules.model_validate(tomllib.loads(text))


def risk_rules_text(rules: RiskRules) -> str:
    """Write rules as a file has them: `load_risk_rules` reads the same ones again."""
    tables = [_scale_text(one) for one in rules.scales]
    return "\n".join([*tables, *map(_factor_text, rules.factors)])


def _scale_text(scale: RiskScale) -> str:
    said = scale.model_dump(mode="json")
    return "\n".join(["[[scales]]", *(line(name, said[name]) for name in said), ""])


def _factor_text(factor: RiskFactor) -> str:
    said = factor.model_dump(mode="json", exclude_defaults=True)
    steps = "".join(f"  {inline(one)},\n" for one in said.pop("steps"))
    lines = [line(name, said[name]) for name in said]
    return "\n".join(["[[factors]]", *lines, f"steps = [\n{steps}]", ""])


def version_of(rules: RiskRules) -> str:
    """Return what tells one set of rules from another: 16 hex digits."""
    said = json.dumps(rules.model_dump(mode="json"), sort_keys=True)
    return sha256(said.encode()).hexdigest()[:16]


def factors_on(rules: RiskRules, on: date) -> Sequence[RiskFactor]:
    """Return the factors in force on a day, each in its latest version, in order."""
    latest: dict[str, RiskFactor] = {}
    for one in rules.factors:
        held = latest.get(one.id)
        newer = held is None or one.version > held.version
        if one.effective_from <= on and newer:
            latest[one.id] = one
    return tuple(latest.values())


def scale_on(rules: RiskRules, on: date) -> RiskScale | None:
    """Return the scale in force on a day; None before the first."""
    return latest_on(rules.scales, on)


def graded(rules: RiskRules, facts: Facts, on: date) -> Graded | None:
    """Grade an employer by the rules of a day; None before the first of them."""
    scale, factors = scale_on(rules, on), factors_on(rules, on)
    if scale is None or not factors:
        return None
    findings = tuple(_found(one, facts.get(one.fact)) for one in factors)
    score = sum(one.points for one in findings)
    asked = [one.grade for one in findings if one.grade is not None]
    grade = max((_by_points(scale, score), *asked), key=GRADES.index)
    return Graded(grade, score, findings, scale.version)


def _found(factor: RiskFactor, value: int | None) -> RiskFinding:
    steps = [] if value is None else [s for s in factor.steps if _fits(s, value)]
    return RiskFinding(
        id=factor.id,
        version=factor.version,
        fact=factor.fact,
        value=value,
        points=steps[0].points if steps else 0,
        grade=steps[0].grade if steps else None,
    )


def _fits(step: RiskStep, value: int) -> bool:
    enough = step.at_least is None or value >= step.at_least
    return enough and (step.at_most is None or value <= step.at_most)


def _by_points(scale: RiskScale, score: int) -> RiskGrade:
    if score >= scale.red:
        return "red"
    if score >= scale.orange:
        return "orange"
    return "yellow" if score >= scale.yellow else "green"
