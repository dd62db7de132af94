"""The step that usually comes next, and whose it is, from first to last."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.reporting.reading.case_page import CasePage
from services.reporting.reading.way import usual_next
from services.reporting.views.case import CaseRow
from services.reporting.views.claim import ClaimRow, PaymentLine
from services.reporting.views.clue import ClueRow
from services.reporting.views.proceeding import OrderRow, ProceedingRow

ONE, OTHER = UUID(int=1), UUID(int=2)
AT = datetime(2023, 11, 13, 2, tzinfo=UTC)
CLUE = ClueRow(
    clue_id=ONE,
    case_id=ONE,
    kind="complaint",
    mode="named",
    channel="web",
    channel_number=None,
    episode=1,
    first_asked_unit="LC",
    employer_id=ONE,
    employer_name="演示厂",
    employer_code=None,
    code_check="absent",
    project_name=None,
    worker_count=1,
    reference=None,
    registered_at=AT,
    reporter_id=ONE,
    matter="wage",
    jurisdiction="department",
)
HELD = CaseRow(ONE, ONE, "LC", "web", ONE, history=False, opened_at=AT, unit="LC")
MOVED = replace(HELD, unit="LI", hops=1)
CLAIM = ClaimRow(
    claim_id=ONE,
    case_id=ONE,
    clue_id=ONE,
    person_id=ONE,
    ordinal=1,
    employer_id=ONE,
    employer_name="演示厂",
    project_name=None,
    rural_migrant="yes",
    months_from=None,
    months_to=None,
    history=False,
    roster_only=False,
    currency="CNY",
    opened_at=AT,
    claimed=100,
)
OWED = replace(CLAIM, verified=100, unpaid=100)
PAYMENT = PaymentLine(OTHER, 100, "employer", "bank-slip", OTHER, AT)
PAID = replace(OWED, unpaid=0, payments=(PAYMENT,))
DONE = replace(PAID, payments=(replace(PAYMENT, state="confirmed"),))
FILED = ProceedingRow(ONE, filed_at=AT)
ORDER = OrderRow(OTHER, date(2023, 12, 1), 100, "CNY", 1)
SERVED = replace(ORDER, served_on=date(2023, 11, 14), state="served")


def page(**parts: Any) -> CasePage:
    said = {
        "clue": CLUE,
        "case": MOVED,
        "claims": (CLAIM,),
        "proceeding": ProceedingRow(ONE),
        "deadlines": (),
        "imported": None,
        "trail": (),
    }
    return CasePage(ONE, **{**said, **parts})


WAY: list[tuple[dict[str, Any], str, str]] = [
    ({"clue": replace(CLUE, matter=None), "case": HELD}, "ScreenClue", "LC"),
    ({"clue": replace(CLUE, matter="project_price")}, "AdviseChannel", "LI"),
    ({"case": HELD}, "ProposeTransfer", "LC"),
    ({"case": replace(HELD, pending_unit="LI")}, "AcceptTransfer", "LI"),
    ({"case": replace(HELD, refusals=1)}, "RuleOwnership", "leading-group"),
    ({}, "VerifyFacts", "inspection brigade"),
    ({"claims": (OWED,)}, "ProposeFiling", "LI"),
    (
        {"claims": (OWED,), "proceeding": ProceedingRow(ONE, filing_proposed_at=AT)},
        "FileCase",
        "brigade",
    ),
    ({"claims": (OWED,), "proceeding": FILED}, "OrderPayment", "hrss-head"),
    (
        {"claims": (OWED,), "proceeding": replace(FILED, orders=(ORDER,))},
        "ServeDocument",
        "brigade",
    ),
    (
        {"claims": (OWED,), "proceeding": replace(FILED, orders=(SERVED,))},
        "RecordWagesPaid",
        "LI",
    ),
    ({"claims": (PAID,)}, "ConfirmReceipt", "centre petition brigade worker"),
    ({"claims": (DONE,)}, "ConcludeCase", "LI"),
    ({"claims": (DONE,), "proceeding": FILED}, "ConcludeCase", "brigade"),
    (
        {"claims": (DONE,), "proceeding": ProceedingRow(ONE, concluded_at=AT)},
        "SendReply",
        "LI",
    ),
]


@pytest.mark.parametrize(("parts", "act", "whose"), WAY)
def test_each_step_leads_to_the_next_one(
    parts: dict[str, Any], act: str, whose: str
) -> None:
    found = usual_next(page(**parts))
    assert found is not None
    assert (found.act, found.unit or " ".join(found.roles)) == (act, whose)


def test_it_names_the_worker_and_the_payment_that_wait() -> None:
    waits = replace(CLAIM, claim_id=OTHER, ordinal=2)
    verifying = usual_next(page(claims=(OWED, waits)))
    assert verifying is not None
    assert verifying.claim is waits
    confirming = usual_next(page(claims=(DONE, PAID)))
    assert confirming is not None
    assert (confirming.claim, confirming.payment_id) == (PAID, OTHER)


def test_nothing_is_left_to_do_on_a_closed_case() -> None:
    assert usual_next(page(case=replace(MOVED, closed="paid"))) is None
