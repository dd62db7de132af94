"""Scenes: for each act a story in which everything but who acts is in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from libs.events.command import Command
from libs.events.contracts import reporting
from libs.events.contracts.enforcement import CaseFactNoted as EnforcementNoted
from libs.events.contracts.enforcement import ClaimListed, FilingProposed
from libs.events.contracts.intake import CaseFactNoted as IntakeNoted
from libs.events.contracts.intake import ClueScreened, ComplaintReceived
from libs.events.contracts.parts import CausedFigure
from libs.events.contracts.routing import CaseClosed
from libs.events.decider import Rule
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.ids import named
from services.enforcement import app as enforcement
from services.enforcement import claim, known, proceeding
from services.intake import app as intake
from services.intake import clue
from services.intake import known as intake_known
from services.reporting import app as reporting_app
from services.reporting import campaign
from services.routing import app as routing
from services.routing import case
from tests.unit.clue_pair import LINKED, two_clues
from tests.unit.matters import (
    ASSIGNED,
    CASE,
    CLUE,
    EMPLOYER,
    FILED,
    ONE,
    OPENED,
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
from tests.unit.offices import listed_officers, officer, on
from tests.unit.test_hearing import after, heard

CAMPAIGN = named("test-campaign")
RULES: Mapping[type[Command], Rule[Any]] = {
    rule.command: rule
    for service in (intake, routing, enforcement, reporting_app)
    for rule in service.SERVICE.rules
}


@dataclass(frozen=True)
class Scene:
    """An act that is lawful for the unit that holds the case, but for the role.

    `story` makes what was before, for the unit that holds the case.
    """

    story: Callable[[str], Given]
    fields: Mapping[str, Any]


def cleared(unit: str, *more: Event) -> Given:
    """A clue that is no wages, screened, held by the unit."""
    said = {"clue_id": CLUE, "case_id": CASE, "kind": "complaint", "channel": "window"}
    parties = {"mode": "named", "reporter_id": ONE, "first_asked_unit": unit}
    received = ComplaintReceived.model_validate(
        {**said, **parties, "employer": EMPLOYER, "workers": ()}
    )
    story = given(clue.KIND, CLUE, received, *more)
    fact = IntakeNoted(case_id=CASE, fact="owned", unit=unit, cause=ONE)
    return story.given(intake_known.KIND, CASE, fact)


NOT_WAGE = ClueScreened(clue_id=CLUE, case_id=CASE, matter="not_wage")


def first_owned(unit: str, *more: Event, history: bool = False) -> Given:
    """A case that the unit was first asked about, or an open row that it imported."""
    first = OPENED.model_copy(update={"first_asked_unit": unit, "history": history})
    assigned = ASSIGNED.model_copy(update={"unit": unit, "history": history})
    streams = {**routed().streams}
    streams[case.KIND.stream(CASE)] = (case.KIND, (first, assigned, *more))
    return Given(streams)


def addressed(unit: str) -> Given:
    """A case whose transfer waits for the unit."""
    return routed(proposed(1, "LC", unit))


def investigated(unit: str) -> Given:
    """A filed case whose investigation runs."""
    filed = heard("CaseFiled", on(11, 10), unit="DB", officer_ids=[])
    return after(first_owned(unit), filed)


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
ON_CLUE = {"clue_id": CLUE}
ON_CASE = {"case_id": CASE}
ON_CLAIM = {"case_id": CASE, "claim_id": ONE}
ON_PAYMENT = {**ON_CLAIM, "payment_id": payment(1)}
ARTICLE = {"article": "a"}
NAMED = {"named": listed_officers()}
FIGURE = CausedFigure(indicator="S06", unit=None, week=1, old=0, new=1)


def _scene(story: Callable[[str], Given], *fields: Mapping[str, Any]) -> Scene:
    said: dict[str, Any] = {}
    for more in fields:
        said |= more
    return Scene(story, said)


SCENES: Mapping[str, Scene] = {
    "ScreenClue": _scene(cleared, ON_CLUE, {"matter": "wage"}),
    "AdviseChannel": _scene(
        lambda unit: cleared(unit, NOT_WAGE),
        ON_CLUE,
        {"advised_channel": "court", "told": "spoken"},
    ),
    "SendReply": _scene(cleared, ON_CLUE, {"form": "letter", "conclusion": "paid"}),
    "FindReplyImpossible": _scene(cleared, ON_CLUE, {"reason": "declined"}),
    "LinkDuplicate": _scene(two_clues, ON_CLUE, {"of_clue_id": ONE}),
    "UnlinkDuplicate": _scene(
        lambda unit: two_clues(unit, LINKED), ON_CLUE, {"reason": "entry-error"}
    ),
    "ProposeTransfer": _scene(
        first_owned, ON_CASE, {"transfer_id": ONE, "to_unit": "R4", "reason": "area"}
    ),
    "AcceptTransfer": _scene(addressed, ON_CASE),
    "RefuseTransfer": _scene(addressed, ON_CASE, ARTICLE, {"reason": "area"}),
    "RuleOwnership": _scene(first_owned, ON_CASE, ARTICLE, {"to_unit": "R4"}),
    "ExtendDeadline": _scene(
        investigated, ON_CASE, {"clock": "CLK-05", "subject": CASE}
    ),
    "ReopenCase": _scene(
        lambda unit: first_owned(unit, CaseClosed(case_id=CASE, kind="paid")),
        ON_CASE,
        {"reason": "review"},
    ),
    "AdoptImported": _scene(lambda unit: first_owned(unit, history=True), ON_CASE),
    "AcceptComplaint": _scene(at_work, ON_CASE, ON_CLUE),
    "RefuseComplaint": _scene(
        at_work, ON_CASE, ON_CLUE, ARTICLE, {"reason": "other_procedure"}
    ),
    "VerifyFacts": _scene(
        at_work,
        ON_CLAIM,
        NAMED,
        {"verified": yuan(100), "reviewer_id": officer("DB", 2)},
    ),
    "AddEvidence": _scene(
        at_work,
        ON_CASE,
        {
            "kind": "photo",
            "sha256": "0" * 64,
            "media_type": "image/png",
            "size": 1,
        },
    ),
    "ProposeFiling": _scene(at_work, ON_CASE),
    "FileCase": _scene(at_work, ON_CASE, NAMED, {"officer_ids": TWO_OFFICERS}),
    "DeclineFiling": _scene(
        lambda unit: at_work(unit, FilingProposed(case_id=CASE, by_unit=unit)),
        ON_CASE,
        ARTICLE,
        {"reason": "minor"},
    ),
    "CompleteInvestigation": _scene(lambda unit: at_work(unit, FILED), ON_CASE),
    "OrderPayment": _scene(
        lambda unit: at_work(unit, FILED, one=(verified(100),)),
        ON_CASE,
        {
            "order_id": ORDER,
            "pay_by": "2023-12-11",
            "lines": [{"claim_id": ONE, "amount": yuan(100)}],
        },
    ),
    "ServeDocument": _scene(
        lambda unit: at_work(unit, FILED, order(one=100)),
        ON_CASE,
        {"order_id": ORDER, "served_on": "2023-11-13", "method": "handed"},
    ),
    "WithdrawClaim": _scene(at_work, ON_CLAIM, {"reason": "settled"}),
    "RecordWagesPaid": _scene(
        at_work,
        ON_PAYMENT,
        {"amount": yuan(1), "payer": "employer", "proof": {"kind": "slip"}},
    ),
    "ReversePayment": _scene(
        lambda unit: at_work(unit, one=PAID), ON_PAYMENT, {"reason": "r"}
    ),
    "ConfirmReceipt": _scene(
        lambda unit: at_work(unit, one=PAID), ON_PAYMENT, {"method": "call"}
    ),
    "DisputePayment": _scene(
        lambda unit: at_work(unit, one=PAID), ON_PAYMENT, {"reason": "r"}
    ),
    "ConcludeCase": _scene(
        lambda unit: at_work(unit, FILED, one=PAID), ON_CASE, {"kind": "paid"}
    ),
    "OpenCampaign": _scene(
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
    "CloseWeek": _scene(
        running,
        {
            "campaign_id": CAMPAIGN,
            "week": 1,
            "known_at": on(11, 13),
            "document": "{}",
        },
    ),
    "TakeZeroOutSnapshot": _scene(running, {"snapshot": _snapshot()}),
    "CorrectFigure": _scene(
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


def command_of(name: str) -> Command:
    """Return the act of a scene."""
    found = next(one for one in RULES if one.__name__ == name)
    return found.model_validate(SCENES[name].fields)
