"""Each channel's clock hears its own clue: CLK-71, 73, 80 and 85 set and stopped."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from libs.events.contracts.clocks import DeadlineSet, DeadlineStopped
from libs.events.contracts.routing import CaseClosed, CaseFactNoted
from libs.events.event import Event
from libs.events.testing import Given, Outcome
from libs.events.views.testing import recorded, told
from libs.ids import deadline_id
from services.routing import deadline, known
from services.routing.case import RULES as CASES
from services.routing.case import ReopenCase
from services.routing.extending import RULES as EXTENDING
from services.routing.extending import ExtendDeadline
from services.routing.hearing import HearEvent
from services.routing.reactions import reopen_redispatched
from tests.unit.matters import CASE, CLUE, ONE, routed
from tests.unit.offices import SYSTEM, by, on
from tests.unit.test_hearing import after, hear, heard
from tests.unit.test_work_orders import REDISPATCHED

MONDAY = on(11, 13)
EXTEND = next(rule for rule in EXTENDING if rule.command is ExtendDeadline)
REOPEN = next(rule for rule in CASES if rule.command is ReopenCase)
REPLY = heard("ReplySent", on(11, 14), form="platform", conclusion="paid")


def said(outcome: Outcome) -> Iterator[tuple[str, str]]:
    for event in outcome.events:
        assert isinstance(event, DeadlineSet | DeadlineStopped)
        yield event.name, event.clock


def order(kind: str, at_day: int = 13, name: str = "WorkOrderClassified") -> HearEvent:
    received = date(2023, 11, 13).isoformat()
    return heard(name, on(11, at_day), order_kind=kind, received_on=received)


@pytest.mark.parametrize(
    ("kind", "clock", "due_on"),
    [
        ("advice", "CLK-80-advice", date(2023, 11, 14)),
        ("supervision", "CLK-80-supervision", date(2023, 11, 16)),
        ("help", "CLK-80", date(2023, 11, 20)),
        ("complaint", "CLK-80", date(2023, 11, 20)),
        ("complex", "CLK-80-complex", date(2023, 12, 4)),
    ],
)
def test_an_orders_clock_follows_from_its_kind_and_counts_from_its_receipt(
    kind: str, clock: str, due_on: date
) -> None:
    """CLK-80: entered on Tuesday, counted from Monday."""
    outcome = hear(routed(), order(kind, at_day=14))
    (event,) = outcome.events
    assert isinstance(event, DeadlineSet)
    assert (event.clock, event.due_on, event.unit) == (clock, due_on, "LC")
    assert event.subject == CLUE


def test_another_kind_ends_one_clock_and_sets_the_other() -> None:
    """CLK-80."""
    outcome = hear(after(routed(), order("help")), order("advice"))
    assert sorted(said(outcome)) == [
        ("DeadlineSet", "CLK-80-advice"),
        ("DeadlineStopped", "CLK-80"),
    ]
    back = hear(after(routed(), order("help"), order("advice")), order("help", 14))
    assert sorted(said(back)) == [
        ("DeadlineSet", "CLK-80"),
        ("DeadlineStopped", "CLK-80-advice"),
    ]


def test_an_answer_stops_an_orders_clock_and_the_next_episode_sets_it_anew() -> None:
    """CLK-80 and domain §5.9, 14: the same number, a clock of its own."""
    answered = after(routed(), order("help"), REPLY)
    assert list(said(hear(after(routed(), order("help")), REPLY))) == [
        ("DeadlineStopped", "CLK-80")
    ]
    again = order("help", 15, "ClueRedispatched")
    assert list(said(hear(answered, again))) == [("DeadlineSet", "CLK-80")]


def test_another_clues_answer_stops_no_clock_of_this_one() -> None:
    """Domain §5.4: each channel keeps running and gets its own answer."""
    other = heard("ReplySent", on(11, 14), clue_id=str(ONE))
    hear(after(routed(), order("help")), other).then_nothing()


def petition(notice: str = "owed") -> HearEvent:
    received = date(2023, 11, 13).isoformat()
    return heard("PetitionRegistered", on(11, 14), received_on=received, notice=notice)


def notice(outcome: str) -> HearEvent:
    return heard("PetitionNoticeSent", on(11, 20), outcome=outcome)


def test_a_notice_is_owed_on_the_fifteenth_day_where_there_is_an_address() -> None:
    """CLK-71 (XF 23)."""
    (event,) = hear(routed(), petition()).events
    assert isinstance(event, DeadlineSet)
    assert (event.clock, event.due_on) == ("CLK-71", date(2023, 11, 28))
    hear(routed(), petition("no_address")).then_nothing()


def test_the_notice_of_acceptance_ends_one_clock_and_sets_the_next() -> None:
    """CLK-71 stops, CLK-73 runs sixty days from the acceptance (XF 23, 34)."""
    entered = after(routed(), petition())
    outcome = hear(entered, notice("accepted"))
    assert sorted(said(outcome)) == [
        ("DeadlineSet", "CLK-73"),
        ("DeadlineStopped", "CLK-71"),
    ]
    refused = hear(entered, notice("not_accepted"))
    assert list(said(refused)) == [("DeadlineStopped", "CLK-71")]
    handled = after(routed(), petition(), notice("accepted"))
    issued = hear(handled, heard("PetitionOpinionIssued", on(12, 20)))
    assert list(said(issued)) == [("DeadlineStopped", "CLK-73")]


def test_the_head_extends_a_petition_by_thirty_days() -> None:
    """CLK-73 (XF 34): sixty natural days and thirty more."""
    handled = after(routed(), petition(), notice("accepted"))
    command = ExtendDeadline(case_id=CASE, clock="CLK-73", subject=CLUE)
    outcome = handled.when(EXTEND, command, by("HD", on(12, 20)))
    outcome.then_says("DeadlineExtended")
    this = deadline_id("CLK-73", CLUE)
    extended = handled.given(deadline.KIND, this, *outcome.events)
    due_at = extended.state(deadline.KIND, this).due_at
    assert due_at == on(11, 20).replace(hour=16, minute=0) + timedelta(days=90)
    handled.when(EXTEND, command, by("PO", on(12, 20))).then_rejected("not-found")


def test_f_2_2_3a_a_platform_clue_is_to_be_signed_checked_and_concluded() -> None:
    """CLK-85: one, five and fifteen working days, each with its own end."""
    received = date(2023, 11, 13).isoformat()
    came = heard("PlatformClueReceived", MONDAY, received_on=received)
    outcome = hear(routed(), came)
    found = {event.clock: event.due_on for event in outcome.events}  # type: ignore[attr-defined]  # DeadlineSet
    assert found == {
        "CLK-85-sign": date(2023, 11, 14),
        "CLK-85-check": date(2023, 11, 20),
        "CLK-85": date(2023, 12, 4),
    }
    story = after(routed(), came)
    assert list(said(hear(story, heard("ClueAccepted", on(11, 14))))) == [
        ("DeadlineStopped", "CLK-85-sign")
    ]
    assert list(said(hear(story, heard("ClueVerified", on(11, 15))))) == [
        ("DeadlineStopped", "CLK-85-check")
    ]
    ends = {clock for _, clock in said(hear(story, REPLY))}
    assert ends == set(found)


def note(fact: str, kind: str | None = None) -> Event:
    subject = CLUE if fact == "answered" else CASE
    said = {"case_id": CASE, "fact": fact, "subject": subject, "kind": kind}
    return CaseFactNoted.model_validate({**said, "cause": ONE})


def reopening(story: Given) -> Outcome:
    (one,) = recorded(told(f"clue-{CLUE}", REDISPATCHED), service="intake")
    (command,) = reopen_redispatched(one)
    return story.when(REOPEN, command, by(SYSTEM))


def test_an_order_that_came_again_opens_its_closed_case() -> None:
    closed = routed(CaseClosed(case_id=CASE, kind="paid"))
    reopening(closed).then_says("CaseReopened", "RoutingCaseFactNoted")


def test_an_open_case_owes_the_next_answer_before_it_closes() -> None:
    answered = routed().given(known.KIND, CASE, note("answered"))
    outcome = reopening(answered)
    outcome.then_says("RoutingCaseFactNoted")
    again = answered.given(known.KIND, CASE, *outcome.events)
    again = again.given(known.KIND, CASE, note("concluded", "paid"))
    assert known.closing_kind(again.state(known.KIND, CASE), {CLUE}) is None
    reopening(routed()).then_nothing()
