"""Owner rules: one officer drafts them, another puts them in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Text
from libs.events.contracts.routing import (
    OwnerConditions,
    OwnerRule,
    OwnerRulesAdopted,
    OwnerRulesDrafted,
)
from libs.events.decider import Kind, Rejected, Rule, States
from libs.events.event import Event, New
from libs.ids import named
from libs.owner_rules import version_of
from services.routing import rulebook
from services.routing.two_persons import DRAFT, Paper

BOOK = named("owner-rules", "routing")
WHO = "分派规则由领导小组办公室或人社局负责人启用。"


@dataclass(frozen=True)
class OwnerRules:
    """The version in force, and the draft that waits for a second person.

    `seeded`: nobody has laid down any; they are a release's own.
    """

    version: str | None = None
    draft: OwnerRulesDrafted | None = None
    seeded: bool = True


class DraftOwnerRules(Command):
    """Lay down all routing rules as they are to be, in their order (domain §5.7)."""

    draft_id: UUID
    rules: tuple[OwnerRule, ...]


class AdoptOwnerRules(Command):
    """Put a draft in force: by another person than the one who wrote it."""

    draft_id: UUID


class SeedOwnerRules(Command):
    """Put the rules of a release in force where no person has laid down any."""

    rules_version: Text
    known_on: date
    rules: tuple[OwnerRule, ...]


def evolve(held: OwnerRules, event: Event) -> OwnerRules:
    """Fold a draft or an adoption; an adoption ends the draft."""
    match event:
        case OwnerRulesDrafted():
            return replace(held, draft=event)
        case OwnerRulesAdopted():
            seeded = event.draft_id is None
            return OwnerRules(version=event.rules_version, seeded=seeded)
        case _:
            return held


KIND = Kind("ownerrules", OwnerRules(), evolve)
PAPER = Paper(KIND, BOOK, OwnerRulesDrafted, OwnerRulesAdopted, WHO)
READ = PAPER.read


def draft(command: DraftOwnerRules, stamp: Stamp, states: States) -> list[New]:
    """Lay a draft down; it says something new, and every clue has a rule."""
    PAPER.may(stamp, DRAFT)
    _whole(command.rules)
    _units_stand(command.rules, stamp, states)
    return PAPER.laid(command, version_of(command.rules), stamp, states)


def _whole(rules: Sequence[OwnerRule]) -> None:
    """Raise unless each rule stands once and the last one fits every clue."""
    ids = [rule.id for rule in rules]
    if len(set(ids)) < len(ids):
        raise Rejected("rule-twice", "有两条规则用了同一个编号，请改其中一个。")
    last = rules[-1] if rules else None
    if last is None or last.owner is None or last.when != OwnerConditions():
        raise Rejected(
            "rules-incomplete",
            "最后一条规则必须不设条件并写明责任单位，否则有的线索没有规则可依。",
        )


def _units_stand(rules: Sequence[OwnerRule], stamp: Stamp, states: States) -> None:
    book = states.of(rulebook.KIND, rulebook.ORGANISATION.subject)
    today = day_of(stamp.at)
    for rule in rules:
        if rule.owner is not None and not book.takes_cases(rule.owner, today):
            raise Rejected(
                "no-such-unit", f"{rule.id}：没有能办案的单位 {rule.owner}，请核对。"
            )


def adopt(command: AdoptOwnerRules, stamp: Stamp, states: States) -> list[New]:
    """Put the draft in force; two persons stand for it."""
    drafted = PAPER.seconded(command.draft_id, stamp, states)
    _units_stand(drafted.rules, stamp, states)
    return PAPER.adoption(drafted, stamp)


def seed(command: SeedOwnerRules, _stamp: Stamp, states: States) -> list[New]:
    """Adopt a release's rules; never over what persons laid down."""
    return PAPER.seeding(command, states)


RULES = (
    Rule(DraftOwnerRules, lambda _: (READ, rulebook.ORGANISATION), draft),
    Rule(AdoptOwnerRules, lambda _: (READ, rulebook.ORGANISATION), adopt),
    Rule(SeedOwnerRules, lambda _: (READ,), seed),
)
