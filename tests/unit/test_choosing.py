"""Whoever complained says later where news go; what waits follows, once at most."""

from typing import Any
from uuid import UUID

import pytest

from libs.events.contracts.intake import (
    CaseFactNoted,
    ComplaintReceived,
    PersonDataErased,
    ReportReceived,
)
from libs.events.contracts.messages import (
    MessageAttemptFailed,
    MessageDelivered,
    MessageRedirected,
    MessageRefused,
    MessageWithdrawn,
    NotificationChosen,
    NotificationWithdrawn,
)
from libs.events.contracts.parts import WorkerLine
from libs.events.event import Event
from libs.events.testing import AT, Given, Outcome, given, stamp
from libs.events.views.testing import recorded, told
from libs.ids import claim_id
from libs.message_view import MessageRow, evolve
from libs.messages import template_on
from services.intake import choosing, clue, known, telling
from services.intake.choosing import ChooseNotification, FollowChoice
from services.intake.notice import KIND, MESSAGE
from services.intake.telling import QueueMessage, RecordAttempt, TellMessage
from services.intake.vault.access import PERSON as VAULT
from tests.unit.matters import CASE, CLUE, EMPLOYER
from tests.unit.message_scenes import PERSON, THIS, chosen, message

RULE = {rule.command: rule for rule in (*choosing.RULES, *telling.RULES)}
OWN = claim_id(CLUE, 1)
WORKER = stamp(role="worker", unit="public")
ON_IT: dict[str, Any] = {"message_id": THIS, "case_id": CASE}
IDS: dict[str, Any] = {"clue_id": CLUE, "case_id": CASE, "person_id": PERSON}
WITHDRAWN = NotificationWithdrawn(**IDS)
GONE = MessageWithdrawn(**ON_IT)
TEXT = template_on(("replied", "zh", "email"), AT.date())
ANOTHER = UUID(int=5)


def received(**changed: Any) -> Event:
    lines = [
        WorkerLine(ordinal=n, person_id=who, claimed=None)
        for n, who in ((1, PERSON), (2, ANOTHER))
    ]
    said = {
        "clue_id": CLUE,
        "case_id": CASE,
        "channel": "window",
        "mode": "named",
        "reporter_id": PERSON,
        "first_asked_unit": "LC",
        "employer": EMPLOYER,
        "workers": lines,
        "kind": "complaint",
        **changed,
    }
    if said["kind"] == "report":
        del said["kind"]
        return ReportReceived.model_validate(said)
    return ComplaintReceived.model_validate(said)


def filed(*choices: Event, **changed: Any) -> Given:
    """A clue of the centre's whose author chose these in turn."""
    story = given(clue.KIND, CLUE, received(**changed))
    return story.given(KIND, CASE, *choices) if choices else story


def waits(story: Given, *more: Event) -> Given:
    return story.given(MESSAGE, THIS, message(), *more)


def choose(story: Given, notify: str, by: Any = WORKER, **more: Any) -> Outcome:
    said = {"clue_id": CLUE, "notify": notify, **more}
    return story.when(
        RULE[ChooseNotification], ChooseNotification.model_validate(said), by
    )


def failed(attempt: int = 1) -> MessageAttemptFailed:
    return MessageAttemptFailed(
        **ON_IT, attempt=attempt, reason="unreachable", next_at=AT
    )


def test_f_2_2_1a_a_later_choice_names_its_own_contact_for_case_and_own_claim() -> None:
    outcome = choose(filed(chosen()), "email", language="en")
    anew = chosen(channel="email", language="en", contact=WORKER.command_id)
    outcome.then(anew, anew)
    assert [new.stream for new in outcome.new] == [KIND.stream(CASE), KIND.stream(OWN)]


def test_who_chose_nothing_when_filing_may_choose_later() -> None:
    choose(filed(), "sms").then_says("NotificationChosen", "NotificationChosen")
    choose(filed(), "none").then_nothing()
    choose(filed(chosen(), WITHDRAWN), "none").then_nothing()
    again = choose(filed(chosen(), WITHDRAWN), "sms")
    again.then_says("NotificationChosen", "NotificationChosen")


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": "confidential"},
        {"employer": EMPLOYER.model_copy(update={"individual": True, "name": None})},
    ],
)
def test_what_was_discreet_stays_discreet(changed: dict[str, Any]) -> None:
    (fact, _) = choose(filed(**changed), "sms").events
    assert isinstance(fact, NotificationChosen)
    assert fact.discreet


def test_what_waits_goes_to_the_new_number_without_a_word_and_by_mail_anew() -> None:
    story = waits(filed(chosen()), failed())
    same = choose(story, "sms", message_ids=(THIS,))
    same.then_says("NotificationChosen", "NotificationChosen")
    other = choose(story, "email", message_ids=(THIS,))
    assert TEXT is not None
    assert other.events[-1] == MessageRedirected(
        **ON_IT,
        channel="email",
        language="zh",
        template_version=TEXT.version,
        template_sha256=TEXT.sha256,
    )
    after = MESSAGE.fold([message(), failed(), other.events[-1]])
    assert (after.waits, after.attempts, after.next_at) == (True, 1, None)
    assert after.queued is not None
    assert (after.queued.channel, after.queued.purpose) == ("email", "replied")


REFUSED = MessageRefused(**ON_IT, attempt=1, reason="number-refused")
TOLD = MessageDelivered(**ON_IT, attempt=0, means="phone")


def test_pipl_15_after_nothing_nothing_is_sent_or_told_any_more() -> None:
    for before in ((), (failed(),), (REFUSED,)):
        story = waits(filed(chosen()), *before)
        outcome = choose(story, "none", message_ids=(THIS,))
        outcome.then(WITHDRAWN, WITHDRAWN, GONE)
        after = waits(filed(chosen(), WITHDRAWN), *before, GONE)
        tell = TellMessage(message_id=THIS, means="phone")
        office = stamp(role="centre", unit="LC")
        after = after.given(known.KIND, CASE)
        after.when(RULE[TellMessage], tell, office).then_rejected("message-told")
        news = QueueMessage(subject=CASE, purpose="moved", key="k", tells=ANOTHER)
        after.when(RULE[QueueMessage], news).then_nothing()


def test_what_was_told_stays_told_and_what_failed_stays_the_officers() -> None:
    for before, notify in ((TOLD, "none"), (TOLD, "email"), (REFUSED, "email")):
        story = waits(filed(chosen()), before)
        outcome = choose(story, notify, message_ids=(THIS,))
        assert {e.name for e in outcome.events} <= {
            "NotificationChosen",
            "NotificationWithdrawn",
        }


def test_a_message_that_was_queued_meanwhile_follows_the_choice_once() -> None:
    follow = FollowChoice(case_id=CASE, message_ids=(THIS,))
    late = waits(filed(chosen(), WITHDRAWN))
    late.when(RULE[FollowChoice], follow).then(GONE)
    waits(filed(chosen(), WITHDRAWN), GONE).when(
        RULE[FollowChoice], follow
    ).then_nothing()
    waits(filed(chosen())).when(RULE[FollowChoice], follow).then_nothing()


def test_what_had_left_the_house_already_is_not_hidden() -> None:
    sent = RecordAttempt(message_id=THIS, attempt=1, outcome="sent")
    after = waits(filed(chosen(), WITHDRAWN), GONE)
    after.when(RULE[RecordAttempt], sent).then(
        MessageDelivered(**ON_IT, attempt=1, means="sms")
    )
    again = sent.model_copy(update={"outcome": "failed"})
    after.when(RULE[RecordAttempt], again).then_nothing()


def test_a_try_that_was_under_way_is_recorded_as_it_went_and_is_the_last() -> None:
    way = choose(waits(filed(chosen())), "email", message_ids=(THIS,)).events[-1]
    sent = RecordAttempt(message_id=THIS, attempt=1, outcome="sent", means="sms")
    after = waits(filed(chosen()), way)
    by_text = MessageDelivered(**ON_IT, attempt=1, means="sms")
    after.when(RULE[RecordAttempt], sent).then(by_text)
    again = sent.model_copy(update={"attempt": 2, "means": "email"})
    waits(filed(chosen()), way, by_text).when(RULE[RecordAttempt], again).then_nothing()


def test_nobody_anonymous_unknown_or_erased_is_told() -> None:
    code = "notify-anonymous"
    choose(filed(mode="anonymous", kind="report"), "sms").then_rejected(code)
    choose(filed(reporter_id=None), "sms").then_rejected(code)
    choose(given(), "sms").then_rejected("not-found")
    erased = PersonDataErased(person_id=PERSON, reason="own-request")
    story = filed(chosen()).given(VAULT, PERSON, erased)
    choose(story, "sms").then_rejected(code)


def moved(to: str) -> Event:
    return CaseFactNoted(case_id=CASE, fact="owned", unit=to, cause=CLUE)


OFFICE = stamp(role="inspection", unit="LI")
CENTRE = stamp(role="centre", unit="LC")
DISTRICT = stamp(role="brigade", unit="DB")


@pytest.mark.parametrize(
    ("changed", "by", "refused"),
    [
        ({}, CENTRE, None),
        ({}, OFFICE, None),
        ({}, DISTRICT, None),
        ({}, stamp(role="development", unit="DO"), "not-found"),
        ({"mode": "confidential", "first_asked_unit": "PO"}, OFFICE, None),
        ({"mode": "confidential", "first_asked_unit": "PO"}, CENTRE, "not-found"),
        ({"kind": "report"}, OFFICE, None),
        ({"kind": "report"}, DISTRICT, "not-found"),
        ({"kind": "report", "mode": "confidential"}, CENTRE, "not-found"),
    ],
)
def test_an_office_says_it_for_whose_persons_open_to_it(
    changed: dict[str, Any], by: Any, refused: str | None
) -> None:
    """LIR 9: by a number of one's own nobody listens to who spoke in confidence."""
    story = filed(chosen(), **changed).given(known.KIND, CASE, moved("LI"))
    outcome = choose(story, "none", by)
    if refused is None:
        outcome.then_says("NotificationWithdrawn", "NotificationWithdrawn")
    else:
        outcome.then_rejected(refused)


def shown(*events: Event) -> MessageRow:
    row = None
    for record in recorded(told(MESSAGE.stream(THIS), *events), service="intake"):
        row = evolve(row, record)
    assert row is not None
    return row


def test_the_register_of_messages_shows_the_new_way_and_the_withdrawal() -> None:
    way = MessageRedirected(
        **ON_IT,
        channel="email",
        language="en",
        template_version=2,
        template_sha256="0" * 64,
    )
    row = shown(message(), failed(), way)
    assert (row.channel, row.language, row.template_version) == ("email", "en", 2)
    assert (row.state, row.attempts, row.to_tell) == ("waiting", 1, True)
    gone = shown(message(), REFUSED, GONE)
    assert (gone.state, gone.to_tell, gone.failed) == ("withdrawn", False, False)
    assert gone.ended_at is not None
