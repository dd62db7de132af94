"""Ten workers in open claims make a group case, a review unmakes it (F-1.5)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from libs.events.contracts.groups import GroupFlagLifted
from libs.events.views.testing import given, told
from libs.ids import case_id, claim_id
from services.enforcement import claim, grouping
from services.enforcement.grouping import CheckGroup, LiftGroupFlag
from services.enforcement.thresholds import RULES, group_threshold
from services.enforcement.verification import WithdrawClaim
from services.reporting.views import group as group_view
from tests.unit.group_scenes import FLAGGED
from tests.unit.matters import CASE
from tests.unit.offices import by, on
from tests.unit.three_services import World
from tests.unit.told_clues import clue_id, events, link, register, unlink

A, B = (case_id(clue_id(name)) for name in "AB")
TEN = (1000,) * 10


def told_of(**workers: int) -> World:
    """Clues of the window, each of so many workers: worker n is one person in all."""
    world = World(frozenset({"hear-event"}))
    for name, count in workers.items():
        register(world, name, "LC", *(1000,) * count)
    settle(world)
    return world


def settle(world: World) -> None:
    world.settle(lambda _: 0)


def withdraw(world: World, name: str, *ordinals: int) -> None:
    for ordinal in ordinals:
        command = WithdrawClaim(
            case_id=case_id(clue_id(name)),
            claim_id=claim_id(clue_id(name), ordinal),
            reason="own-wish",
        )
        assert world.do("enforcement", command, by("DB")) is None
    settle(world)


def lift(world: World, unit: str = "LG") -> str | None:
    command = LiftGroupFlag(case_id=A, reason="too-few-workers")
    refused = world.do("enforcement", command, by(unit))
    settle(world)
    return refused


def counts(world: World) -> list[tuple[str, int]]:
    """Return what was said of groups, each with the workers that were counted."""
    said = events(world, "CaseFlaggedAsGroup", "GroupFlagLifted")
    return [(one.name, one.model_dump()["workers"]) for one in said]


def flagged(world: World) -> list[UUID]:
    """Return the cases that were flagged, in order."""
    said = events(world, "CaseFlaggedAsGroup")
    return [one.model_dump()["case_id"] for one in said]


def test_f_1_5_ten_workers_flag_a_case_once() -> None:
    """F-1.5; LMAL 7: the tenth of a roster flags it, the eleventh says nothing new."""
    world = told_of(A=9)
    assert counts(world) == []
    world = told_of(A=12)
    (said,) = events(world, "CaseFlaggedAsGroup")
    assert said == FLAGGED.model_copy(update={"case_id": A})


def test_the_threshold_is_data_with_a_source_and_a_first_day() -> None:
    (rule,) = RULES.thresholds
    assert (rule.workers, rule.instrument, rule.article) == (
        10,
        "劳动争议调解仲裁法",
        "第七条",
    )
    assert group_threshold(date(2008, 4, 30)) is None
    later = rule.model_copy(
        update={"version": 2, "workers": 5, "effective_from": date(2024, 1, 1)}
    )
    both = RULES.model_copy(update={"thresholds": (rule, later)})
    assert group_threshold(date(2023, 12, 31), both) is rule
    assert group_threshold(date(2024, 1, 1), both) is later


def test_a_merge_flags_the_case_that_takes_the_others_in() -> None:
    """Domain §5.4: distinct workers of both; who stands in both is one."""
    world = told_of(A=6)
    register(world, "B", "LC", *(1000,) * 10)
    settle(world)
    assert link(world, "B", "A", "LC") is None
    settle(world)
    assert flagged(world) == [B, A]
    assert counts(world)[1] == ("CaseFlaggedAsGroup", 10)


def test_one_worker_with_many_claims_is_no_group() -> None:
    """Each clue's workers 1 to 6 are the same persons: six, whatever they claim."""
    world = told_of(A=6, B=6)
    assert link(world, "B", "A", "LC") is None
    settle(world)
    listed = [world.state("enforcement", claim.KIND, claim_id(clue_id("B"), 1))]
    assert [one.case_id for one in listed] == [A]
    assert counts(world) == []


def test_what_counts_elsewhere_or_was_given_up_makes_no_group() -> None:
    """The tenth worker withdrew, or is the first one under another number."""
    world = told_of(A=9, B=10)
    withdraw(world, "B", 10)
    link(world, "B", "A", "LC")
    settle(world)
    assert flagged(world) == [B]
    world = told_of(A=9, B=10)
    link(world, "B", "A", "LC", (10, 1))
    settle(world)
    assert flagged(world) == [B]


def test_fewer_workers_lift_no_flag_and_a_review_does() -> None:
    world = told_of(A=11)
    withdraw(world, "A", 1, 2, 3)
    assert counts(world) == [("CaseFlaggedAsGroup", 11)]
    assert lift(world, "LC") == "not-yours"
    assert lift(world) is None
    assert counts(world)[1:] == [("GroupFlagLifted", 8)]
    assert lift(world) == "not-a-group"


def test_after_a_review_only_more_workers_flag_it_again() -> None:
    world = told_of(A=11)
    assert lift(world) is None
    check = CheckGroup(case_id=A, at=on(11, 20))
    assert world.do("enforcement", check, by("system")) is None
    assert len(counts(world)) == 2
    register(world, "B", "LC", *(1000,) * 12)
    settle(world)
    link(world, "B", "A", "LC")
    settle(world)
    assert counts(world)[-1] == ("CaseFlaggedAsGroup", 12)
    assert flagged(world) == [A, B, A]


def test_an_unlinked_case_keeps_its_flag_until_the_review() -> None:
    world = told_of(A=4)
    register(world, "B", "LC", *TEN)
    settle(world)
    link(world, "B", "A", "LC")
    settle(world)
    assert unlink(world, "B", "LC") is None
    settle(world)
    flags = [world.state("enforcement", grouping.KIND, one).flagged for one in (A, B)]
    assert flags == [True, True]


def test_the_view_keeps_the_flag_and_its_review() -> None:
    stream = f"group-{CASE}"
    lifted = GroupFlagLifted(case_id=CASE, workers=8, reason="too-few-workers")
    flag = told(stream, FLAGGED, occurred_at=on(11, 13))
    row = group_view.GroupRow(CASE, 12, 10, "GRP-01", 1, on(11, 13))
    given(flag).project(group_view.VIEW).then({stream: row})
    review = told(stream, lifted, occurred_at=on(11, 20))
    ended = replace(row, lifted="too-few-workers", lifted_at=on(11, 20))
    given(flag, review).project(group_view.VIEW).then({stream: ended})
