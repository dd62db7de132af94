"""Payments are kept, confirmed by another person, disputed and reversed."""

from typing import Any
from uuid import UUID

import pytest

from libs.events.command import Command
from libs.events.contracts.enforcement import (
    CaseConcluded,
    WagePaymentDisputed,
    WagePaymentReversed,
    WageReceiptConfirmed,
    WagesPaid,
)
from libs.events.decider import NotVisible, NotYours, Rule
from libs.events.testing import Outcome
from libs.ids import named
from services.enforcement.payment import (
    RULES,
    ConfirmReceipt,
    DisputePayment,
    RecordWagesPaid,
    ReversePayment,
)
from tests.unit.matters import (
    CASE,
    ONE,
    OTHER_CASE,
    held,
    noted,
    paid,
    payment,
    verified,
    yuan,
)
from tests.unit.offices import WORKER, by, officer, on

RULE: dict[type[Command], Rule[Any]] = {rule.command: rule for rule in RULES}
ON_CLAIM: dict[str, Any] = {"case_id": CASE, "claim_id": ONE, "payment_id": payment(1)}
CONCLUDED = CaseConcluded(case_id=CASE, kind="paid", by_district=False)


def record(**more: Any) -> RecordWagesPaid:
    said = {"amount": yuan(12_000), "payer": "employer", "proof": {"kind": "slip"}}
    return RecordWagesPaid.model_validate({**ON_CLAIM, **said, **more})


def confirm(method: str = "call") -> ConfirmReceipt:
    return ConfirmReceipt.model_validate({**ON_CLAIM, "method": method})


DISPUTE = DisputePayment(**ON_CLAIM, reason="card-held-by-manager")
REVERSE = ReversePayment(**ON_CLAIM, reason="card-held-by-manager")


def confirmed() -> WageReceiptConfirmed:
    return WageReceiptConfirmed(
        **ON_CLAIM,
        person_id=named("test-person", 1),
        amount=yuan(12_000),
        method="call",
    )


def disputed(**more: Any) -> WagePaymentDisputed:
    return WagePaymentDisputed(
        **ON_CLAIM,
        person_id=named("test-person", 1),
        amount=yuan(12_000),
        reason="card-held-by-manager",
        **more,
    )


def test_a_payment_names_payer_proof_and_who_recorded_it() -> None:
    """WPR 31; domain §5.3."""
    outcome = held().when(RULE[RecordWagesPaid], record(), by("LI"))
    (fact,) = outcome.events
    assert isinstance(fact, WagesPaid)
    assert (fact.payer, fact.proof.kind, fact.recorder_id) == (
        "employer",
        "slip",
        officer("LI"),
    )


def test_a_payment_that_happened_before_keeps_its_day() -> None:
    """S12 of the campaign: paid 12-15, entered 12-27."""
    command = record(occurred_at=on(12, 15))
    outcome = held().when(RULE[RecordWagesPaid], command, by("LI", on(12, 27)))
    assert outcome.new[0].occurred_at == on(12, 15)


def test_more_than_is_owed_is_recorded_all_the_same() -> None:
    story = held(one=(verified(10),))
    story.when(RULE[RecordWagesPaid], record(amount=yuan(99)), by("LI")).then_says(
        "WagesPaid"
    )


def test_a_payment_on_a_claim_without_a_known_sum_is_recorded() -> None:
    held().when(RULE[RecordWagesPaid], record(), by("DB")).then_says("WagesPaid")


@pytest.mark.parametrize("closed", [(), (noted("closed"),)])
def test_money_that_comes_late_is_never_turned_away(closed: tuple[Any, ...]) -> None:
    held(*closed).when(RULE[RecordWagesPaid], record(), by("LI")).then_says("WagesPaid")


def test_the_same_payment_is_not_recorded_twice() -> None:
    story = held(one=(paid(12_000),))
    story.when(RULE[RecordWagesPaid], record(), by("LI")).then_rejected("payment-known")


def test_zero_is_no_payment_and_currencies_are_never_mixed() -> None:
    story, rule = held(), RULE[RecordWagesPaid]
    story.when(rule, record(amount=yuan(0)), by("LI")).then_rejected(
        "amount-not-positive"
    )
    dollars = record(amount={"minor": 100, "currency": "USD"})
    story.when(rule, dollars, by("LI")).then_rejected("currency-differs")


def test_only_who_holds_the_case_or_the_district_records() -> None:
    outcome = held().when(RULE[RecordWagesPaid], record(), by("LC"))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("LI", "brigade")


def test_a_unit_without_a_part_in_the_case_sees_no_claim() -> None:
    outcome = held().when(RULE[RecordWagesPaid], record(), by("DO"))
    assert isinstance(outcome.refusal, NotVisible)


def test_a_claim_of_another_case_is_not_found() -> None:
    story = held()
    story = type(story)(
        {
            **story.streams,
            f"known-{OTHER_CASE}": story.streams[f"known-{CASE}"],
        }
    )
    outcome = story.when(RULE[RecordWagesPaid], record(case_id=OTHER_CASE), by("LI"))
    assert isinstance(outcome.refusal, NotVisible)


def test_who_recorded_a_payment_does_not_confirm_it_r1() -> None:
    """R1 of the campaign: DB confirms its own entry."""
    story = held(one=(paid(12_000, recorder=officer("DB")),))
    story.when(RULE[ConfirmReceipt], confirm(), by("DB")).then_rejected(
        "recorder-confirms"
    )


@pytest.mark.parametrize(("unit", "number"), [("LC", 1), ("DB", 1), ("DB", 2)])
def test_another_person_confirms(unit: str, number: int) -> None:
    story = held(one=(paid(12_000),))
    outcome = story.when(RULE[ConfirmReceipt], confirm(), by(unit, number=number))
    outcome.then(confirmed())


@pytest.mark.parametrize("command", [confirm(), DISPUTE])
def test_who_handles_the_case_calls_nobody_back(command: Any) -> None:
    """Domain §5.8: the window, the petition office, the district and the worker."""
    story = held(one=(paid(12_000),))
    outcome = story.when(RULE[type(command)], command, by("LI", number=2))
    assert isinstance(outcome.refusal, NotYours)
    assert "centre" in outcome.refusal.may


def test_the_worker_confirms_and_says_so() -> None:
    story = held(one=(paid(12_000),))
    said = story.when(RULE[ConfirmReceipt], confirm("worker_online"), by(WORKER))
    said.then_says("WageReceiptConfirmed")


def test_nobody_else_gives_the_workers_own_word() -> None:
    story = held(one=(paid(12_000),))
    story.when(RULE[ConfirmReceipt], confirm("worker_online"), by("LC")).then_rejected(
        "not-the-worker"
    )


def test_a_payment_is_confirmed_once() -> None:
    story = held(one=(paid(12_000), confirmed()))
    story.when(RULE[ConfirmReceipt], confirm(), by("LC")).then_nothing()


def test_a_payment_nobody_made_is_not_confirmed() -> None:
    held().when(RULE[ConfirmReceipt], confirm(), by("LC")).then_rejected(
        "no-such-payment"
    )


def test_a_dispute_stands_beside_the_payment_and_voids_its_confirmation() -> None:
    story = held(one=(paid(12_000), confirmed()))
    outcome = story.when(RULE[DisputePayment], DISPUTE, by(WORKER))
    outcome.then(disputed(confirmed_before=True))
    held(one=(paid(12_000),)).when(RULE[DisputePayment], DISPUTE, by("LC")).then(
        disputed()
    )


def test_a_dispute_is_said_once() -> None:
    story = held(one=(paid(12_000), disputed()))
    story.when(RULE[DisputePayment], DISPUTE, by(WORKER)).then_nothing()


def test_a_disputed_payment_can_be_confirmed_after_all() -> None:
    story = held(one=(paid(12_000), disputed()))
    story.when(RULE[ConfirmReceipt], confirm(), by("LC")).then(confirmed())


def reversed_(outcome: Outcome) -> WagePaymentReversed:
    (fact,) = outcome.events
    assert isinstance(fact, WagePaymentReversed)
    return fact


@pytest.mark.parametrize("was_confirmed", [False, True])
def test_a_reversal_voids_the_confirmation(*, was_confirmed: bool) -> None:
    """Architecture §1, ids."""
    before = (paid(12_000), *([confirmed()] if was_confirmed else []))
    outcome = held(one=before).when(RULE[ReversePayment], REVERSE, by("LI"))
    assert reversed_(outcome).confirmed_before is was_confirmed
    assert reversed_(outcome).amount == yuan(12_000)


def test_a_confirmation_that_a_dispute_voided_is_not_voided_twice() -> None:
    story = held(one=(paid(12_000), confirmed(), disputed(confirmed_before=True)))
    outcome = story.when(RULE[ReversePayment], REVERSE, by("LI"))
    assert not reversed_(outcome).confirmed_before


@pytest.mark.parametrize("command", [confirm(), DISPUTE, REVERSE])
def test_a_reversed_payment_is_over(command: Any) -> None:
    back = held(one=(paid(12_000),)).when(RULE[ReversePayment], REVERSE, by("LI"))
    story = held(one=(paid(12_000), *back.events))
    story.when(RULE[type(command)], command, by("DB")).then_rejected("payment-reversed")


def test_a_reversal_lifts_a_conclusion_that_did_not_yet_close_the_case() -> None:
    story = held(one=(paid(12_000),), proceeding_=(CONCLUDED,))
    outcome = story.when(RULE[ReversePayment], REVERSE, by("LI"))
    outcome.then_says("WagePaymentReversed", "EnforcementCaseFactNoted")


def test_a_reversal_in_a_closed_case_leaves_the_reopening_to_routing() -> None:
    story = held(noted("closed"), one=(paid(12_000),), proceeding_=(CONCLUDED,))
    story.when(RULE[ReversePayment], REVERSE, by("LI")).then_says("WagePaymentReversed")


def test_everything_about_a_claim_shares_its_cases_partition() -> None:
    """Architecture §2: the case id at opening, never changed."""
    outcome = held().when(RULE[RecordWagesPaid], record(), by("LI"))
    assert {new.partition_key for new in outcome.new} == {str(CASE)}
    assert UUID(outcome.new[0].stream[-36:]) == ONE
