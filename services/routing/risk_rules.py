"""The rules of risk grading: one officer drafts them, another puts them in force."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from libs.calendar.local_days import day_of
from libs.events.command import Command, Stamp
from libs.events.contracts.parts import Text
from libs.events.contracts.risk import RiskRules, RiskRulesAdopted, RiskRulesDrafted
from libs.events.decider import Kind, Rejected, Rule, States
from libs.events.event import Event, New
from libs.ids import named
from libs.risk_rules import factors_on, scale_on, version_of
from services.routing.two_persons import DRAFT, Paper

BOOK = named("risk-rules", "routing")
WHO = "风险分级规则由领导小组办公室或人社局负责人启用。"


@dataclass(frozen=True)
class Laid:
    """The version in force and what it says, and the draft that waits.

    `seeded`: nobody has laid down any; they are a release's own.
    """

    version: str | None = None
    rules: RiskRules | None = None
    draft: RiskRulesDrafted | None = None
    seeded: bool = True


class DraftRiskRules(Command):
    """Lay down all rules of the grading as they are to be (domain §5.6)."""

    draft_id: UUID
    rules: RiskRules


class AdoptRiskRules(Command):
    """Put a draft in force: by another person than the one who wrote it."""

    draft_id: UUID


class SeedRiskRules(Command):
    """Put the rules of a release in force where no person has laid down any."""

    rules_version: Text
    known_on: date
    rules: RiskRules


def evolve(held: Laid, event: Event) -> Laid:
    """Fold a draft or an adoption; an adoption ends the draft."""
    match event:
        case RiskRulesDrafted():
            return replace(held, draft=event)
        case RiskRulesAdopted():
            seeded = event.draft_id is None
            return Laid(event.rules_version, event.rules, seeded=seeded)
        case _:
            return held


KIND = Kind("riskrules", Laid(), evolve)
PAPER = Paper(KIND, BOOK, RiskRulesDrafted, RiskRulesAdopted, WHO)
READ = PAPER.read


def draft(command: DraftRiskRules, stamp: Stamp, states: States) -> list[New]:
    """Lay a draft down that is sound, and says something new."""
    PAPER.may(stamp, DRAFT)
    _sound(command.rules, day_of(stamp.at))
    return PAPER.laid(command, version_of(command.rules), stamp, states)


def _sound(rules: RiskRules, today: date) -> None:
    """Raise unless each edition stands once, no fact counts twice, and some count."""
    _once([(one.id, one.version) for one in rules.factors])
    _once([one.version for one in rules.scales])
    owner: dict[str, str] = {}
    for one in rules.factors:
        if owner.setdefault(one.fact, one.id) != one.id:
            raise Rejected("fact-twice", f"{one.id}：同一事实只能由一个因素计分。")
    if any(not one.yellow <= one.orange <= one.red for one in rules.scales):
        raise Rejected("scale-unsound", "分数线须依次升高：黄色、橙色、红色。")
    if scale_on(rules, today) is None or not factors_on(rules, today):
        raise Rejected("rules-incomplete", "今天须至少有一个因素和一条分数线生效。")


def _once(editions: Sequence[object]) -> None:
    if len(set(editions)) < len(editions):
        raise Rejected("rule-twice", "有两条规则用了同一个编号和版本，请改其中一个。")


def adopt(command: AdoptRiskRules, stamp: Stamp, states: States) -> list[New]:
    """Put the draft in force; two persons stand for it."""
    return PAPER.adoption(PAPER.seconded(command.draft_id, stamp, states), stamp)


def seed(command: SeedRiskRules, _stamp: Stamp, states: States) -> list[New]:
    """Adopt a release's rules; never over what persons laid down."""
    return PAPER.seeding(command, states)


RULES = (
    Rule(DraftRiskRules, lambda _: (READ,), draft),
    Rule(AdoptRiskRules, lambda _: (READ,), adopt),
    Rule(SeedRiskRules, lambda _: (READ,), seed),
)
