"""Clues about one fact share one case: claims, answers, owners and clocks follow."""

from random import Random

import pytest

from libs.events.contracts.routing import CaseClosed, CasesMerged, CaseSplit
from libs.ids import case_id, claim_id, deadline_id
from services.enforcement import claim
from services.enforcement import known as enforcement_known
from services.routing import case, deadline
from services.routing.case import ReopenCase
from services.routing.noting import NoteFact
from tests.unit.matters import CLUE
from tests.unit.offices import by, on
from tests.unit.three_services import World
from tests.unit.told_clues import (
    clue_id,
    conclude,
    events,
    link,
    register,
    reply,
    rule,
    unlink,
)

A, B, C = (case_id(clue_id(name)) for name in "ABC")
SEEDS = (0, 1, 2)


def pick(seed: int) -> Random:
    return Random(seed)


def settle(world: World, seed: int = 0) -> None:
    world.settle(pick(seed).randrange)


def told(seed: int, *, clocks: bool = False) -> World:
    """S5 of the campaign: A of the petition office, B and C of the window."""
    world = World(frozenset() if clocks else frozenset({"hear-event"}))
    register(world, "A", "PO", 7400, 6200)
    register(world, "B", "LC", 8000, 6200)
    register(world, "C", "LC", 5100)
    settle(world, seed)
    assert rule(world, "A", "LI") is None
    settle(world, seed)
    return world


def claims_of(world: World, name: str) -> list[claim.Claim]:
    held = world.state("enforcement", enforcement_known.KIND, case_id(clue_id(name)))
    return [world.state("enforcement", claim.KIND, one) for one in held.claims]


def the_case(world: World, name: str) -> case.Case:
    held: case.Case = world.state("routing", case.KIND, case_id(clue_id(name)))
    return held


@pytest.mark.parametrize("seed", SEEDS)
def test_linked_clues_share_a_case_and_claims_are_counted_once(seed: int) -> None:
    """S5, 11-23 (F-2.2.3c): B repeats A; in any order of hearing."""
    world = told(seed)
    assert link(world, "B", "A", "LC", (1, 1), (2, 2)) is None
    settle(world, seed)
    (merged,) = events(world, "CasesMerged")
    assert merged == CasesMerged(
        case_id=A, merged_case_id=B, clue_id=clue_id("B"), unit="LI", from_unit="LC"
    )
    assert CaseClosed(case_id=B, kind="merged") in events(world, "CaseClosed")
    held = claims_of(world, "A")
    assert [one.counts for one in held] == [True, True, False, False]
    assert {one.case_id for one in held} == {A}
    assert claims_of(world, "B") == []
    assert world.findings == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_merged_case_goes_where_the_other_goes(seed: int) -> None:
    """Invariant 1: each has one owner; owners of what was merged see the other."""
    world = told(seed)
    link(world, "B", "A", "LC", (1, 1))
    settle(world, seed)
    assert (the_case(world, "A").unit, the_case(world, "B").unit) == ("LI", "LI")
    assert {"PO", "LI", "LC"} <= the_case(world, "A").parties
    assert rule(world, "A", "DO") is None
    settle(world, seed)
    assert (the_case(world, "A").unit, the_case(world, "B").unit) == ("DO", "DO")
    assert reply(world, "B", "DO") is None


@pytest.mark.parametrize("seed", SEEDS)
def test_an_unlinked_clue_has_its_case_and_claims_again(seed: int) -> None:
    """S5, 12-01: C was linked wrongly; its case is split off with its number."""
    world = told(seed)
    link(world, "C", "A", "LC", (1, 2))
    settle(world, seed)
    assert [one.counts for one in claims_of(world, "A")] == [True, True, False]
    assert unlink(world, "C", "LC") is None
    settle(world, seed)
    (apart,) = events(world, "CaseSplit")
    assert apart == CaseSplit(
        case_id=A, new_case_id=C, clue_id=clue_id("C"), ground="unlinked", unit="LI"
    )
    assert (the_case(world, "C").closed, the_case(world, "C").unit) == (None, "LI")
    assert [one.counts for one in claims_of(world, "C")] == [True]
    assert len(claims_of(world, "A")) == 2
    assert world.findings == []


@pytest.mark.parametrize("seed", SEEDS)
def test_f_2_2_0_the_case_closes_when_each_channel_was_answered(seed: int) -> None:
    """Domain §5.4: both get their answer; the surviving case waits for the last."""
    world = told(seed)
    link(world, "B", "A", "LC", (1, 1), (2, 2))
    settle(world, seed)
    conclude(world, "A")
    assert reply(world, "A", "LI") is None
    settle(world, seed)
    assert the_case(world, "A").closed is None
    assert reply(world, "B", "LI") is None
    settle(world, seed)
    assert (the_case(world, "A").closed, the_case(world, "B").closed) == (
        "paid",
        "merged",
    )


def test_an_answer_of_before_is_carried_along() -> None:
    world = told(0)
    assert reply(world, "B", "LC") is None
    link(world, "B", "A", "LC", (1, 1), (2, 2))
    settle(world)
    conclude(world, "A")
    reply(world, "A", "LI")
    settle(world)
    assert the_case(world, "A").closed == "paid"


def test_what_is_left_closes_when_the_one_it_waited_for_is_unlinked() -> None:
    world = told(0)
    link(world, "C", "A", "LC", (1, 1))
    settle(world)
    conclude(world, "A")
    reply(world, "A", "LI")
    settle(world)
    assert the_case(world, "A").closed is None
    unlink(world, "C", "LC")
    settle(world)
    assert (the_case(world, "A").closed, the_case(world, "C").closed) == ("paid", None)


def test_a_closed_case_that_takes_one_in_is_open_again() -> None:
    """`new_claim`: what comes in has to be decided; who was answered stays so."""
    world = told(0)
    conclude(world, "A")
    reply(world, "A", "LI")
    settle(world)
    assert the_case(world, "A").closed == "paid"
    link(world, "C", "A", "LC")
    settle(world)
    assert the_case(world, "A").closed is None
    assert [e.model_dump()["reason"] for e in events(world, "CaseReopened")] == [
        "new_claim"
    ]


def test_a_filed_case_goes_into_no_other() -> None:
    """Two proceedings are not one: it is a finding, and the claims are marked."""
    world = told(0)
    said = {"case_id": B, "fact": "filed", "subject": B, "cause": CLUE, "unit": "DB"}
    fact = NoteFact.model_validate(said | {"at": on(11, 20)})
    assert world.do("routing", fact, by("system")) is None
    link(world, "B", "A", "LC", (1, 1), (2, 2))
    settle(world)
    assert world.findings == [("merge-cases", "filed-already")]
    assert the_case(world, "B").closed is None
    assert [one.counts for one in claims_of(world, "B")] == [False, False]


def test_nobody_reopens_a_merged_case_by_itself() -> None:
    world = told(0)
    link(world, "B", "A", "LC")
    settle(world)
    again = ReopenCase(case_id=B, reason="review")
    assert world.do("routing", again, by("LG")) == "case-merged"


def due(world: World, name: str) -> deadline.Deadline:
    subject = deadline_id("CLK-02", case_id(clue_id(name)))
    held: deadline.Deadline = world.state("routing", deadline.KIND, subject)
    return held


def test_each_channel_keeps_its_clock_when_cases_merge() -> None:
    """CLK-02 of a merged clue runs on; an act on the case ends it, too."""
    world = told(0, clocks=True)
    link(world, "C", "A", "LC")
    settle(world)
    assert due(world, "C").running
    assert due(world, "A").running
    conclude(world, "A")
    reply(world, "A", "LI")
    reply(world, "C", "LI")
    settle(world)
    assert the_case(world, "A").closed == "paid"
    assert (due(world, "A").running, due(world, "C").running) == (False, False)


def test_the_acceptance_clock_stops_when_every_claim_is_marked_duplicate() -> None:
    """CLK-02: nothing is left to accept; un-linked, it is counted anew."""
    world = told(0, clocks=True)
    link(world, "B", "A", "LC", (1, 1))
    settle(world)
    assert due(world, "B").running
    unlink(world, "B", "LC")
    settle(world)
    assert link(world, "B", "A", "LI", (1, 1), (2, 2)) is None
    settle(world)
    assert due(world, "B").stopped_by == "ClaimMarkedDuplicate"
    assert due(world, "A").running
    unlink(world, "B", "LC")
    settle(world)
    assert due(world, "B").running
    assert world.state("enforcement", claim.KIND, claim_id(clue_id("B"), 1)).counts
