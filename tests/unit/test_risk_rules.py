"""Risk rules (domain §5.6): data with days, put in force by two; facts in one table."""

from datetime import date

import pytest

from libs.events.contracts.channels import (
    RiskSignalReceived,
    SignalDismissed,
    SignalLinkedToClue,
)
from libs.events.contracts.duties import EarlyWarningAcknowledged
from libs.events.contracts.enforcement import (
    ClaimWithdrawn,
    PaymentOrderExpired,
    PaymentOrderSatisfied,
    PaymentOrderUnsatisfied,
    WagePaymentReversed,
)
from libs.events.contracts.merging import (
    ClaimDuplicateLifted,
    ClaimMarkedDuplicate,
    ClaimMoved,
)
from libs.events.contracts.risk import (
    RiskRules,
    RiskRulesAdopted,
    RiskRulesDrafted,
)
from libs.events.contracts.routing import CaseAdopted, CaseClosed, CaseReopened
from libs.events.event import Event
from libs.events.views.testing import told
from libs.ids import named
from libs.risk_rules import load_risk_rules, risk_rules_text, version_of
from services.routing import risk_rules
from services.routing.risk_rules import (
    BOOK,
    KIND,
    AdoptRiskRules,
    DraftRiskRules,
    SeedRiskRules,
)
from services.routing.risk_sources import VIEW, RiskSource, key_of
from services.routing.seeding import RULES as FILES
from tests.unit.duty_scenes import WARNING, row_of, warned
from tests.unit.matters import (
    CASE,
    CLUE,
    EMPLOYER,
    ONE,
    OPENED,
    ORDER,
    OTHER_CASE,
    opened,
    ordered,
    paid,
    payment,
    routed,
    verified,
    yuan,
)
from tests.unit.offices import SYSTEM, by

SHIPPED = load_risk_rules(FILES.joinpath("risk.toml").read_text("utf-8"))
DRAFT, ADOPT, SEED = risk_rules.RULES
PAPER = named("test-draft")
FIRST = SHIPPED.factors[0]
SCALE = SHIPPED.scales[0]
STRICTER = SHIPPED.model_copy(
    update={"scales": (*SHIPPED.scales, SCALE.model_copy(update={"version": 2}))}
)
LAY = DraftRiskRules(draft_id=PAPER, rules=STRICTER)
LAID = RiskRulesDrafted(
    draft_id=PAPER,
    drafter_id=by("LG").actor.id,
    rules_version=version_of(STRICTER),
    rules=STRICTER,
)
SEEDED = RiskRulesAdopted(
    draft_id=None,
    rules_version=version_of(SHIPPED),
    known_on=date(2023, 11, 13),
    rules=SHIPPED,
)
ADOPTED = RiskRulesAdopted(
    draft_id=PAPER,
    rules_version=version_of(STRICTER),
    known_on=date(2023, 11, 13),
    rules=STRICTER,
)


def test_the_file_is_read_and_written_alike() -> None:
    assert load_risk_rules(risk_rules_text(STRICTER)) == STRICTER
    assert {one.fact for one in SHIPPED.factors} == {
        "workers", "months", "unpaid", "cases", "prior_cases", "orders_expired",
        "pay_signals", "funding_signals", "warnings", "festival_days",
    }  # fmt: skip


def test_one_drafts_and_another_puts_in_force() -> None:
    laid = routed().given(KIND, BOOK, SEEDED)
    laid.when(DRAFT, LAY, by("LG")).then(LAID)
    laid.when(DRAFT, LAY, by("LI")).then_rejected("not-yours")
    same = LAY.model_copy(update={"rules": SHIPPED})
    laid.when(DRAFT, same, by("LG")).then_rejected("rules-in-force")
    drafted = laid.given(KIND, BOOK, LAID)
    adopting = AdoptRiskRules(draft_id=PAPER)
    drafted.when(ADOPT, adopting, by("LG")).then_rejected("drafter-adopts")
    drafted.when(ADOPT, adopting, by("LG", number=2)).then(ADOPTED)
    drafted.when(ADOPT, adopting, by("DB")).then_rejected("not-yours")
    other = AdoptRiskRules(draft_id=named("other"))
    drafted.when(ADOPT, other, by("HD")).then_rejected("no-such-draft")


def test_a_release_never_goes_over_what_persons_laid_down() -> None:
    seed = SeedRiskRules(
        rules_version=version_of(SHIPPED), known_on=date(2023, 11, 13), rules=SHIPPED
    )
    routed().when(SEED, seed, by(SYSTEM)).then(SEEDED)
    routed().given(KIND, BOOK, SEEDED).when(SEED, seed, by(SYSTEM)).then_nothing()
    persons = routed().given(KIND, BOOK, SEEDED, LAID, ADOPTED)
    persons.when(SEED, seed, by(SYSTEM)).then_nothing()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"factors": (FIRST, FIRST)}, "rule-twice"),
        ({"factors": (FIRST, FIRST.model_copy(update={"id": "X"}))}, "fact-twice"),
        ({"scales": (SCALE, SCALE)}, "rule-twice"),
        ({"scales": (SCALE.model_copy(update={"red": 1}),)}, "scale-unsound"),
        (
            {
                "scales": (
                    SCALE.model_copy(update={"effective_from": date(2030, 1, 1)}),
                )
            },
            "rules-incomplete",
        ),
        (
            {
                "factors": (
                    FIRST.model_copy(update={"effective_from": date(2030, 1, 1)}),
                )
            },
            "rules-incomplete",
        ),
    ],
)
def test_a_draft_is_sound(change: dict[str, object], code: str) -> None:
    rules: RiskRules = SHIPPED.model_copy(update=change)
    asked = LAY.model_copy(update={"rules": rules})
    routed().when(DRAFT, asked, by("LG")).then_rejected(code)


def source(stream: str, *events: Event) -> RiskSource:
    return row_of(VIEW, told(stream, *events))


def test_a_case_counts_while_it_is_live_and_open() -> None:
    stream = f"case-{CASE}"
    case = source(stream, OPENED)
    assert (case.employer_id, case.counts, case.ended) == (
        EMPLOYER.employer_id,
        True,
        None,
    )
    row = OPENED.model_copy(update={"history": True})
    assert not source(stream, row).counts
    adopted = CaseAdopted(case_id=CASE, clue_id=CLUE, unit="LI", imported_by="LI")
    assert source(stream, row, adopted).counts
    closed = CaseClosed(case_id=CASE, kind="paid")
    assert source(stream, OPENED, closed).ended == "paid"
    again = CaseReopened(case_id=CASE, reason="default")
    assert source(stream, OPENED, closed, again).ended is None


def test_a_claims_sum_is_what_was_ordered_before_verified_before_claimed() -> None:
    stream = f"claim-{ONE}"
    begun = opened(claimed=yuan(100))
    assert source(stream, begun).owed == 10_000
    assert source(stream, begun, verified(80)).owed == 8_000
    order = source(stream, begun, verified(80), ordered(70), verified(60))
    assert order.owed == 7_000
    back = WagePaymentReversed(
        claim_id=ONE,
        case_id=CASE,
        payment_id=payment(1),
        person_id=named("p"),
        amount=yuan(30),
        confirmed_before=False,
        reason="r",
    )
    assert source(stream, begun, paid(30)).paid == 3_000
    assert source(stream, begun, paid(30), back).paid == 0


def test_a_claim_moves_and_counts_once() -> None:
    stream = f"claim-{ONE}"
    said = {"claim_id": ONE, "case_id": OTHER_CASE, "clue_id": CLUE}
    moved = ClaimMoved(**said, from_case_id=CASE)
    assert source(stream, opened(), moved).case_id == OTHER_CASE
    marked = ClaimMarkedDuplicate(**said, of_claim_id=ONE)
    lifted = ClaimDuplicateLifted(**said, of_claim_id=ONE)
    given_up = ClaimWithdrawn(**said, reason="settled")
    assert not source(stream, opened(), marked).counts
    assert source(stream, opened(), marked, lifted).counts
    assert not source(stream, opened(), given_up, marked, lifted).counts


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (None, None, None),
        ("2023-09", None, 1),
        ("2023-09", "2023-09", 1),
        ("2023-11", "2024-01", 3),
        ("2024-01", "2023-11", 3),
    ],
)
def test_months_are_counted_both_included(
    first: str | None, last: str | None, months: int | None
) -> None:
    said = {"months_from": first, "months_to": last}
    assert source(f"claim-{ONE}", opened().model_copy(update=said)).months == months


def test_an_order_counts_from_its_missed_date_until_it_is_paid() -> None:
    stream, said = f"proceeding-{CASE}", {"case_id": CASE, "order_id": ORDER}
    expired = PaymentOrderExpired(**said)
    satisfied = PaymentOrderSatisfied(case_id=CASE, order_id=ORDER)
    again = PaymentOrderUnsatisfied(**said, expired=True)
    assert source(stream, expired).expired == (str(ORDER),)
    assert source(stream, expired, satisfied).expired == ()
    assert source(stream, expired, satisfied, again).expired == (str(ORDER),)


def test_a_signal_has_a_name_until_it_is_dismissed_or_a_clue() -> None:
    stream = f"signal-{ONE}"
    signal = RiskSignalReceived(
        signal_id=ONE,
        source="district",
        source_number="1",
        signal="account_short",
        employer_name=" ＡＢＣ Ltd ",
        received_on=date(2023, 11, 13),
        unit="LC",
    )
    held = source(stream, signal)
    assert (held.name_key, held.signal, held.counts) == (
        "abc ltd",
        "account_short",
        True,
    )
    assert held.name_key == key_of("ABC LTD")
    linked = SignalLinkedToClue(signal_id=ONE, clue_id=CLUE)
    assert source(stream, signal, linked).clue_id == CLUE
    assert not source(
        stream, signal, SignalDismissed(signal_id=ONE, reason="no_arrears")
    ).counts


def test_a_warning_counts_when_its_unit_confirmed_it_and_not_before() -> None:
    """What an office says of a grade does not raise the grade."""
    stream = f"earlywarning-{WARNING}"
    issued = warned("DO").model_copy(update={"employer_id": EMPLOYER.employer_id})
    assert not source(stream, issued).counts
    said = EarlyWarningAcknowledged(warning_id=WARNING, unit="DO", result="rectifying")
    assert source(stream, issued, said).counts
    over = said.model_copy(update={"result": "rectified"})
    assert not source(stream, issued, said, over).counts
