"""One worker's money: five amounts that never overwrite each other."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from libs.events.command import Command
from libs.events.decider import Rule
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.events.views.testing import given as told_given
from libs.events.views.testing import recorded, told
from libs.money import Money
from services.enforcement import claim
from services.enforcement.payment import RULES as PAYMENT_RULES
from services.enforcement.payment import (
    ConfirmReceipt,
    DisputePayment,
    RecordWagesPaid,
    ReversePayment,
)
from services.enforcement.verification import RULES as VERIFICATION_RULES
from services.enforcement.verification import VerifyFacts, WithdrawClaim
from services.reporting.views import claim as ledger
from services.reporting.views import money as register
from tests.histories import many
from tests.unit.matters import (
    CASE,
    ONE,
    held,
    opened,
    ordered,
    paid,
    payment,
    verified,
    yuan,
)
from tests.unit.offices import WORKER, by

RULE: dict[type[Command], Rule[Any]] = {
    rule.command: rule for rule in (*PAYMENT_RULES, *VERIFICATION_RULES)
}
MOST = 30


def folded(*events: Event) -> claim.Claim:
    state = given(claim.KIND, ONE, *events).state(claim.KIND, ONE)
    assert isinstance(state, claim.Claim)
    return state


def row(*events: Event) -> ledger.ClaimRow:
    """Return the ledger's row, folded in any pages alike."""
    story = told_given(told(f"claim-{ONE}", *events), service="enforcement")
    view = None
    for event in story.events:
        view = ledger.evolve(view, event)
    assert view is not None
    story.project(ledger.VIEW).then({f"claim-{ONE}": view})
    return view


def test_the_five_amounts_stand_beside_each_other() -> None:
    """Domain §0, 9; S1 of the campaign."""
    found = row(
        opened(claimed=yuan(12_500)), verified(12_000), ordered(11_900), paid(100)
    )
    amounts = (
        found.claimed,
        found.verified,
        found.ordered,
        found.paid,
        found.confirmed,
    )
    assert amounts == (1_250_000, 1_200_000, 1_190_000, 10_000, 0)


def test_what_is_claimed_stays_below_what_is_verified() -> None:
    """S3b of the campaign: claimed 900k < verified; nothing is pulled up."""
    found = row(opened(claimed=yuan(9_000)), verified(9_800))
    assert (found.claimed, found.verified) == (900_000, 980_000)


def test_payable_is_unknown_where_nothing_was_verified() -> None:
    """Domain §5.9, 3: unknown is not zero."""
    before = row(opened(claimed=yuan(9_000)), paid(500))
    assert (before.payable, before.unpaid, before.overpaid) == (None, None, None)
    assert before.paid == 50_000
    assert folded(opened(claimed=yuan(9_000)), paid(500)).payable is None
    assert not folded(opened(claimed=yuan(9_000)), paid(500)).done


def test_an_order_stands_before_what_was_verified() -> None:
    assert folded(opened(), verified(100)).payable == yuan(100)
    assert folded(opened(), verified(100), ordered(90)).payable == yuan(90)
    assert row(opened(), verified(100), ordered(90)).payable == 9_000


def test_a_later_verification_takes_the_place_of_the_earlier() -> None:
    assert folded(opened(), verified(100), verified(80)).payable == yuan(80)


def test_nothing_found_is_done_and_owes_nothing() -> None:
    found = row(opened(claimed=yuan(9_000)), verified(0))
    assert (found.payable, found.unpaid, found.overpaid) == (0, 0, 0)
    assert folded(opened(), verified(0)).done


def test_money_above_what_is_owed_is_kept_and_shown_apart() -> None:
    found = row(opened(), verified(100), paid(130))
    assert (found.paid, found.unpaid, found.overpaid) == (13_000, 0, 3_000)


def test_a_claim_without_an_amount_is_a_claim() -> None:
    assert row(opened(claimed=None)).claimed is None


@dataclass(frozen=True)
class Try:
    """Somebody tries something; much of it is refused."""

    unit: str
    command: Command


AMOUNTS = st.sampled_from([0, 1, 50, 100, 150])


@st.composite
def tries(draw: st.DrawFn) -> list[Try]:
    made = []
    for number in range(draw(st.integers(0, MOST))):
        amount = Money(minor=draw(AMOUNTS), currency="CNY")
        which = payment(draw(st.integers(0, number)))
        one = {"case_id": CASE, "claim_id": ONE}
        fields = {**one, "payment_id": which}
        paying = {**one, "payment_id": payment(number), "amount": amount}
        command = draw(
            st.sampled_from(
                [
                    VerifyFacts.model_validate({**one, "verified": amount}),
                    RecordWagesPaid.model_validate(
                        {**paying, "payer": "employer", "proof": {"kind": "slip"}}
                    ),
                    RecordWagesPaid.model_validate(
                        {**paying, "payer": "owner", "proof": {"kind": "sheet"}}
                    ),
                    ReversePayment.model_validate({**fields, "reason": "r"}),
                    ConfirmReceipt.model_validate({**fields, "method": "call"}),
                    DisputePayment.model_validate({**fields, "reason": "r"}),
                    WithdrawClaim.model_validate({**one, "reason": "r"}),
                ]
            )
        )
        unit = draw(st.sampled_from(["LI", "LC", "DB", WORKER]))
        made.append(Try(unit, command))
    return made


def lived(attempts: list[Try]) -> list[Event]:
    story: Given = held()
    events: list[Event] = [opened(claimed=yuan(12_000))]
    for attempt in attempts:
        rule = RULE[type(attempt.command)]
        for new in story.when(rule, attempt.command, by(attempt.unit)).new:
            story = story.given(claim.KIND, ONE, new.event)
            events.append(new.event)
    return events


def moved(events: list[Event], kind: str) -> int:
    lines = [
        line
        for each in recorded(told(f"claim-{ONE}", *events))
        for line in register.facts(each)
        if line.kind == kind
    ]
    return sum(line.minor for line in lines)


@each(tries())
@settings(max_examples=many(80), deadline=None)
def test_the_money_adds_up_over_any_lawful_history(attempts: list[Try]) -> None:
    """Domain §5.9, 3: fold, ledger and register say the same."""
    events = lived(attempts)
    state, found = folded(*events), row(*events)
    assert found.paid == state.paid == moved(events, "paid")
    confirmed = [p for p in state.payments.values() if p.confirmed]
    assert found.confirmed == sum(p.amount.minor for p in confirmed)
    assert found.confirmed == moved(events, "confirmed")
    assert 0 <= found.confirmed <= found.paid
    assert (found.payable is None) == (found.unpaid is None) == (found.overpaid is None)
    if found.unpaid is not None and found.overpaid is not None:
        assert found.unpaid * found.overpaid == 0
        assert found.paid - (found.payable or 0) == found.overpaid - found.unpaid
    assert found.claimed == yuan(12_000).minor


@each(tries(), st.integers(0, MOST))
@settings(max_examples=many(40), deadline=None)
def test_replay_in_any_two_parts_is_one_replay(attempts: list[Try], cut: int) -> None:
    events = lived(attempts)
    whole = claim.KIND.fold(events)
    assert claim.KIND.fold(events[cut:], claim.KIND.fold(events[:cut])) == whole
