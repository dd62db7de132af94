"""Escalation, leaders, levels, task forces, listing (F-2.4.0, F-2.4.1b)."""

from datetime import date
from typing import Any

import pytest

from libs.calendar.local_days import end_of_day
from libs.events.contracts.routing import CaseClosed
from libs.events.contracts.supervision import (
    CaseEscalated,
    CaseLeaderAssigned,
    CaseLevelRaised,
    CaseListedForSupervision,
    SupervisionDelisted,
    SupervisionDelistingProposed,
    TaskForceFormed,
)
from libs.events.decider import NotYours, Rule
from libs.events.event import Event
from libs.events.testing import Given, Outcome
from libs.ids import deadline_id, named
from services.reporting.views import case as shown
from services.reporting.views.supervised import VIEW
from services.routing import case, listing, supervision
from services.routing.deadline import MissDeadline
from services.routing.listing import (
    DelistSupervision,
    ListForSupervision,
    ProposeDelisting,
)
from services.routing.supervision import (
    AssignCaseLeader,
    EscalateCase,
    FormTaskForce,
    RaiseCaseLevel,
)
from tests.unit.matters import ASSIGNED, CASE, OPENED, routed
from tests.unit.offices import by, officer, on
from tests.unit.supervision_scenes import rows_of
from tests.unit.test_deadline import MISS
from tests.unit.test_hearing import after, heard, set_by

ESCALATE, LEAD, RAISE, FORM = supervision.RULES
LIST, PROPOSE, DELIST = listing.RULES
LISTING = named("test-listing", 1)
LAST = date(2023, 12, 29)
ENTER = ListForSupervision(case_id=CASE, listing_id=LISTING, due_on=LAST)
LISTED = CaseListedForSupervision(
    case_id=CASE, listing_id=LISTING, unit="LC", due_on=LAST
)
PROPOSED = SupervisionDelistingProposed(
    case_id=CASE,
    listing_id=LISTING,
    result="paid",
    by_unit="LG",
    proposer_id=officer("LG"),
)
STRUCK = SupervisionDelisted(
    case_id=CASE, listing_id=LISTING, result="paid", proposer_id=officer("LG")
)
HEAD = AssignCaseLeader(
    case_id=CASE,
    leader_id=officer("HD"),
    leader_role="hrss-head",
    leader_unit="HD",
)
LED = CaseLeaderAssigned(case_id=CASE, leader_id=officer("HD"), leader_unit="HD")
SIGN = EscalateCase(case_id=CASE, reason="group")
STRIKE = DelistSupervision(case_id=CASE)
FORCE = FormTaskForce(case_id=CASE, units=("LC", "LI", "PS"))


def supervised(*events: Event, closed: bool = False) -> Given:
    more = [CaseClosed(case_id=CASE, kind="paid")] if closed else []
    return routed(*more).given(supervision.KIND, CASE, *events)


def refused(outcome: Outcome, *may: str) -> None:
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == may


def test_f_2_4_0_the_owner_reports_a_sign_once() -> None:
    """F-2.4.0: each reason once; another sign is another report."""
    sign = CaseEscalated(case_id=CASE, reason="group", by_unit="LC")
    supervised().when(ESCALATE, SIGN, by("LC")).then(sign)
    again = supervised(sign)
    again.when(ESCALATE, SIGN, by("LC")).then_rejected("escalated-already")
    other = SIGN.model_copy(update={"reason": "violence"})
    again.when(ESCALATE, other, by("DB")).then_says("CaseEscalated")


def test_who_only_looks_on_reports_no_sign() -> None:
    refused(supervised().when(ESCALATE, SIGN, by("HD")), "LC")


def test_a_leader_takes_the_case_on_and_another_in_their_place() -> None:
    supervised().when(LEAD, HEAD, by("LG")).then(LED)
    led = supervised(LED)
    led.when(LEAD, HEAD, by("LG")).then_rejected("leads-already")
    other = HEAD.model_copy(update={"leader_id": officer("HD", 2)})
    led.when(LEAD, other, by("LG")).then_says("CaseLeaderAssigned")


@pytest.mark.parametrize(
    "said", [{"leader_unit": None}, {"leader_role": "inspection", "leader_unit": "LI"}]
)
def test_a_leader_is_in_the_directory_and_sees_the_case(said: dict[str, Any]) -> None:
    unknown = HEAD.model_copy(update=said)
    supervised().when(LEAD, unknown, by("LG")).then_rejected("officer-not-entitled")


def test_the_level_only_rises() -> None:
    up = RaiseCaseLevel(case_id=CASE, level="district")
    raised = CaseLevelRaised(case_id=CASE, old_level="street", level="district")
    supervised().when(RAISE, up, by("LG")).then(raised)
    higher = supervised(raised)
    higher.when(RAISE, up, by("LG")).then_rejected("level-not-higher")
    city = up.model_copy(update={"level": "city"})
    higher.when(RAISE, city, by("LG")).then_says("CaseLevelRaised")


def test_a_task_force_is_led_by_the_owner_and_its_units_see_the_case() -> None:
    formed = TaskForceFormed(case_id=CASE, lead_unit="LC", units=("LC", "LI", "PS"))
    outcome = supervised().when(FORM, FORCE, by("LG")).then(formed)
    assert outcome.new[0].stream == case.KIND.stream(CASE)
    after_ = supervised().given(case.KIND, CASE, formed)
    assert {"LI", "PS"} <= after_.state(case.KIND, CASE).parties
    after_.when(FORM, FORCE, by("LG")).then_rejected("task-force-formed")
    nobody = FORCE.model_copy(update={"units": ("LC", "AU")})
    supervised().when(FORM, nobody, by("LG")).then_rejected("no-such-unit")


def test_the_case_file_shows_the_task_force_to_its_units() -> None:
    stream = case.KIND.stream(CASE)
    formed = TaskForceFormed(case_id=CASE, lead_unit="LC", units=("LI", "PS"))
    *_, row = rows_of(shown.VIEW, stream, OPENED, ASSIGNED, formed)
    assert (row.task_force, row.parties) == (("LI", "PS"), ("LC", "LI", "PS"))


def test_a_case_is_listed_once_until_a_day_that_lies_ahead() -> None:
    supervised().when(LIST, ENTER, by("LG")).then(LISTED)
    supervised(LISTED).when(LIST, ENTER, by("LG")).then_rejected("listed-already")
    supervised(LISTED, PROPOSED, STRUCK).when(LIST, ENTER, by("LG")).then(LISTED)
    for day in (date(2023, 11, 13), date(2024, 11, 14)):
        late = ENTER.model_copy(update={"due_on": day})
        supervised().when(LIST, late, by("LG")).then_rejected("listing-date")


def test_it_is_struck_off_with_a_result_by_a_second_person() -> None:
    listed = supervised(LISTED)
    bare = listed.when(DELIST, STRIKE, by("LG"))
    bare.then_rejected("delisting-without-result")
    paid = ProposeDelisting(case_id=CASE, result="paid")
    listed.when(PROPOSE, paid, by("LG")).then(PROPOSED)
    waiting = supervised(LISTED, PROPOSED)
    waiting.when(DELIST, STRIKE, by("LG")).then_rejected("same-person")
    waiting.when(DELIST, STRIKE, by("LG", number=2)).then(STRUCK)
    over = supervised(LISTED, PROPOSED, STRUCK)
    over.when(DELIST, STRIKE, by("LG", number=2)).then_rejected("not-listed")


def test_an_older_result_strikes_off_no_later_listing() -> None:
    again = supervised(LISTED, PROPOSED, STRUCK, LISTED)
    again.when(DELIST, STRIKE, by("LG", number=2)).then_rejected(
        "delisting-without-result"
    )


def test_the_owner_proposes_and_a_case_that_closed_is_still_struck_off() -> None:
    closed = supervised(LISTED, closed=True)
    paid = ProposeDelisting(case_id=CASE, result="paid")
    closed.when(PROPOSE, paid, by("LC")).then_says("SupervisionDelistingProposed")
    refused(closed.when(PROPOSE, paid, by("DB")), "LC")


ON_OPEN = ((ESCALATE, SIGN), (LEAD, HEAD), (FORM, FORCE), (LIST, ENTER))


@pytest.mark.parametrize(("rule", "command"), ON_OPEN)
def test_a_closed_case_is_supervised_no_more(rule: Rule[Any], command: Any) -> None:
    story = supervised(closed=True)
    story.when(rule, command, by("LG")).then_rejected("case-closed")


BY_THE_OFFICE = (*ON_OPEN[1:], (DELIST, STRIKE))


@pytest.mark.parametrize(("rule", "command"), BY_THE_OFFICE)
def test_only_the_office_leads_lists_and_strikes_off(
    rule: Rule[Any], command: Any
) -> None:
    story = supervised(LISTED) if rule is DELIST else supervised()
    refused(story.when(rule, command, by("LC")), "leading-group")


def test_the_listings_day_is_a_clock_and_striking_off_stops_it() -> None:
    """CLK-99: the day the list names, also a rest day; closing does not stop it."""
    said = {"listing_id": str(LISTING), "unit": "LC", "due_on": "2023-12-30"}
    entered = heard("CaseListedForSupervision", on(11, 13), **said)
    fact = set_by(entered)
    assert (fact.clock, fact.unit, fact.due_on) == ("CLK-99", "LC", date(2023, 12, 30))
    story = after(routed(), entered)
    closed = after(story, heard("CaseClosed", on(11, 20), kind="paid"))
    this = deadline_id("CLK-99", CASE)
    command = MissDeadline(deadline_id=this, due_at=end_of_day(date(2023, 12, 30)))
    closed.when(MISS, command, by("system")).then_says("DeadlineMissed")
    struck = heard("SupervisionDelisted", on(12, 1), result="paid")
    after(closed, struck).when(MISS, command, by("system")).then_nothing()


def test_the_ledger_counts_listings_and_shows_what_stands() -> None:
    """S25."""
    stream = supervision.KIND.stream(CASE)
    sign = CaseEscalated(case_id=CASE, reason="group", by_unit="LC")
    events = (sign, LED, LISTED, PROPOSED, STRUCK, LISTED)
    rows = rows_of(VIEW, stream, *events)
    assert [row.listed for row in rows] == [False, False, True, True, False, True]
    assert (rows[4].result, rows[4].delistings) == ("paid", 1)
    last = rows[-1]
    assert (last.reasons, last.leader_unit) == (("group",), "HD")
    assert (last.listings, last.delistings, last.result) == (2, 1, None)
    assert (last.due_on, last.delisted_on) == (LAST, None)
