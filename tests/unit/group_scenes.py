"""Scenes of group cases: see `scenes`."""

from collections.abc import Mapping

from libs.events.contracts.enforcement import CaseFactNoted
from libs.events.contracts.groups import CaseFlaggedAsGroup
from libs.events.testing import Given, given
from libs.ids import named as id_of
from services.enforcement import claim, grouping, known
from tests.unit.clock_scenes import ON_CASE, Scene, scene
from tests.unit.matters import CASE, CLUE, ONE, TWO, listed, opened, yuan
from tests.unit.offices import officer

FLAGGED = CaseFlaggedAsGroup(
    case_id=CASE, workers=12, threshold=10, rule="GRP-01", rule_version=1
)


def flagged(unit: str) -> Given:
    """A group case that the unit holds."""
    opened = CaseFactNoted(case_id=CASE, fact="opened", unit=unit, cause=CLUE)
    return given(known.KIND, CASE, opened).given(grouping.KIND, CASE, FLAGGED)


def of_two(unit: str) -> Given:
    """A case of two workers that the unit holds."""
    story = given(
        known.KIND,
        CASE,
        CaseFactNoted(case_id=CASE, fact="opened", unit=unit, cause=CLUE),
        listed(ONE),
        listed(TWO),
    )
    for claim_id in (ONE, TWO):
        story = story.given(claim.KIND, claim_id, opened(claim_id, yuan(100)))
    return story


PART = id_of("test-part")


def named(unit: str) -> Given:
    """A claim that a roster names, in a case that the unit holds."""
    opened_ = CaseFactNoted(case_id=CASE, fact="opened", unit=unit, cause=CLUE)
    of_roster = opened(claimed=yuan(100)).model_copy(
        update={"roster_only": True, "recorder_id": officer("LC", 9)}
    )
    story = given(known.KIND, CASE, opened_, listed(ONE))
    return story.given(claim.KIND, ONE, of_roster)


def many(unit: str) -> Given:
    """A group case of which two workers are left; the unit holds it."""
    return of_two(unit).given(grouping.KIND, CASE, FLAGGED)


ON_CLAIM = {"case_id": CASE, "claim_id": ONE}
GROUP_SCENES: Mapping[str, Scene] = {
    "SplitClaims": scene(
        of_two,
        ON_CASE,
        {"new_case_id": PART, "claim_ids": (TWO,), "ground": "other_forum"},
    ),
    "ConfirmClaim": scene(named, ON_CLAIM, {"method": "call"}),
    "DisclaimClaim": scene(named, ON_CLAIM, {"method": "call", "reason": "not_me"}),
    "NameRepresentatives": scene(
        many, ON_CASE, {"person_ids": (opened().person_id,), "purpose": "petition"}
    ),
    "RecordConsent": scene(
        many, ON_CLAIM, {"matter": "withdrawal", "proof": {"kind": "statement"}}
    ),
    "LiftGroupFlag": scene(flagged, ON_CASE, {"reason": "not-one-dispute"}),
}
