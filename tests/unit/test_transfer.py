"""Who is responsible: transfers keep an owner, and a ruling ends the ping-pong."""

from typing import Any

import pytest

from libs.events.command import Command
from libs.events.contracts.dossier import DossierHandedOver, DossierItem
from libs.events.decider import NotVisible, NotYours, Rule
from libs.events.testing import Given
from services.routing import case
from services.routing.transfer import (
    RULES,
    AcceptTransfer,
    ProposeTransfer,
    RefuseTransfer,
    RuleOwnership,
)
from tests.unit.matters import (
    CASE,
    CLUE,
    moved,
    proposed,
    refused,
    routed,
    ruled,
    transfer,
)
from tests.unit.offices import by

RULE: dict[type[Command], Rule[Any]] = {rule.command: rule for rule in RULES}


def propose(to_unit: str, number: int = 9) -> ProposeTransfer:
    return ProposeTransfer(
        case_id=CASE, transfer_id=transfer(number), to_unit=to_unit, reason="industry"
    )


ACCEPT = AcceptTransfer(case_id=CASE)
REFUSE = RefuseTransfer(case_id=CASE, reason="industry", article="WPR 7")


def rule(to_unit: str) -> RuleOwnership:
    return RuleOwnership(case_id=CASE, to_unit=to_unit, article="XF 24")


def owner(story: Given) -> str | None:
    held = story.state(case.KIND, CASE)
    assert isinstance(held, case.Case)
    return held.unit


def test_the_sender_stays_owner_until_the_other_unit_receives() -> None:
    """WPR 10 ¶3; domain §5.9, 1."""
    story = routed(proposed(1, "LC", "LI"))
    assert owner(story) == "LC"
    received = story.when(RULE[AcceptTransfer], ACCEPT, by("LI"))
    along = DossierHandedOver(
        case_id=CASE,
        from_unit="LC",
        to_unit="LI",
        ground="transferred",
        hop=1,
        items=(DossierItem(kind="statement", id=CLUE),),
        transfer_id=transfer(1),
    )
    received.then(moved(1, "LC", "LI")[1], along)
    assert owner(routed(*moved(1, "LC", "LI"))) == "LI"


def test_a_refusal_leaves_the_sender_responsible() -> None:
    story = routed(proposed(1, "LC", "LI"))
    story.when(RULE[RefuseTransfer], REFUSE, by("LI")).then(refused(1, "LC", "LI")[1])
    assert owner(routed(*refused(1, "LC", "LI"))) == "LC"


def test_after_one_refusal_nobody_proposes_again_r2() -> None:
    """R2 of the campaign; XF 24."""
    story = routed(*refused(1, "LC", "LI"))
    outcome = story.when(RULE[ProposeTransfer], propose("DO"), by("LC"))
    outcome.then_rejected("ruling-needed")
    assert outcome.refusal is not None
    assert outcome.refusal.article == "信访工作条例24"


def test_a_third_hop_is_refused_r4() -> None:
    """R4: after two hops the leading-group office rules."""
    story = routed(*moved(1, "LC", "DO"), *moved(2, "DO", "LI"))
    outcome = story.when(RULE[ProposeTransfer], propose("DO"), by("LI"))
    outcome.then_rejected("ruling-needed")


def test_two_hops_are_allowed() -> None:
    story = routed(*moved(1, "LC", "DO"))
    story.when(RULE[ProposeTransfer], propose("LI"), by("DO")).then_says(
        "TransferProposed"
    )


def test_the_office_rules_and_the_ruling_moves_the_case_at_once() -> None:
    story = routed(*refused(1, "LC", "LI"))
    outcome = story.when(RULE[RuleOwnership], rule("DO"), by("LG"))
    outcome.then_says("OwnershipRuled", "DossierHandedOver")
    assert outcome.events[0] == ruled("LC", "DO")
    assert owner(routed(*refused(1, "LC", "LI"), ruled("LC", "DO"))) == "DO"


@pytest.mark.parametrize("unit", ["LC", "LI", "DB", "HD"])
def test_nobody_but_the_leading_group_office_rules(unit: str) -> None:
    story = routed(*refused(1, "LC", "LI"))
    outcome = story.when(RULE[RuleOwnership], rule("DO"), by(unit))
    outcome.then_rejected("not-yours")
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("leading-group",)


def test_a_ruling_cannot_be_refused_r3() -> None:
    """R3: it binds (XF 24)."""
    story = routed(*refused(1, "LC", "LI"), ruled("LC", "DO"))
    story.when(RULE[RefuseTransfer], REFUSE, by("DO")).then_rejected("ruling-binds")


def test_a_ruled_case_is_not_handed_on() -> None:
    story = routed(ruled("LC", "DO"))
    story.when(RULE[ProposeTransfer], propose("LI"), by("DO")).then_rejected(
        "ruling-binds"
    )


def test_a_ruling_ends_a_transfer_that_waits() -> None:
    story = routed(proposed(1, "LC", "LI"), ruled("LC", "DO"))
    story.when(RULE[AcceptTransfer], ACCEPT, by("LI")).then_rejected("ruling-binds")


def test_only_the_unit_that_was_asked_receives_or_refuses() -> None:
    story = routed(proposed(1, "LC", "LI"))
    for command in (ACCEPT, REFUSE):
        outcome = story.when(RULE[type(command)], command, by("DB"))
        assert isinstance(outcome.refusal, NotYours)
        assert outcome.refusal.may == ("LI",)


def test_only_the_owner_proposes_and_is_told_who_may() -> None:
    story = routed(*moved(1, "LC", "LI"))
    outcome = story.when(RULE[ProposeTransfer], propose("DO"), by("LC"))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("LI",)


def test_a_unit_that_is_no_party_does_not_see_the_case() -> None:
    outcome = routed().when(RULE[ProposeTransfer], propose("LI"), by("DO"))
    assert isinstance(outcome.refusal, NotVisible)


@pytest.mark.parametrize("unit", ["ZZ", "AU", "OP", "XT"])
def test_a_case_goes_to_no_unit_that_cannot_own_it(unit: str) -> None:
    """Domain §5.9, 1: never without an owner."""
    story = routed()
    story.when(RULE[ProposeTransfer], propose(unit), by("LC")).then_rejected(
        "no-such-unit"
    )
    story.when(RULE[RuleOwnership], rule(unit), by("LG")).then_rejected("no-such-unit")


def test_one_transfer_at_a_time_and_never_to_oneself() -> None:
    waiting = routed(proposed(1, "LC", "LI"))
    waiting.when(RULE[ProposeTransfer], propose("DO"), by("LC")).then_rejected(
        "transfer-pending"
    )
    routed().when(RULE[ProposeTransfer], propose("LC"), by("LC")).then_rejected(
        "same-unit"
    )


def test_without_a_proposal_there_is_nothing_to_receive() -> None:
    routed().when(RULE[AcceptTransfer], ACCEPT, by("LC")).then_rejected("no-transfer")


def test_who_refused_still_sees_the_case() -> None:
    """Architecture §6: proposed, received or refused it."""
    story = routed(*refused(1, "LC", "LI"))
    story.when(RULE[AcceptTransfer], ACCEPT, by("LI")).then_rejected("no-transfer")
