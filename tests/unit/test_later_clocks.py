"""Clocks in force from 2024-03-01: each an entry of a file, and so is one more."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from libs.calendar import due, in_force, load_clocks
from libs.calendar.local_days import end_of_day
from libs.events.contracts.clocks import DeadlineSet, DeadlineStopped, RulebookAdopted
from libs.events.testing import Given
from libs.ids import deadline_id
from services.routing import deadline, known, rulebook
from services.routing.deadline import MissDeadline
from services.routing.hearing import HearEvent
from services.routing.rulebook import AdoptRulebook, book_id, digest
from services.routing.seeding import clocks_known
from tests.unit.matters import BOOKS, CASE, ORDER, routed
from tests.unit.offices import SYSTEM, by, on
from tests.unit.test_calendar_rules import CALENDAR
from tests.unit.test_hearing import after, complaint, hear, heard, noted

ADOPT, _ = rulebook.RULES
(MISS,) = deadline.RULES
LATER = load_clocks(BOOKS["clocks"]["clocks-2024.toml"])
EVERY = [rule for text in BOOKS["clocks"].values() for rule in load_clocks(text)]
FROM = date(2024, 3, 1)
ORDERED = heard("PaymentOrdered", on(3, 11), order_id=str(ORDER), pay_by="2024-04-01")
INVESTIGATED = heard("InvestigationCompleted", on(3, 15))


def set_by(command: HearEvent, clock: str, story: Given | None = None) -> DeadlineSet:
    """Return the deadline that an event sets for one clock, among others."""
    events = hear(story or routed(), command).events
    found = [e for e in events if isinstance(e, DeadlineSet) and e.clock == clock]
    assert len(found) == 1, [event.name for event in events]
    return found[0]


@pytest.mark.parametrize(
    ("clock", "start", "end"),
    [
        ("CLK-01", date(2024, 3, 1), date(2024, 3, 4)),
        ("CLK-01", date(2024, 4, 3), date(2024, 4, 7)),
        ("CLK-02", date(2024, 3, 4), date(2024, 3, 11)),
        ("CLK-06", date(2024, 3, 15), date(2024, 4, 8)),
        ("CLK-08", date(2024, 3, 11), date(2024, 3, 20)),
    ],
)
def test_each_clock_ends_on_the_day_counted_by_hand(
    clock: str, start: date, end: date
) -> None:
    """Over Qingming 04-04 to 06, and the make-up Sunday 04-07."""
    rule = in_force(EVERY, clock, start)
    assert rule is not None
    assert due(rule, start, CALENDAR).due_on == end


def test_before_their_day_none_of_them_runs_and_older_versions_do() -> None:
    last = date(2024, 2, 29)
    assert {rule.effective_from for rule in LATER} == {FROM}
    ids = {rule.id for rule in LATER}
    before = {one: in_force(EVERY, one, last) for one in ids}
    assert {one for one, rule in before.items() if rule is not None} == {"CLK-02"}
    winter = hear(routed(), complaint(on(11, 13)))
    assert [e.model_dump()["rule_version"] for e in winter.events] == [1]


def test_a_file_is_adopted_from_the_day_on_which_it_was_known() -> None:
    """A simulated winter of 2023 starts without it, and its records stay the same."""
    before = clocks_known(BOOKS["clocks"], date(2024, 2, 29))
    channels, duties, supervised = (
        f"clocks-{name}.toml" for name in ("channels", "duties", "supervision")
    )
    assert list(before) == [channels, duties, supervised, "clocks.toml"]
    assert clocks_known(BOOKS["clocks"], FROM) == BOOKS["clocks"]


def test_every_later_clock_says_its_law_and_what_it_is_taken_from() -> None:
    taken = {rule.id: rule.source for rule in LATER}
    assert taken == {
        "CLK-01": "by_analogy",
        "CLK-02": "law",
        "CLK-06": "law",
        "CLK-08": "by_analogy",
    }
    assert all("history" in rule.not_for for rule in LATER)


@pytest.mark.parametrize("event", ["ComplaintReceived", "ReportReceived"])
def test_whatever_comes_in_is_screened_or_forwarded_in_one_working_day(
    event: str,
) -> None:
    """CLK-01 (WPR 10 ¶3): complaints and reports, the first-asked unit's duty."""
    said = set_by(heard(event, on(3, 1), first_asked_unit="LC"), "CLK-01")
    assert (said.unit, said.due_on) == ("LC", date(2024, 3, 4))


@pytest.mark.parametrize(
    "stop", ["ClueScreened", "TransferProposed", "ComplaintAccepted", "CaseFiled"]
)
def test_screening_and_forwarding_stop_it(stop: str) -> None:
    story = after(routed(), heard("ReportReceived", on(3, 1)))
    outcome = hear(story, heard(stop, on(3, 4), unit="DB"))
    stops = [e for e in outcome.events if isinstance(e, DeadlineStopped)]
    assert [one.clock for one in stops] == ["CLK-01"]
    assert stops[0].in_time


def filed() -> Given:
    """A case that the district's brigade has filed."""
    fact = noted("filed", CASE).model_copy(update={"unit": "DB"})
    return routed().given(known.KIND, CASE, fact)


def test_an_investigation_leads_to_a_decision_in_fifteen_working_days() -> None:
    """CLK-06 (LIR-IR 37): the duty of the unit that filed, which the event omits."""
    said = set_by(INVESTIGATED, "CLK-06", filed())
    assert (said.unit, said.due_on) == ("DB", date(2024, 4, 8))


@pytest.mark.parametrize("stop", ["PaymentOrdered", "CaseConcluded", "CaseClosed"])
def test_an_order_or_the_end_is_the_decision(stop: str) -> None:
    story = after(filed(), INVESTIGATED)
    found = hear(story, heard(stop, on(3, 20), kind="paid", order_id=str(ORDER)))
    names = [e.name for e in found.events if e.model_dump()["clock"] == "CLK-06"]
    assert names == ["DeadlineStopped"]


def test_an_order_is_served_in_seven_working_days() -> None:
    """CLK-08 (APL 61, 85 by analogy)."""
    said = set_by(ORDERED, "CLK-08", filed())
    assert (said.subject, said.unit, said.due_on) == (ORDER, "DB", date(2024, 3, 20))


def served(at: datetime, served_on: str) -> HearEvent:
    dates = {"served_on": served_on, "pay_by": "2024-04-01"}
    return heard("DocumentServed", at, order_id=str(ORDER), **dates)


@pytest.mark.parametrize(
    ("served_on", "in_time"), [("2024-03-20", True), ("2024-03-21", False)]
)
def test_the_day_of_service_counts_and_not_the_day_of_its_entry(
    served_on: str, *, in_time: bool
) -> None:
    story = after(filed(), ORDERED)
    found = hear(story, served(on(3, 25), served_on)).events
    (stop,) = [e for e in found if isinstance(e, DeadlineStopped)]
    assert (stop.clock, stop.in_time) == ("CLK-08", in_time)


NEW = """
[[clocks]]
id = "CLK-90"
version = 1
effective_from = 2024-03-01
title_zh = "建议立案的答复"
title_en = "Answer a proposal to file"
instrument = "专项行动工作通知"
article = "第五条"
source = "by_analogy"
subject = "case"
duty = "owner"
start = { event = "FilingProposed", counts_from = "occurred_at" }
length = { kind = "natural_days", n = 3, roll = true }
not_for = ["history"]
stops = [{ event = "FilingDeclined", scope = "case" }]
consequence_zh = "逾期未答复的，由领导小组办公室督办。"
consequence_en = "Not answered in time: the leading-group office supervises."
"""


def adopting(**files: Any) -> AdoptRulebook:
    texts = {**BOOKS["clocks"], **files}
    return AdoptRulebook(
        book="clocks",
        version=digest(texts)[:16],
        known_on=FROM,
        in_force_from=FROM,
        files=texts,
    )


def test_a_clock_that_nobody_knew_is_put_in_force_by_a_file_alone() -> None:
    """No code names it: it starts, rolls, is missed at its time, and is stopped."""
    proposed = heard("FilingProposed", on(4, 2))
    hear(routed(), proposed).then_nothing()
    (book,) = (
        routed().when(ADOPT, adopting(**{"clocks-mine.toml": NEW}), by(SYSTEM)).events
    )
    assert isinstance(book, RulebookAdopted)
    story = routed().given(rulebook.KIND, book_id("clocks"), book)
    said = set_by(proposed, "CLK-90", story)
    assert (said.unit, said.due_on) == ("LC", date(2024, 4, 7))
    assert "专项行动工作通知" in said.article
    story = after(story, proposed)
    this: UUID = deadline_id("CLK-90", CASE)
    miss = MissDeadline(deadline_id=this, due_at=end_of_day(date(2024, 4, 7)))
    story.when(MISS, miss, by(SYSTEM)).then_says("DeadlineMissed")
    hear(story, heard("FilingDeclined", on(4, 3))).then_says("DeadlineStopped")
