"""Routing rules (domain §5.7, F-2.2.3b): the first that fits; two put them in force."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from libs.events.contracts.routing import (
    OwnerConditions,
    OwnerRule,
    OwnerRulesAdopted,
    OwnerRulesDrafted,
)
from libs.events.decider import NotYours
from libs.events.event import Event
from libs.events.testing import Given
from libs.ids import named
from libs.owner_rules import (
    Facts,
    load_owner_rules,
    owner_rules_text,
    suggest,
    version_of,
)
from services.routing import owner_rules
from services.routing.owner_rules import (
    BOOK,
    KIND,
    AdoptOwnerRules,
    DraftOwnerRules,
    SeedOwnerRules,
)
from services.routing.seeding import RULES as FILES
from tests.unit.matters import routed
from tests.unit.offices import SYSTEM, by

SHIPPED = load_owner_rules(FILES.joinpath("owners.toml").read_text("utf-8"))
DRAFT, ADOPT, SEED = owner_rules.RULES
PAPER = named("test-draft")
ON = date(2023, 11, 20)
CLUE = Facts(
    kind="complaint",
    channel="window",
    matter="wage",
    jurisdiction="ours",
    project=False,
    individual=False,
    workers=3,
)


@pytest.mark.parametrize(
    ("said", "owner", "rule"),
    [
        ({}, "LI", "RTE-07"),
        ({"matter": None, "jurisdiction": None}, "LI", "RTE-07"),
        ({"project": True}, "DO", "RTE-04"),
        ({"project": True, "kind": "petition"}, "PO", "RTE-03"),
        ({"individual": True}, "LM", "RTE-06"),
        ({"channel": "cyberspace"}, "CY", "RTE-05"),
        ({"jurisdiction": "area"}, "LG", "RTE-02"),
        ({"matter": "project_price", "project": True}, None, "RTE-01"),
    ],
)
def test_the_first_rule_that_fits_names_the_owner(
    said: dict[str, object], owner: str | None, rule: str
) -> None:
    found = suggest(SHIPPED, replace(CLUE, **said), ON)  # type: ignore[arg-type]  # of the table above
    assert found is not None
    assert (found.owner, found.rule.id) == (owner, rule)


def test_a_rule_that_is_not_in_force_yet_is_passed_over() -> None:
    petition = replace(CLUE, kind="petition")
    before = suggest(SHIPPED, petition, date(2022, 4, 30))
    after = suggest(SHIPPED, petition, date(2022, 5, 1))
    assert before is not None
    assert after is not None
    assert (before.rule.id, after.rule.id) == ("RTE-07", "RTE-03")


def test_a_number_of_workers_is_at_least_that_many() -> None:
    group = SHIPPED[-1].model_copy(
        update={"id": "RTE-99", "when": OwnerConditions(workers_at_least=10)}
    )
    for workers, fits in ((9, False), (10, True), (11, True)):
        found = suggest((group,), replace(CLUE, workers=workers), ON)
        assert (found is not None) is fits


WORDS = st.text("甲乙\"\\= #[]{}'\n\x7f", min_size=1, max_size=12).filter(str.strip)


CONDITIONS = st.builds(
    OwnerConditions,
    project=st.sampled_from([None, True, False]),
    matters=st.sampled_from([(), ("wage",), ("wage", "not_wage")]),
    workers_at_least=st.sampled_from([None, 1, 10]),
)


@for_any(title=WORDS, when=CONDITIONS)
def test_rules_written_as_a_file_are_read_as_the_same_rules(
    title: str, when: OwnerConditions
) -> None:
    rule = SHIPPED[3].model_copy(update={"title_zh": title, "when": when})
    rules = (rule, *SHIPPED)
    assert load_owner_rules(owner_rules_text(rules)) == rules


def test_no_suggestion_changes_when_the_file_is_written_anew() -> None:
    assert load_owner_rules(owner_rules_text(SHIPPED)) == SHIPPED


def seeded(*more: Event) -> Given:
    first = OwnerRulesAdopted(
        draft_id=None, rules_version=version_of(SHIPPED), known_on=ON, rules=SHIPPED
    )
    return routed().given(KIND, BOOK, first, *more)


def changed(**said: object) -> tuple[OwnerRule, ...]:
    """Return the shipped rules with the first one changed."""
    return (SHIPPED[0].model_copy(update=said), *SHIPPED[1:])


def drafted(rules: tuple[OwnerRule, ...], unit: str = "LG") -> OwnerRulesDrafted:
    return OwnerRulesDrafted(
        draft_id=PAPER,
        drafter_id=by(unit).actor.id,
        rules_version=version_of(rules),
        rules=rules,
    )


NEW = changed(version=2, basis="新文件")


def test_one_drafts_and_another_puts_in_force() -> None:
    command = DraftOwnerRules(draft_id=PAPER, rules=NEW)
    draft = drafted(NEW)
    seeded().when(DRAFT, command, by("LG")).then(draft)
    adopting = AdoptOwnerRules(draft_id=PAPER)
    seeded(draft).when(ADOPT, adopting, by("LG")).then_rejected("drafter-adopts")
    (fact,) = seeded(draft).when(ADOPT, adopting, by("LG", number=2)).events
    assert isinstance(fact, OwnerRulesAdopted)
    assert (fact.draft_id, fact.rules) == (PAPER, NEW)
    (fact,) = seeded(draft).when(ADOPT, adopting, by("HD")).events
    again = seeded(draft, fact).when(ADOPT, adopting, by("HD"))
    again.then_rejected("no-such-draft")


def test_who_only_proposes_drafts_and_puts_nothing_in_force() -> None:
    command = DraftOwnerRules(draft_id=PAPER, rules=NEW)
    seeded().when(DRAFT, command, by("DB")).then(drafted(NEW, "DB"))
    adopting = AdoptOwnerRules(draft_id=PAPER)
    outcome = seeded(drafted(NEW)).when(ADOPT, adopting, by("DB"))
    assert isinstance(outcome.refusal, NotYours)
    outcome = seeded().when(DRAFT, command, by("LI"))
    assert isinstance(outcome.refusal, NotYours)


def test_a_later_draft_replaces_the_one_before() -> None:
    later = drafted(changed(version=3)).model_copy(update={"draft_id": BOOK})
    story = seeded(drafted(NEW), later)
    story.when(ADOPT, AdoptOwnerRules(draft_id=PAPER), by("HD")).then_rejected(
        "no-such-draft"
    )


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (SHIPPED, "rules-in-force"),
        ((), "rules-incomplete"),
        (SHIPPED[:-1], "rules-incomplete"),
        ((SHIPPED[0], *SHIPPED), "rule-twice"),
        (changed(owner="XX"), "no-such-unit"),
        # The auditor looks on: it owns no case.
        (changed(owner="AU"), "no-such-unit"),
    ],
)
def test_rules_that_leave_a_clue_without_an_owner_are_refused(
    rules: tuple[OwnerRule, ...], code: str
) -> None:
    command = DraftOwnerRules(draft_id=PAPER, rules=rules)
    seeded().when(DRAFT, command, by("LG")).then_rejected(code)


def test_a_release_brings_its_rules_until_a_person_lays_down_others() -> None:
    command = SeedOwnerRules(rules_version="r2", known_on=ON, rules=NEW)
    (fact,) = seeded().when(SEED, command, by(SYSTEM)).events
    assert isinstance(fact, OwnerRulesAdopted)
    assert fact.draft_id is None
    theirs = fact.model_copy(update={"draft_id": PAPER, "rules_version": "theirs"})
    seeded(theirs).when(SEED, command, by(SYSTEM)).then()
    same = command.model_copy(update={"rules_version": version_of(SHIPPED)})
    seeded().when(SEED, same, by(SYSTEM)).then()
