"""Petitions, receptions and platform clues: each on its own channel's terms."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from libs.events.contracts.channels import (
    Batch,
    ClueAccepted,
    JointReceptionHeld,
    PetitionOpinionIssued,
)
from libs.events.contracts.intake import CaseFactNoted, ReplySent
from libs.events.decider import Rule
from libs.events.event import Event
from libs.events.testing import Given, given
from services.intake import answering, known, petitions, platform_clues
from services.intake.answering import SendReply
from services.intake.petitions import (
    HoldJointReception,
    IssuePetitionOpinion,
    RegisterPetition,
    SendPetitionNotice,
)
from services.intake.platform_clues import AcceptClue, ReceivePlatformClue
from tests.unit.channel_scenes import ENTERED_PETITION, FLOWED_IN, TOLD, cleared
from tests.unit.matters import CASE, CLUE, ONE
from tests.unit.offices import by, on

RULE: dict[type, Rule[Any]] = {
    rule.command: rule
    for rule in (*petitions.RULES, *platform_clues.RULES, *answering.RULES)
}
OFFICE = by("PO", on(11, 14))
DAY = date(2023, 11, 13)
VISIT = RegisterPetition(
    clue_id=CLUE, petition_form="visit", received_on=DAY, people=38, representatives=5
)
ACCEPT = SendPetitionNotice(clue_id=CLUE, outcome="accepted")
EXTEND = SendPetitionNotice(clue_id=CLUE, outcome="extended")
ISSUE = IssuePetitionOpinion(clue_id=CLUE, opinion="supported")
ISSUED = PetitionOpinionIssued(clue_id=CLUE, case_id=CASE, opinion="supported")
SIGN = AcceptClue(clue_id=CLUE)


def petition(*more: Event) -> Given:
    return cleared("PO", *more, channel="petition")


def platform(*more: Event) -> Given:
    return cleared("LI", *more, channel="platform")


def test_a_petition_is_registered_once_with_its_people() -> None:
    """XF 20: five speak for thirty-eight."""
    outcome = petition().when(RULE[RegisterPetition], VISIT, OFFICE)
    registered = {"petition_form": "visit", "people": 38, "representatives": 5}
    outcome.then(ENTERED_PETITION.model_copy(update=registered))
    again = petition(ENTERED_PETITION).when(RULE[RegisterPetition], VISIT, OFFICE)
    again.then_rejected("petition-registered")
    elsewhere = cleared("PO").when(RULE[RegisterPetition], VISIT, OFFICE)
    elsewhere.then_rejected("other-channel")


def test_no_more_than_five_speak_and_no_more_than_came() -> None:
    """XF 20."""
    with pytest.raises(ValidationError):
        RegisterPetition.model_validate({**VISIT.model_dump(), "representatives": 6})
    alone = VISIT.model_copy(update={"people": 1, "representatives": 2})
    petition().when(RULE[RegisterPetition], alone, OFFICE).then_rejected(
        "more-speakers-than-people"
    )


def test_the_petitioner_is_told_once_and_of_an_extension_besides() -> None:
    """CLK-71 and CLK-73 (XF 23, 34)."""
    rule = RULE[SendPetitionNotice]
    petition().when(rule, ACCEPT, OFFICE).then_rejected("register-petition-first")
    entered = petition(ENTERED_PETITION)
    entered.when(rule, ACCEPT, OFFICE).then(TOLD)
    entered.when(rule, EXTEND, OFFICE).then_rejected("not-accepted")
    accepted = petition(ENTERED_PETITION, TOLD)
    accepted.when(rule, ACCEPT, OFFICE).then_rejected("notice-sent")
    accepted.when(rule, EXTEND, OFFICE).then_says("PetitionNoticeSent")
    over = petition(ENTERED_PETITION, TOLD, ISSUED)
    over.when(rule, EXTEND, OFFICE).then_rejected("not-accepted")


def test_an_opinion_is_issued_once_on_an_accepted_petition() -> None:
    """XF 34: the opinion ends CLK-73."""
    rule = RULE[IssuePetitionOpinion]
    petition(ENTERED_PETITION).when(rule, ISSUE, OFFICE).then_rejected("not-accepted")
    petition(ENTERED_PETITION, TOLD).when(rule, ISSUE, OFFICE).then(ISSUED)
    longer = TOLD.model_copy(update={"outcome": "extended"})
    petition(ENTERED_PETITION, TOLD, longer).when(rule, ISSUE, OFFICE).then(ISSUED)
    issued = petition(ENTERED_PETITION, TOLD, ISSUED)
    issued.when(rule, ISSUE, OFFICE).then_rejected("opinion-issued")


def test_a_petition_is_answered_in_writing() -> None:
    reply = SendReply(clue_id=CLUE, conclusion="paid")
    outcome = petition(ENTERED_PETITION).when(RULE[SendReply], reply, OFFICE)
    (sent,) = outcome.events
    assert isinstance(sent, ReplySent)
    assert sent.form == "letter"
    online = reply.model_copy(update={"form": "online"})
    outcome = petition(ENTERED_PETITION).when(RULE[SendReply], online, OFFICE)
    outcome.then_says("ReplySent")


def reception(*batches: Batch, held_on: date = DAY) -> HoldJointReception:
    return HoldJointReception(
        reception_id=ONE, unit="PO", held_on=held_on, led=True, batches=batches
    )


def test_f_2_4_1a_a_joint_reception_is_written_down_once_with_its_batches() -> None:
    """S25 and XF 20."""
    rule = RULE[HoldJointReception]
    said = reception(
        Batch(people=38, representatives=5), Batch(people=1, representatives=1)
    )
    held = JointReceptionHeld.model_validate(said.model_dump())
    given().when(rule, said, OFFICE).then(held)
    again = given(petitions.RECEPTION, ONE, held)
    again.when(rule, said, OFFICE).then_rejected("reception-known")


def test_a_reception_of_tomorrow_or_of_more_speakers_than_people_is_refused() -> None:
    rule = RULE[HoldJointReception]
    later = reception(Batch(people=1, representatives=1), held_on=date(2023, 11, 15))
    given().when(rule, later, OFFICE).then_rejected("held-later")
    crowded = reception(Batch(people=1, representatives=2))
    given().when(rule, crowded, OFFICE).then_rejected("more-speakers-than-people")
    with pytest.raises(ValidationError):
        Batch(people=38, representatives=6)


def test_a_platform_clue_is_signed_for_once_by_the_unit_that_holds_it() -> None:
    """F-2.2.3a and CLK-85."""
    inspection = by("LI", on(11, 14))
    platform().when(RULE[AcceptClue], SIGN, inspection).then_rejected("receive-first")
    receive = ReceivePlatformClue(clue_id=CLUE, received_on=DAY)
    platform().when(RULE[ReceivePlatformClue], receive, inspection).then(FLOWED_IN)
    signed = ClueAccepted(clue_id=CLUE, case_id=CASE, unit="LI")
    came = platform(FLOWED_IN)
    came.when(RULE[ReceivePlatformClue], receive, inspection).then_rejected(
        "platform-clue-received"
    )
    came.when(RULE[AcceptClue], SIGN, inspection).then(signed)
    again = platform(FLOWED_IN, signed)
    again.when(RULE[AcceptClue], SIGN, inspection).then_rejected("accepted-already")


def test_whoever_passed_a_platform_clue_on_does_not_sign_for_it() -> None:
    moved = CaseFactNoted(case_id=CASE, fact="owned", unit="DO", cause=ONE)
    passed_on = platform(FLOWED_IN).given(known.KIND, CASE, moved)
    outcome = passed_on.when(RULE[AcceptClue], SIGN, by("LI", on(11, 14)))
    outcome.then_rejected("not-yours")
    (signed,) = passed_on.when(RULE[AcceptClue], SIGN, by("DO", on(11, 14))).events
    assert isinstance(signed, ClueAccepted)
    assert signed.unit == "DO"
