"""Scenes: for each act a story in which everything but who acts is in order."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from libs.events.command import Command
from libs.events.contracts import reporting
from libs.events.contracts.enforcement import CaseFactNoted as EnforcementNoted
from libs.events.contracts.enforcement import ClaimListed, FilingProposed
from libs.events.contracts.intake import ClueScreened
from libs.events.contracts.parts import CausedFigure
from libs.events.contracts.routing import CaseClosed
from libs.events.decider import Rule
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.ids import named
from services.enforcement import app as enforcement
from services.enforcement import claim, known, proceeding
from services.intake import app as intake
from services.reporting import app as reporting_app
from services.reporting import campaign
from services.routing import app as routing
from tests.unit.channel_scenes import ON_CLUE, cleared
from tests.unit.channel_scenes import SCENES as CHANNEL_SCENES
from tests.unit.clock_scenes import CLOCK_SCENES, ON_CASE, Scene, first_owned, scene
from tests.unit.clue_pair import LINKED, two_clues
from tests.unit.duty_scenes import SCENES as DUTY_SCENES
from tests.unit.group_scenes import GROUP_SCENES
from tests.unit.matters import (
    CASE,
    CLUE,
    FILED,
    ONE,
    ORDER,
    TWO_OFFICERS,
    opened,
    order,
    paid,
    payment,
    proposed,
    routed,
    verified,
    yuan,
)
from tests.unit.message_scenes import MESSAGE_SCENES
from tests.unit.offices import listed_officers, officer, on
from tests.unit.supervision_scenes import SUPERVISION_SCENES
from tests.unit.track_scenes import TRACK_SCENES

CAMPAIGN = named("test-campaign")
RULES: Mapping[type[Command], Rule[Any]] = {
    rule.command: rule
    for service in (intake, routing, enforcement, reporting_app)
    for rule in service.SERVICE.rules
}


NOT_WAGE = ClueScreened(clue_id=CLUE, case_id=CASE, matter="not_wage")


def addressed(unit: str) -> Given:
    """A case whose transfer waits for the unit."""
    return routed(proposed(1, "LC", unit))


def at_work(unit: str, *steps: Event, one: tuple[Event, ...] = ()) -> Given:
    """A case with one claim that the unit holds, as enforcement knows it."""
    note = EnforcementNoted(case_id=CASE, fact="opened", unit=unit, cause=CLUE)
    listed = ClaimListed(case_id=CASE, claim_id=ONE)
    story = given(known.KIND, CASE, note, listed)
    story = story.given(claim.KIND, ONE, opened(claimed=yuan(100)), *one)
    return story.given(proceeding.KIND, CASE, *steps)


def running(_unit: str, *more: Event) -> Given:
    """A campaign that runs."""
    begun = reporting.CampaignOpened(
        campaign_id=CAMPAIGN,
        title="t",
        notice_number="1",
        notice_signed_on=date(2023, 11, 10),
        starts_on=date(2023, 11, 10),
        ends_on=date(2024, 2, 9),
    )
    return given(campaign.KIND, CAMPAIGN, begun, *more)


def _closed() -> Event:
    return reporting.StatPeriodClosed.model_validate(
        {
            "period_id": campaign.period_id(CAMPAIGN, 1),
            "campaign_id": CAMPAIGN,
            "week": 1,
            "starts_on": "2023-11-10",
            "ends_on": "2023-11-12",
            "known_at": on(11, 13),
        }
    )


def _snapshot() -> reporting.ZeroOutSnapshotTaken:
    return reporting.ZeroOutSnapshotTaken(
        snapshot_id=CASE,
        campaign_id=CAMPAIGN,
        at=on(11, 20),
        open_cases_unpaid=0,
        unpaid=(),
        workers_unpaid=0,
        open_clues=0,
    )


PAID = (verified(100), paid(100))
ON_CLAIM = {"case_id": CASE, "claim_id": ONE}
ON_PAYMENT = {**ON_CLAIM, "payment_id": payment(1)}
ARTICLE = {"article": "a"}
NAMED = {"named": listed_officers()}
FIGURE = CausedFigure(indicator="S06", unit=None, week=1, old=0, new=1)


SCENES: Mapping[str, Scene] = {
    **CHANNEL_SCENES,
    **CLOCK_SCENES,
    **SUPERVISION_SCENES,
    **GROUP_SCENES,
    **TRACK_SCENES,
    **MESSAGE_SCENES,
    **DUTY_SCENES,
    "ScreenClue": scene(cleared, ON_CLUE, {"matter": "wage"}),
    "AdviseChannel": scene(
        lambda unit: cleared(unit, NOT_WAGE),
        ON_CLUE,
        {"advised_channel": "court", "told": "spoken"},
    ),
    "SendReply": scene(cleared, ON_CLUE, {"form": "letter", "conclusion": "paid"}),
    "FindReplyImpossible": scene(cleared, ON_CLUE, {"reason": "declined"}),
    "LinkDuplicate": scene(two_clues, ON_CLUE, {"of_clue_id": ONE}),
    "UnlinkDuplicate": scene(
        lambda unit: two_clues(unit, LINKED), ON_CLUE, {"reason": "entry-error"}
    ),
    "ProposeTransfer": scene(
        first_owned, ON_CASE, {"transfer_id": ONE, "to_unit": "R4", "reason": "area"}
    ),
    "AcceptTransfer": scene(addressed, ON_CASE),
    "RefuseTransfer": scene(addressed, ON_CASE, ARTICLE, {"reason": "area"}),
    "RuleOwnership": scene(first_owned, ON_CASE, ARTICLE, {"to_unit": "R4"}),
    "ReopenCase": scene(
        lambda unit: first_owned(unit, CaseClosed(case_id=CASE, kind="paid")),
        ON_CASE,
        {"reason": "review"},
    ),
    "AdoptImported": scene(lambda unit: first_owned(unit, history=True), ON_CASE),
    "AcceptComplaint": scene(at_work, ON_CASE, ON_CLUE),
    "RefuseComplaint": scene(
        at_work, ON_CASE, ON_CLUE, ARTICLE, {"reason": "other_procedure"}
    ),
    "VerifyFacts": scene(
        at_work,
        ON_CLAIM,
        NAMED,
        {"verified": yuan(100), "reviewer_id": officer("DB", 2)},
    ),
    "AddEvidence": scene(
        at_work,
        ON_CASE,
        {
            "kind": "photo",
            "sha256": "0" * 64,
            "media_type": "image/png",
            "size": 1,
        },
    ),
    "ProposeFiling": scene(at_work, ON_CASE),
    "FileCase": scene(at_work, ON_CASE, NAMED, {"officer_ids": TWO_OFFICERS}),
    "DeclineFiling": scene(
        lambda unit: at_work(unit, FilingProposed(case_id=CASE, by_unit=unit)),
        ON_CASE,
        ARTICLE,
        {"reason": "minor"},
    ),
    "CompleteInvestigation": scene(lambda unit: at_work(unit, FILED), ON_CASE),
    "OrderPayment": scene(
        lambda unit: at_work(unit, FILED, one=(verified(100),)),
        ON_CASE,
        {
            "order_id": ORDER,
            "pay_by": "2023-12-11",
            "lines": [{"claim_id": ONE, "amount": yuan(100)}],
        },
    ),
    "ServeDocument": scene(
        lambda unit: at_work(unit, FILED, order(one=100)),
        ON_CASE,
        {"order_id": ORDER, "served_on": "2023-11-13", "method": "handed"},
    ),
    "WithdrawClaim": scene(at_work, ON_CLAIM, {"reason": "settled"}),
    "RecordWagesPaid": scene(
        at_work,
        ON_PAYMENT,
        {"amount": yuan(1), "payer": "employer", "proof": {"kind": "slip"}},
    ),
    "ReversePayment": scene(
        lambda unit: at_work(unit, one=PAID), ON_PAYMENT, {"reason": "r"}
    ),
    "ConfirmReceipt": scene(
        lambda unit: at_work(unit, one=PAID), ON_PAYMENT, {"method": "call"}
    ),
    "DisputePayment": scene(
        lambda unit: at_work(unit, one=PAID), ON_PAYMENT, {"reason": "r"}
    ),
    "ConcludeCase": scene(
        lambda unit: at_work(unit, FILED, one=PAID), ON_CASE, {"kind": "paid"}
    ),
    "OpenCampaign": scene(
        lambda _: given(),
        {
            "campaign_id": CAMPAIGN,
            "title": "t",
            "notice_number": "1",
            "notice_signed_on": "2023-11-10",
            "starts_on": "2023-11-10",
            "ends_on": "2024-02-09",
        },
    ),
    "CloseWeek": scene(
        running,
        {
            "campaign_id": CAMPAIGN,
            "week": 1,
            "known_at": on(11, 13),
            "document": "{}",
        },
    ),
    "TakeZeroOutSnapshot": scene(running, {"snapshot": _snapshot()}),
    "CorrectFigure": scene(
        lambda unit: running(unit, _closed()),
        {
            "campaign_id": CAMPAIGN,
            "figure": FIGURE,
            "cause": "c",
            "event_ids": (ONE,),
            "noted_in_week": 2,
        },
    ),
}


def command_of(name: str, holder: str | None = None) -> Command:
    """Return the act of a scene, on a case that this unit holds."""
    found = next(one for one in RULES if one.__name__ == name)
    named = dict.fromkeys(SCENES[name].holder if holder else (), holder)
    return found.model_validate({**SCENES[name].fields, **named})
