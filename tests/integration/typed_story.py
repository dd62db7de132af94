"""A story in which every form of the console stands on some page."""

from dataclasses import replace
from datetime import date

from libs.events.contracts.channels import OpinionItemRegistered, RiskSignalReceived
from libs.events.contracts.supervision import UrgeRead
from libs.events.event import Recorded
from libs.ids import case_id, named
from services.routing import owner_rules, risk_rules
from tests.integration.test_message_pages import FIRST as MESSAGE
from tests.integration.test_message_pages import story as told_of_news
from tests.integration.test_supervision import rung
from tests.told_story import Story
from tests.unit import test_owner_rules as owners
from tests.unit import test_risk_rules as risks
from tests.unit.duty_scenes import (
    INCIDENT,
    PATROL,
    WARNING,
    assigned,
    found,
    planned,
    reported,
    warned,
)
from tests.unit.offices import on
from tests.unit.test_risk import CALM, FIRST, OVERRIDDEN, WHO, assessed
from tests.unit.told_clues import clue_id

A, B = clue_id("A"), clue_id("B")
CASE = case_id(A)
NUMBER = "310199001-2023-1"
UNREAD, READ = named("test-urge", 1), named("test-urge", 2)
SIGNAL, OPINION = named("test-signal"), named("test-opinion")
TO_GO = named("test-patrol")
TASK = assigned("LG").task_id
IDS = {
    "case_id": CASE, "act": "ProposeTransfer", "urge_id": UNREAD, "clue_id": A,
    "of_clue_id": B, "signal_id": SIGNAL, "warning_id": WARNING,
    "incident_id": INCIDENT, "patrol_id": TO_GO, "task_id": TASK,
    "message_id": MESSAGE, "employer_id": WHO, "sample_id": CASE, "name": "drop",
    "item_id": SIGNAL, "person_id": named("test-person", 1),
}  # fmt: skip
"""What stands for the parts of a path."""
OTHERS = {
    "/cases/{case_id}/urges/{urge_id}/answer": {"urge_id": READ},
    "/opinions/{item_id}/clue": {"item_id": OPINION},
    "/patrols/{patrol_id}/clue": {"patrol_id": PATROL},
    "/patrols/{patrol_id}/photos": {"patrol_id": PATROL},
}
"""What stands for them in a form that is not yet, or no longer, on the first ones."""


def story() -> list[Recorded]:
    """Two clues with a case each that the inspection holds, and something of all."""
    told = Story()
    for one in told_of_news(told=False):
        told.say(one.service, one.stream, one.fact(), on(11, 13))
        if one.stream == f"clue-{A}" and one.type == "ReceiptIssued":
            told.said[-1] = replace(told.said[-1], serial=NUMBER)
    for urge, name in ((UNREAD, "urge"), (READ, "supervise")):
        said = rung(urge, name, "LC").model_copy(update={"case_id": CASE})
        told.say("routing", f"urge-{urge}", said, on(12, 2))
    read = UrgeRead(urge_id=READ, case_id=CASE, unit="LC")
    told.say("routing", f"urge-{READ}", read, on(12, 6))
    told.say("routing", f"incident-{INCIDENT}", reported("LG"), on(11, 13))
    told.say("routing", f"earlywarning-{WARNING}", warned("LC"), on(11, 13))
    told.say("routing", f"task-{TASK}", assigned("LG"), on(11, 14))
    _taken_in(told)
    _by_rules(told)
    return told.said


def _taken_in(told: Story) -> None:
    told.say("intake", f"patrol-{PATROL}", planned("LC"), on(11, 14))
    told.say("intake", f"patrol-{PATROL}", found("LC"), on(11, 20))
    to_go = planned("LC").model_copy(update={"patrol_id": TO_GO})
    told.say("intake", f"patrol-{TO_GO}", to_go, on(11, 14))
    opinion = OpinionItemRegistered(
        opinion_id=OPINION,
        item_number="WX-1",
        site_name="example.test",
        url_sha256="0" * 64,
        first_seen_at=on(11, 13),
        grade="major",
        unit="LC",
    )
    told.say("intake", f"opinion-{OPINION}", opinion, on(11, 14))
    signal = RiskSignalReceived(
        signal_id=SIGNAL,
        source="district",
        source_number="YJ-1",
        signal="account_short",
        received_on=date(2023, 11, 13),
        unit="LC",
    )
    told.say("intake", f"signal-{SIGNAL}", signal, on(11, 14))


def _by_rules(told: Story) -> None:
    """An employer graded and overridden, and rules that await a second person."""
    for event in (assessed(CALM), FIRST, OVERRIDDEN):
        told.say("routing", f"risk-{WHO}", event, on(11, 15))
    drafted = owners.drafted(owners.NEW)
    told.say("routing", owner_rules.PAPER.read.stream, drafted, on(11, 15))
    for paper in (risks.SEEDED, risks.LAID):
        told.say("routing", risk_rules.PAPER.read.stream, paper, on(11, 15))
