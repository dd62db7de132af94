"""Owner rules: which unit a clue is proposed to, by rules of data in their order.

Advice only: an officer proposes the transfer, the receiver accepts it (domain §5.7).
"""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from libs.events.contracts.routing import OwnerConditions, OwnerRule
from libs.toml_text import inline, line


@dataclass(frozen=True)
class Facts:
    """What of a clue the rules look at; `matter` is None until it was screened."""

    kind: str
    channel: str
    matter: str | None
    jurisdiction: str | None
    project: bool
    individual: bool
    workers: int


@dataclass(frozen=True)
class Suggestion:
    """The owner that the first fitting rule names, and the rule itself.

    `owner` None: the clue stays where it is.
    """

    owner: str | None
    rule: OwnerRule


def load_owner_rules(text: str) -> tuple[OwnerRule, ...]:
    """Read a TOML file; raises `ValidationError` or `TOMLDecodeError`."""
    rules = tomllib.loads(text).get("rules", [])
    return tuple(OwnerRule.model_validate(rule) for rule in rules)


def owner_rules_text(rules: Sequence[OwnerRule]) -> str:
    """Write rules as a file has them: `load_owner_rules` reads the same ones again."""
    return "\n".join(_rule_text(rule) for rule in rules)


def _rule_text(rule: OwnerRule) -> str:
    said = rule.model_dump(mode="json", exclude_defaults=True)
    when = said.pop("when", {})
    lines = ["[[rules]]", *(line(name, said[name]) for name in said)]
    if when:
        lines.append(f"when = {inline(when)}")
    return "\n".join([*lines, ""])


def version_of(rules: Sequence[OwnerRule]) -> str:
    """Return what tells one set of rules from another: 16 hex digits."""
    said = [rule.model_dump(mode="json") for rule in rules]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def suggest(rules: Sequence[OwnerRule], facts: Facts, on: date) -> Suggestion | None:
    """Return what the first rule in force that fits says; None when none does."""
    for rule in rules:
        if rule.effective_from <= on and fits(rule.when, facts):
            return Suggestion(rule.owner, rule)
    return None


def fits(when: OwnerConditions, facts: Facts) -> bool:
    """Say whether a clue has all that a rule asks for."""
    named = (
        (when.kinds, facts.kind),
        (when.channels, facts.channel),
        (when.matters, facts.matter),
        (when.jurisdictions, facts.jurisdiction),
    )
    if any(values and value not in values for values, value in named):
        return False
    exact = ((when.project, facts.project), (when.individual, facts.individual))
    if any(wanted is not None and wanted != found for wanted, found in exact):
        return False
    return when.workers_at_least is None or facts.workers >= when.workers_at_least
