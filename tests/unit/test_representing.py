"""Who speaks for a group 代表人, and what needs each worker's own consent (ARB 63)."""

from dataclasses import replace
from uuid import UUID

import pytest

from libs.events.contracts.groups import (
    GroupFlagLifted,
    RepresentativesNamed,
    RepresentedConsentRecorded,
)
from libs.events.contracts.parts import Proof
from libs.events.testing import Given
from libs.events.views.testing import given, told
from services.enforcement import claim, conclusion, grouping, representing, verification
from services.enforcement.conclusion import ConcludeCase
from services.enforcement.representing import NameRepresentatives, RecordConsent
from services.enforcement.verification import WithdrawClaim
from services.reporting.views import consent as consent_view
from services.reporting.views import group as group_view
from tests.unit.group_scenes import FLAGGED, many, of_two
from tests.unit.matters import CASE, CLUE, ONE, TWO, opened, paid, verified
from tests.unit.offices import WORKER, by, listed_officers, officer, on

NAME, CONSENT = representing.RULES
(CONCLUDE,) = conclusion.RULES
WITHDRAW = next(r for r in verification.RULES if r.command is WithdrawClaim)
SPEAKER, OTHER = opened(ONE).person_id, opened(TWO).person_id
PROOF = Proof(kind="statement")
NAMED = RepresentativesNamed(
    case_id=CASE,
    person_ids=(SPEAKER,),
    purpose="mediation",
    rule="REP-mediation",
    rule_version=1,
)
SETTLED = ConcludeCase(
    case_id=CASE, kind="settled", reviewer_id=officer("LG"), named=listed_officers()
)


def asked(*persons: UUID, purpose: str = "mediation") -> NameRepresentatives:
    said = {"case_id": CASE, "person_ids": persons, "purpose": purpose}
    return NameRepresentatives.model_validate(said)


def consented(claim_id: UUID, matter: str) -> RepresentedConsentRecorded:
    said = {
        "claim_id": claim_id,
        "case_id": CASE,
        "clue_id": CLUE,
        "person_id": OTHER if claim_id == TWO else SPEAKER,
        "matter": matter,
        "proof": PROOF,
    }
    return RepresentedConsentRecorded.model_validate(said)


def spoken() -> Given:
    return many("LI").given(grouping.KIND, CASE, NAMED)


def withdrawal(claim_id: UUID) -> WithdrawClaim:
    return WithdrawClaim(case_id=CASE, claim_id=claim_id, reason="own-wish")


def test_a_worker_of_the_case_is_named_by_the_rule_of_the_place() -> None:
    many("LI").when(NAME, asked(SPEAKER), by("LI")).then(NAMED)
    stranger = UUID(int=7)
    many("LI").when(NAME, asked(stranger), by("LI")).then_rejected("not-a-worker-here")
    many("LI").when(NAME, asked(SPEAKER), by("LC")).then_rejected("not-yours")
    of_two("LI").when(NAME, asked(SPEAKER), by("LI")).then_rejected("not-a-group")


@pytest.mark.parametrize(
    ("purpose", "count", "allowed"),
    [
        ("petition", 5, True),
        ("petition", 6, False),
        ("mediation", 1, True),
        ("arbitration", 2, False),
        ("arbitration", 3, True),
        ("arbitration", 6, False),
    ],
)
def test_three_to_five_speak_in_arbitration_and_at_most_five_elsewhere(
    purpose: str, count: int, *, allowed: bool
) -> None:
    """ARB 63; XF 20: the number is asked before whose names they are."""
    persons = [UUID(int=n) for n in range(1, count + 1)]
    outcome = many("LI").when(NAME, asked(*persons, purpose=purpose), by("LI"))
    code = "not-a-worker-here" if allowed else "representatives-number"
    outcome.then_rejected(code)


def test_f_2_3_2_nothing_of_another_worker_is_given_up_without_his_consent() -> None:
    """ARB 63: the representative's own claim is his, the other's is not."""
    story = spoken()
    story.when(WITHDRAW, withdrawal(TWO), by("LI")).then_rejected("consent-needed")
    story.when(WITHDRAW, withdrawal(ONE), by("LI")).then_says("ClaimWithdrawn")
    story.when(WITHDRAW, withdrawal(TWO), by(WORKER)).then_says("ClaimWithdrawn")
    agreed = story.given(claim.KIND, TWO, consented(TWO, "withdrawal"))
    agreed.when(WITHDRAW, withdrawal(TWO), by("LI")).then_says("ClaimWithdrawn")
    settles = story.given(claim.KIND, TWO, consented(TWO, "settlement"))
    settles.when(WITHDRAW, withdrawal(TWO), by("LI")).then_rejected("consent-needed")


def test_no_case_is_settled_for_who_did_not_consent() -> None:
    story = spoken()
    for number, one in enumerate((ONE, TWO), start=1):
        story = story.given(claim.KIND, one, verified(1, one), paid(1, number, one))
    story.when(CONCLUDE, SETTLED, by("LI")).then_rejected("consent-needed")
    agreed = story.given(claim.KIND, TWO, consented(TWO, "settlement"))
    agreed.when(CONCLUDE, SETTLED, by("LI")).then_says("CaseConcluded")
    by_payment = SETTLED.model_copy(update={"kind": "paid"})
    story.when(CONCLUDE, by_payment, by("LI")).then_says("CaseConcluded")


def test_without_representatives_or_after_a_review_nothing_more_is_asked() -> None:
    of_two("LI").when(WITHDRAW, withdrawal(TWO), by("LI")).then_says("ClaimWithdrawn")
    lifted = GroupFlagLifted(case_id=CASE, workers=2, reason="too-few-workers")
    ended = spoken().given(grouping.KIND, CASE, lifted)
    ended.when(WITHDRAW, withdrawal(TWO), by("LI")).then_says("ClaimWithdrawn")


def test_a_consent_is_recorded_once_with_its_proof() -> None:
    command = RecordConsent(
        case_id=CASE, claim_id=TWO, matter="settlement", proof=PROOF
    )
    spoken().when(CONSENT, command, by("LI")).then(consented(TWO, "settlement"))
    again = spoken().given(claim.KIND, TWO, consented(TWO, "settlement"))
    again.when(CONSENT, command, by("LI")).then_nothing()
    spoken().when(CONSENT, command, by("LC")).then_rejected("not-yours")


def test_the_views_keep_who_speaks_and_who_consents() -> None:
    stream, at = f"group-{CASE}", on(11, 20)
    flag = told(stream, FLAGGED, NAMED, occurred_at=at)
    row = group_view.GroupRow(CASE, 12, 10, "GRP-01", 1, at)
    speaking = replace(row, speakers=(SPEAKER,), purpose="mediation")
    given(flag).project(group_view.VIEW).then({stream: speaking})
    claims = f"claim-{TWO}"
    both = told(
        claims,
        consented(TWO, "withdrawal"),
        consented(TWO, "settlement"),
        occurred_at=at,
    )
    said = consent_view.ConsentRow(TWO, ("settlement", "withdrawal"), at)
    given(both).project(consent_view.VIEW).then({claims: said})
