"""Whom a roster names says himself whether the claim is true (domain §5.4)."""

from dataclasses import replace

import pytest

from libs.events.command import Stamp
from libs.events.contracts.enforcement import FactsVerified
from libs.events.contracts.groups import ClaimConfirmedByWorker, ClaimDisclaimed
from libs.events.event import Actor
from libs.events.testing import AT
from libs.events.views.testing import given, recorded, told
from services.enforcement import claim, roster, verification
from services.enforcement.roster import ConfirmClaim, DisclaimClaim
from services.enforcement.verification import VerifyFacts
from services.intake.clue import RegisterClue
from services.reporting.reading.rosters import RosterCheck
from services.reporting.views import claim as claim_view
from services.reporting.views import roster as roster_view
from tests.unit.group_scenes import named
from tests.unit.matters import CASE, CLUE, EMPLOYER, ONE, line, opened, yuan
from tests.unit.offices import WORKER, by, officer, on
from tests.unit.three_services import World
from tests.unit.told_clues import clue_id, events, rows

CONFIRM, DISCLAIM = roster.RULES
PERSON = opened().person_id
YES = ConfirmClaim(case_id=CASE, claim_id=ONE, method="call")
NO = DisclaimClaim(case_id=CASE, claim_id=ONE, method="call", reason="not_me")
CONFIRMED = ClaimConfirmedByWorker(
    claim_id=ONE, case_id=CASE, clue_id=CLUE, person_id=PERSON, method="call"
)
DISCLAIMED = ClaimDisclaimed(
    claim_id=ONE,
    case_id=CASE,
    clue_id=CLUE,
    person_id=PERSON,
    reason="not_me",
    method="call",
)


def test_a_call_back_confirms_a_name_once() -> None:
    named("LI").when(CONFIRM, YES, by("LC")).then(CONFIRMED)
    again = named("LI").given(claim.KIND, ONE, CONFIRMED)
    again.when(CONFIRM, YES, by("LC")).then_nothing()


def test_the_worker_confirms_by_his_own_code_and_nobody_online_for_him() -> None:
    online = YES.model_copy(update={"method": "worker_online"})
    named("LI").when(CONFIRM, online, by(WORKER)).then(
        CONFIRMED.model_copy(update={"method": "worker_online"})
    )
    named("LI").when(CONFIRM, online, by("LC")).then_rejected("not-the-worker")
    named("LI").when(CONFIRM, YES, by(WORKER)).then_rejected("not-the-worker")


def test_f_2_2_1a_who_took_the_roster_in_confirms_none_of_its_names() -> None:
    recorder = Stamp(ONE, b"", Actor(officer("LC", 9), "centre", "LC"), AT)
    for rule, command in ((CONFIRM, YES), (DISCLAIM, NO)):
        named("LI").when(rule, command, recorder).then_rejected("recorder-confirms")


@pytest.mark.parametrize("unit", ["LI", "LG"])
def test_who_handles_the_case_calls_nobody_back(unit: str) -> None:
    named("LI").when(CONFIRM, YES, by(unit)).then_rejected("not-yours")


def test_a_workers_own_claim_needs_no_further_word() -> None:
    own = named("LI").streams
    story = replace(named("LI"), streams={**own, claim.KIND.stream(ONE): OWN})
    story.when(CONFIRM, YES, by("LC")).then_rejected("not-of-a-roster")


OWN = (claim.KIND, (opened(),))


def test_what_is_disclaimed_is_marked_and_stays_counted_until_verified() -> None:
    """WPR 52: nothing is deleted or decided by it; it is verified, also at zero."""
    story = named("LI")
    story.when(DISCLAIM, NO, by("LC")).then(DISCLAIMED)
    denied = story.given(claim.KIND, ONE, DISCLAIMED)
    held = denied.state(claim.KIND, ONE)
    assert (held.roster, held.counts, held.done) == ("disclaimed", True, False)
    verify = VerifyFacts(case_id=CASE, claim_id=ONE, verified=yuan(0))
    rule = next(r for r in verification.RULES if r.command is VerifyFacts)
    denied.when(rule, verify, by("LI")).then_says("FactsVerified")
    story.when(rule, verify, by("LI")).then_says("FactsVerified")


def test_the_latest_word_counts() -> None:
    back = named("LI").given(claim.KIND, ONE, DISCLAIMED)
    back.when(CONFIRM, YES, by("DB")).then(CONFIRMED)
    both = back.given(claim.KIND, ONE, CONFIRMED)
    both.when(DISCLAIM, NO, by("DB")).then(DISCLAIMED)


def test_the_recorder_of_a_roster_is_kept_with_its_claims_alone() -> None:
    """Who handed the form in stands on a roster's claims, on nobody's own."""
    world = World(frozenset({"hear-event"}))
    workers = (line(1, yuan(100)), line(2, yuan(100)))
    command = RegisterClue(
        clue_id=clue_id("A"),
        kind="complaint",
        channel="window",
        mode="named",
        reporter_id=clue_id("A"),
        first_asked_unit="LC",
        area="310199001",
        employer=EMPLOYER,
        workers=(workers[0].model_copy(update={"roster_only": True}), workers[1]),
    )
    assert world.do("intake", command, by("LC", number=2)) is None
    world.settle(lambda _: 0)
    claims = [one.model_dump() for one in events(world, "ClaimOpened")]
    assert [(one["roster_only"], one["recorder_id"]) for one in claims] == [
        (True, officer("LC", 2)),
        (False, None),
    ]


def test_the_view_keeps_the_latest_word_and_no_row_of_ones_own() -> None:
    of_roster = opened().model_copy(
        update={"roster_only": True, "recorder_id": officer("LC")}
    )
    stream, at = f"claim-{ONE}", on(12, 12)
    row = roster_view.RosterRow(ONE, CLUE, officer("LC"))
    said = told(stream, of_roster)
    given(said).project(roster_view.VIEW).then({stream: row})
    given(told(stream, opened())).project(roster_view.VIEW).then({})
    denied = told(stream, DISCLAIMED, occurred_at=at)
    marked = replace(row, word="disclaimed", reason="not_me", method="call", said_at=at)
    given(said, denied).project(roster_view.VIEW).then({stream: marked})
    kept = told(stream, CONFIRMED, occurred_at=at)
    known = replace(row, word="confirmed", method="call", said_at=at)
    given(said, denied, kept).project(roster_view.VIEW).then({stream: known})


def test_a_disclaimed_claim_keeps_its_amounts_in_every_total() -> None:
    verified = FactsVerified(
        claim_id=ONE, case_id=CASE, clue_id=CLUE, verified=yuan(0), evidence=()
    )
    stream = f"claim-{ONE}"
    story = told(stream, opened(claimed=yuan(100)), DISCLAIMED, verified)
    (row,) = rows(claim_view.VIEW, recorded(story, service="enforcement")).values()
    assert (row.claimed, row.verified, row.counted) == (10_000, 0, True)


def test_the_share_counts_what_is_not_confirmed() -> None:
    check = RosterCheck(ONE, CLUE, "LI", None, None, None, 24, 22, 0, 2)
    assert check.share == 8
