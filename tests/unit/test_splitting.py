"""Claims that part become a case of their own; both keep numbers and clocks (§5.4)."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.events.contracts.enforcement import (
    CaseConcluded,
    CaseFactNoted,
    ClaimListed,
    ClaimWithdrawn,
    PaymentOrdered,
)
from libs.events.contracts.groups import ClaimsSplitOff
from libs.events.contracts.merging import (
    ClaimDelisted,
    ClaimMarkedDuplicate,
    ClaimMoved,
)
from libs.events.contracts.parts import OrderLine
from libs.events.contracts.routing import CaseAssigned, CaseOpened, CaseSplit
from libs.events.event import Event, New
from libs.events.testing import Given
from libs.events.views.testing import given, told
from libs.ids import case_id, claim_id, deadline_id, named
from services.enforcement import claim, known, proceeding, splitting
from services.enforcement.payment import RecordWagesPaid
from services.enforcement.splitting import SplitClaims
from services.reporting.views import part as part_view
from services.routing import case, deadline
from services.routing import splitting as opening
from tests.unit.group_scenes import PART, of_two
from tests.unit.matters import (
    CASE,
    CLUE,
    EMPLOYER,
    FILED,
    ONE,
    ORDER,
    TWO,
    routed,
    yuan,
)
from tests.unit.offices import by, on
from tests.unit.three_services import World
from tests.unit.told_clues import clue_id, conclude, events, link, register, unlink

(RULE,) = splitting.RULES
A, B = (case_id(clue_id(name)) for name in "AB")
SPLIT = SplitClaims(
    case_id=CASE, new_case_id=PART, claim_ids=(TWO,), ground="other_forum"
)


def with_steps(*steps: Event) -> Given:
    return of_two("LI").given(proceeding.KIND, CASE, *steps)


def ordered(*claims: tuple[str, int]) -> PaymentOrdered:
    named_claims = {"one": ONE, "two": TWO}
    return PaymentOrdered.model_validate(
        {
            "case_id": CASE,
            "order_id": ORDER,
            "pay_by": "2023-12-11",
            "lines": [
                OrderLine(claim_id=named_claims[name], amount=yuan(amount))
                for name, amount in claims
            ],
        }
    )


def test_the_chosen_claim_moves_and_both_cases_have_an_owner() -> None:
    """Every act in one append: nobody is without an owner, no claim without a case."""
    stamp = by("LI")
    cause = stamp.command_id
    of_two("LI").when(RULE, SPLIT, stamp).then(
        ClaimsSplitOff(
            case_id=CASE,
            new_case_id=PART,
            claim_ids=(TWO,),
            ground="other_forum",
            unit="LI",
        ),
        CaseFactNoted(case_id=PART, fact="opened", unit="LI", cause=cause),
        ClaimMoved(claim_id=TWO, case_id=PART, clue_id=CLUE, from_case_id=CASE),
        ClaimDelisted(case_id=CASE, claim_id=TWO, cause=cause),
        ClaimListed(case_id=PART, claim_id=TWO),
    )


def test_f_2_3_0_an_order_is_not_torn_in_two() -> None:
    """LIR 26: who stands in the order stays; who does not may part."""
    both = with_steps(FILED, ordered(("one", 100), ("two", 100)))
    both.when(RULE, SPLIT, by("DB")).then_rejected("order-torn")
    one = with_steps(FILED, ordered(("one", 100)))
    assert one.when(RULE, SPLIT, by("DB")).events
    two = with_steps(FILED, ordered(("two", 100)))
    two.when(RULE, SPLIT, by("DB")).then_rejected("order-torn")


def test_a_filed_case_is_split_by_the_district_alone() -> None:
    filed = with_steps(FILED)
    filed.when(RULE, SPLIT, by("LI")).then_rejected("not-yours")
    assert filed.when(RULE, SPLIT, by("DB")).events


def with_claim(claim_id: UUID, event: Event) -> Given:
    return of_two("LI").given(claim.KIND, claim_id, event)


def withdrawn(claim_id: UUID) -> ClaimWithdrawn:
    return ClaimWithdrawn(
        claim_id=claim_id, case_id=CASE, clue_id=CLUE, reason="own-wish"
    )


TWICE = ClaimMarkedDuplicate(claim_id=TWO, case_id=CASE, clue_id=CLUE, of_claim_id=ONE)
GONE = ClaimMoved(claim_id=TWO, case_id=PART, clue_id=CLUE, from_case_id=CASE)
OVER = CaseConcluded(case_id=CASE, kind="paid", by_district=False)
CLOSED = CaseFactNoted(case_id=CASE, fact="closed", cause=CLUE)


@pytest.mark.parametrize(
    ("story", "code"),
    [
        (with_steps(OVER), "concluded-already"),
        (of_two("LI").given(known.KIND, CASE, CLOSED), "case-closed"),
        (with_claim(TWO, withdrawn(TWO)), "claim-withdrawn"),
        (with_claim(TWO, TWICE), "claim-duplicate"),
        (with_claim(ONE, withdrawn(ONE)), "nothing-left"),
        (with_claim(TWO, GONE), "not-found"),
    ],
)
def test_what_cannot_part_is_refused(story: Given, code: str) -> None:
    story.when(RULE, SPLIT, by("LI")).then_rejected(code)


def test_another_unit_splits_nobodys_case() -> None:
    of_two("LI").when(RULE, SPLIT, by("LM")).then_rejected("not-found")
    of_two("LI").when(RULE, SPLIT, by("LC")).then_rejected("not-yours")


def told_of(*amounts: int, clocks: bool = False) -> World:
    world = World(frozenset() if clocks else frozenset({"hear-event"}))
    register(world, "A", "LC", *amounts)
    settle(world)
    return world


def settle(world: World) -> None:
    world.settle(lambda _: 0)


def part(world: World, *ordinals: int) -> None:
    command = SplitClaims(
        case_id=A,
        new_case_id=PART,
        claim_ids=tuple(claim_id(clue_id("A"), n) for n in ordinals),
        ground="part_settled",
    )
    assert world.do("enforcement", command, by("DB")) is None
    settle(world)


def test_routing_opens_the_part_with_a_number_and_both_name_each_other() -> None:
    """The clue and its author stay with the old case; the number is of the year."""
    world = told_of(100, 200)
    part(world, 2)
    opened = events(world, "CaseOpened")[-1]
    assert opened == CaseOpened(
        case_id=PART,
        clue_id=clue_id("A"),
        first_asked_unit="LC",
        channel="window",
        employer_id=EMPLOYER.employer_id,
        split_from=A,
    )
    assert events(world, "CaseSplit") == [
        CaseSplit(
            case_id=A,
            new_case_id=PART,
            clue_id=clue_id("A"),
            ground="part_settled",
            unit="LC",
            claim_ids=(claim_id(clue_id("A"), 2),),
        )
    ]
    assert world.findings == []
    held = world.state("routing", case.KIND, PART)
    assert (held.unit, held.waiting) == ("LC", frozenset())
    noted = [e.model_dump() for e in events(world, "EnforcementCaseFactNoted")]
    facts = [one["fact"] for one in noted if one["case_id"] == PART]
    # Owned by the split's own word: that it was opened makes nobody else its owner.
    assert facts == ["opened", "clue_registered", "owned"]


def test_the_part_draws_a_number_of_its_own_series() -> None:
    (rule,) = opening.RULES
    command = opening.OpenPart(
        case_id=CASE,
        new_case_id=PART,
        claim_ids=(TWO,),
        ground="other_forum",
        at=on(11, 20),
    )
    outcome = routed().when(rule, command, by("system"))
    series = outcome.new[0].series
    assert series is not None
    assert (series.area, series.kind) == ("310199001", "AJ")
    outcome.then_says("CaseOpened", "CaseAssigned", "CaseSplit", "DossierHandedOver")
    told_twice = routed().given(case.KIND, PART, *outcome.events[:2])
    told_twice.when(rule, command, by("system")).then_nothing()
    assert CaseAssigned(case_id=PART, unit="LC") in outcome.events


def test_the_part_closes_with_its_conclusion_and_the_old_case_waits_on() -> None:
    """The author is answered on the old case; on the part nobody waits."""
    world = told_of(100, 200)
    part(world, 2)
    concluded = CaseConcluded(case_id=PART, kind="other_forum", by_district=False)
    world.tell("enforcement", New(proceeding.KIND.stream(PART), concluded))
    settle(world)
    assert world.state("routing", case.KIND, PART).closed == "other_forum"
    conclude(world, "A")
    settle(world)
    assert world.state("routing", case.KIND, A).closed is None


def test_each_case_keeps_the_clocks_of_its_own_acts() -> None:
    """CLK-02 runs on for the complaint (LIR-IR 18); the part's starts none."""
    world = told_of(100, 200, clocks=True)
    part(world, 2)
    running = [
        world.state("routing", deadline.KIND, deadline_id("CLK-02", one)).running
        for one in (A, PART)
    ]
    assert running == [True, False]


def test_what_was_split_off_stays_when_its_clue_is_linked_and_unlinked() -> None:
    world = told_of(100, 200)
    part(world, 2)
    register(world, "B", "LC", 50)
    settle(world)
    assert link(world, "A", "B", "LC") is None
    settle(world)
    assert unlink(world, "A", "LC") is None
    settle(world)
    places = [
        world.state("enforcement", claim.KIND, claim_id(clue_id("A"), n)).case_id
        for n in (1, 2)
    ]
    assert places == [A, PART]
    assert world.findings == []


def test_the_worker_of_a_part_is_still_found_by_the_old_case() -> None:
    """A printed code names the case that the claim was opened in."""
    world = told_of(100, 200)
    part(world, 2)
    this = claim_id(clue_id("A"), 2)
    for where in (A, PART):
        paid = RecordWagesPaid.model_validate(
            {
                "case_id": where,
                "claim_id": this,
                "payment_id": named("test-payment", where),
                "amount": yuan(1),
                "payer": "employer",
                "proof": {"kind": "bank-slip"},
            }
        )
        assert world.do("enforcement", paid, by("LC")) is None
    assert {e.model_dump()["case_id"] for e in events(world, "WagesPaid")} == {PART}


def test_the_view_keeps_where_a_part_came_from() -> None:
    opened = CaseOpened(
        case_id=PART,
        clue_id=CLUE,
        first_asked_unit="LC",
        channel="window",
        employer_id=EMPLOYER.employer_id,
        split_from=CASE,
    )
    stream, at = f"case-{PART}", datetime(2023, 11, 20, tzinfo=UTC)
    row = part_view.PartRow(PART, CASE, CASE, None, at)
    given(told(stream, opened, occurred_at=at)).project(part_view.VIEW).then(
        {stream: row}
    )
    whole = opened.model_copy(update={"split_from": None})
    given(told(stream, whole)).project(part_view.VIEW).then({})
