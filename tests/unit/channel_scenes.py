"""Scenes of channels: orders, petitions and platform clues, lawful but for who acts."""

from collections.abc import Mapping
from datetime import date

from libs.events.contracts.channels import (
    CallBackRecorded,
    OpinionItemRegistered,
    PetitionNoticeSent,
    PetitionRegistered,
    PlatformClueReceived,
    RiskSignalReceived,
)
from libs.events.contracts.intake import CaseFactNoted as IntakeNoted
from libs.events.contracts.intake import ComplaintReceived, ReplySent
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.ids import named
from services.intake import clue, signals
from services.intake import known as intake_known
from tests.unit.clock_scenes import Scene, scene
from tests.unit.matters import CASE, CLUE, EMPLOYER, ONE
from tests.unit.offices import on


def cleared(unit: str, *more: Event, channel: str = "window") -> Given:
    """A clue of a channel that the unit was first asked about and holds."""
    said = {"clue_id": CLUE, "case_id": CASE, "kind": "complaint", "channel": channel}
    parties = {"mode": "named", "reporter_id": ONE, "first_asked_unit": unit}
    received = ComplaintReceived.model_validate(
        {**said, **parties, "employer": EMPLOYER, "workers": ()}
    )
    story = given(clue.KIND, CLUE, received, *more)
    fact = IntakeNoted(case_id=CASE, fact="owned", unit=unit, cause=ONE)
    return story.given(intake_known.KIND, CASE, fact)


SIGNAL = named("test-signal")
ON_CLUE = {"clue_id": CLUE}
ANSWERED = ReplySent(clue_id=CLUE, case_id=CASE, form="platform", conclusion="paid")
NOT_REACHED = CallBackRecorded(clue_id=CLUE, case_id=CASE, result="not_reached")
ORDER_OF_HELP = {"order_kind": "help", "received_on": "2023-11-13"}
ENTERED_PETITION = PetitionRegistered(
    clue_id=CLUE,
    case_id=CASE,
    petition_form="visit",
    received_on=date(2023, 11, 13),
    people=1,
    representatives=1,
    notice="owed",
)
TOLD = PetitionNoticeSent(clue_id=CLUE, case_id=CASE, outcome="accepted")
FLOWED_IN = PlatformClueReceived(
    clue_id=CLUE, case_id=CASE, received_on=date(2023, 11, 13)
)


def signalled(unit: str) -> Given:
    """A signal and an item of opinion that wait, beside a clue that the unit holds."""
    received = RiskSignalReceived(
        signal_id=SIGNAL,
        source="district",
        source_number="1",
        signal="account_short",
        received_on=date(2023, 11, 13),
        unit=unit,
    )
    seen = OpinionItemRegistered(
        opinion_id=SIGNAL,
        item_number="1",
        site_name="example.test",
        url_sha256="0" * 64,
        first_seen_at=on(11, 13),
        grade="major",
        unit=unit,
    )
    story = cleared(unit).given(signals.SIGNAL, SIGNAL, received)
    return story.given(signals.OPINION, SIGNAL, seen)


SCENES: Mapping[str, Scene] = {
    "LinkSignal": scene(signalled, ON_CLUE, {"signal_id": SIGNAL}),
    "LinkOpinion": scene(signalled, ON_CLUE, {"opinion_id": SIGNAL}),
    "ClassifyOrder": scene(
        lambda unit: cleared(unit, channel="12345"), ON_CLUE, ORDER_OF_HELP
    ),
    "UrgeClue": scene(lambda unit: cleared(unit, channel="12345"), ON_CLUE),
    "RedispatchOrder": scene(
        lambda unit: cleared(unit, ANSWERED, channel="12345"), ON_CLUE, ORDER_OF_HELP
    ),
    "RecordCallBack": scene(
        lambda unit: cleared(unit, ANSWERED, channel="12345"),
        ON_CLUE,
        {"result": "satisfied"},
    ),
    "RegisterPetition": scene(
        lambda unit: cleared(unit, channel="petition"),
        ON_CLUE,
        {"petition_form": "visit", "received_on": "2023-11-13"},
    ),
    "SendPetitionNotice": scene(
        lambda unit: cleared(unit, ENTERED_PETITION, channel="petition"),
        ON_CLUE,
        {"outcome": "accepted"},
    ),
    "IssuePetitionOpinion": scene(
        lambda unit: cleared(unit, ENTERED_PETITION, TOLD, channel="petition"),
        ON_CLUE,
        {"opinion": "supported"},
    ),
    "ReceivePlatformClue": scene(
        lambda unit: cleared(unit, channel="platform"),
        ON_CLUE,
        {"received_on": "2023-11-13"},
    ),
    "AcceptClue": scene(
        lambda unit: cleared(unit, FLOWED_IN, channel="platform"), ON_CLUE
    ),
}
