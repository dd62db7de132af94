"""An amended calendar: adopted once, and what runs is counted by it, by an event.

Domain §5.9, 10; the notice of 2024 was known on 2023-10-25, inside no campaign, so the
tests amend it: the festival of 2020 was lengthened within itself, and so is this one.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import assume
from hypothesis import given as for_any
from hypothesis import strategies as st

from libs.calendar import Holiday, YearTable, load_year
from libs.calendar.local_days import end_of_day
from libs.events.contracts.clocks import (
    DeadlineMissed,
    DeadlineRecomputed,
    DeadlineSet,
)
from libs.events.testing import Given, Outcome
from libs.events.views.testing import given as seen
from libs.events.views.testing import told
from libs.ids import deadline_id
from services.intake import due_dates
from services.reporting.views import deadline as shown
from services.reporting.views import recount
from services.routing import (
    deadline,
    extending,
    recomputing,
    rulebook,
    running_deadline,
)
from services.routing.extending import ExtendDeadline
from services.routing.recomputing import RecomputeDeadline
from services.routing.rulebook import AmendCalendar, book_id
from tests.unit.matters import BOOKS, CASE, ORDER, adopted, routed
from tests.unit.offices import SYSTEM, by, on
from tests.unit.test_hearing import FILED, after, complaint, hear, heard, served

(RECOMPUTE,) = recomputing.RULES
ADOPT, AMEND = rulebook.RULES
(MISS,) = deadline.RULES
(EXTEND,) = extending.RULES
ACCEPTANCE = deadline_id("CLK-02", CASE)
INVESTIGATION = deadline_id("CLK-05", CASE)
CALENDAR = book_id("calendar")
NOTICE = load_year(BOOKS["calendar"]["2024.toml"])
FILED_ON = heard("CaseFiled", on(11, 10), **FILED)
DAY = timedelta(days=1)


def amended(
    version: int = 2, *, off: date = date(2024, 1, 31), **said: Any
) -> YearTable:
    """Return the notice of 2024 with one day more off, as a later paper gave it."""
    more = Holiday(name_zh="例", name_en="Example", first=off, last=off)
    holidays = (*NOTICE.holidays, more)
    paper = {"number": "国办发明电〔2024〕0号", "known_on": date(2023, 11, 20)}
    update = {"version": version, "holidays": holidays, **paper, **said}
    return NOTICE.model_copy(update=update)


def amend(story: Given, notice: YearTable, by_: str = "LG") -> Outcome:
    return story.when(AMEND, AmendCalendar(notice=notice), by(by_, on(12, 1)))


def under(story: Given, notice: YearTable | None = None) -> Given:
    """Go on under an amended calendar."""
    events = amend(story, notice or amended()).events
    return story.given(rulebook.KIND, CALENDAR, *events)


def recompute(story: Given, this: UUID = INVESTIGATION) -> Outcome:
    return story.when(RECOMPUTE, RecomputeDeadline(deadline_id=this), by(SYSTEM))


def after_recount(story: Given, this: UUID = INVESTIGATION) -> Given:
    return story.given(deadline.KIND, this, *recompute(story, this).events)


def test_a_running_deadline_is_counted_anew_and_says_what_stood() -> None:
    """CLK-05 from 11-10: the sixtieth day was Sunday 02-04, with one more off 02-05."""
    story = under(after(routed(), FILED_ON))
    before = story.state(deadline.KIND, INVESTIGATION)
    (fact,) = recompute(story).events
    assert isinstance(fact, DeadlineRecomputed)
    assert (fact.old_due_on, fact.due_on) == (date(2024, 2, 4), date(2024, 2, 5))
    assert fact.due_at == end_of_day(date(2024, 2, 5))
    assert (fact.clock, fact.rule_version) == ("CLK-05", before.rule_version)
    assert fact.old_calendar_version == before.calendar_version
    assert "2024.2" in fact.calendar_version
    assert sum(line.counted for line in fact.days) == 60
    assert next(d for d in fact.days if d.day == date(2024, 1, 31)).name_zh == "例"


def test_each_calendar_counts_a_deadline_once() -> None:
    story = after_recount(under(after(routed(), FILED_ON)))
    recompute(story).then_nothing()


def test_a_deadline_that_no_day_moved_says_so_without_its_days() -> None:
    """Each open deadline cites the calendar in force; its days are not repeated."""
    story = under(after(routed(), complaint(on(11, 13))))
    (fact,) = recompute(story, ACCEPTANCE).events
    assert isinstance(fact, DeadlineRecomputed)
    assert (fact.due_on, fact.old_due_on, fact.days) == (
        date(2023, 11, 20),
        date(2023, 11, 20),
        (),
    )
    again = story.given(deadline.KIND, ACCEPTANCE, fact)
    assert len(again.state(deadline.KIND, ACCEPTANCE).days) == 8


def test_an_extended_clock_is_counted_anew_in_one_sum() -> None:
    story = after(routed(), FILED_ON)
    approve = ExtendDeadline(case_id=CASE, clock="CLK-05", subject=CASE)
    extended = story.when(EXTEND, approve, by("HD")).events
    story = under(story.given(deadline.KIND, INVESTIGATION, *extended))
    (fact,) = recompute(story).events
    assert isinstance(fact, DeadlineRecomputed)
    assert (fact.old_due_on, fact.due_on) == (date(2024, 3, 21), date(2024, 3, 22))
    assert sum(line.counted for line in fact.days) == 90


def test_the_rules_version_that_set_a_deadline_counts_it() -> None:
    """A later version of the law has its own deadlines, and moves no older one."""
    story = after(routed(), FILED_ON)
    text = BOOKS["clocks"]["clocks.toml"].replace("n = 60", "n = 61")
    text = text.replace('id = "CLK-05"\nversion = 1', 'id = "CLK-05"\nversion = 2')
    files = {**BOOKS["clocks"], "later.toml": text}
    book = adopted("clocks").model_copy(update={"files": files})
    story = under(story.given(rulebook.KIND, book_id("clocks"), book))
    (fact,) = recompute(story).events
    assert isinstance(fact, DeadlineRecomputed)
    assert (fact.rule_version, fact.due_on) == (1, date(2024, 2, 5))


def test_the_date_written_in_an_order_stands_under_any_calendar() -> None:
    this = deadline_id("CLK-10", ORDER)
    story = after(routed(), served(on(12, 4), "2023-11-28", "2024-01-31"))
    (fact,) = recompute(under(story), this).events
    assert isinstance(fact, DeadlineRecomputed)
    assert (fact.due_on, fact.days) == (date(2024, 1, 31), ())


def test_a_provisional_deadline_becomes_firm() -> None:
    files = {n: t for n, t in BOOKS["calendar"].items() if n == "2023.toml"}
    first = adopted("calendar").model_copy(update={"files": files})
    streams = {**routed().streams}
    streams[rulebook.KIND.stream(CALENDAR)] = (rulebook.KIND, (first,))
    story = after(Given(streams), FILED_ON)
    (fact,) = recompute(under(story, NOTICE)).events
    assert isinstance(fact, DeadlineRecomputed)
    assert (fact.old_provisional, fact.provisional) == (True, False)
    assert (fact.old_due_on, fact.due_on) == (date(2024, 2, 2), date(2024, 2, 4))
    assert fact.old_calendar_version == "cn-2023.1"


def missed(story: Given, due_on: date) -> Outcome:
    command = deadline.MissDeadline(
        deadline_id=INVESTIGATION, due_at=end_of_day(due_on)
    )
    return story.when(MISS, command, by(SYSTEM))


def test_a_deadline_that_was_found_missed_stays_as_it_was() -> None:
    story = after(routed(), FILED_ON)
    fact = missed(story, date(2024, 2, 4)).events
    story = under(story.given(deadline.KIND, INVESTIGATION, *fact))
    recompute(story).then_nothing()


def test_nothing_is_missed_by_a_calendar_that_is_no_longer_in_force() -> None:
    story = under(after(routed(), FILED_ON))
    missed(story, date(2024, 2, 4)).then_nothing()
    story = after_recount(story)
    missed(story, date(2024, 2, 4)).then_nothing()
    missed(story, date(2024, 2, 5)).then_says("DeadlineMissed")


def test_a_stop_is_judged_by_the_calendar_in_force() -> None:
    """It came on the day that the amended calendar has added: in time."""
    story = under(after(routed(), FILED_ON))
    outcome = hear(story, heard("InvestigationCompleted", on(2, 5)))
    outcome.then_says("DeadlineRecomputed", "DeadlineStopped")
    assert outcome.events[1].model_dump()["in_time"]
    assert [new.occurred_at for new in outcome.new] == [None, on(2, 5)]


def test_a_stopped_deadline_is_history() -> None:
    stop = heard("InvestigationCompleted", on(12, 12))
    recompute(under(after(routed(), FILED_ON, stop))).then_nothing()


def test_what_runs_again_after_an_amendment_is_counted_by_it() -> None:
    """CLK-10 stopped, the calendar changed, the payment fell: the new one counts."""
    this = deadline_id("CLK-10", ORDER)
    said = {"order_id": str(ORDER)}
    story = after(
        routed(),
        served(on(11, 28), "2023-11-28"),
        heard("PaymentOrderSatisfied", on(12, 5), **said),
    )
    story = after(under(story), heard("PaymentOrderUnsatisfied", on(12, 6), **said))
    recompute(story, this).then_says("DeadlineRecomputed")


def test_the_views_take_the_new_date_and_keep_the_old_one_beside_it() -> None:
    story = under(after(routed(), FILED_ON))
    first = story.streams[deadline.KIND.stream(INVESTIGATION)][1]
    (fact,) = recompute(story).events
    assert isinstance(fact, DeadlineRecomputed)
    stream = deadline.KIND.stream(INVESTIGATION)
    before, history = first[0], seen(*(told(stream, one) for one in (*first, fact)))
    assert isinstance(before, DeadlineSet)
    said = {name: getattr(before, name) for name in shown.SHARED}
    said |= {name: getattr(fact, name) for name in shown.MOVED}
    row = shown.DeadlineRow(**said, recomputed_from=date(2024, 2, 4))
    history.project(shown.VIEW).then({stream: row})
    due = due_dates.DueDate(CASE, "CLK-05", fact.due_on, before.article, False)  # noqa: FBT003 -- a row
    history.project(due_dates.VIEW).then({stream: due})
    said = {name: getattr(before, name) for name in running_deadline.SHARED}
    moved = ("calendar_version", "due_on", "due_at")
    said |= {name: getattr(fact, name) for name in moved}
    timer = running_deadline.RunningDeadline(**said)
    history.project(running_deadline.VIEW).then({stream: timer})
    kept = fact.model_dump(include=set(recount.Recount.__dataclass_fields__))
    history.register(recount.REGISTER).then(recount.Recount(**kept))


def test_a_view_keeps_the_days_that_stand() -> None:
    story = under(after(routed(), complaint(on(11, 13))))
    (before,) = story.streams[deadline.KIND.stream(ACCEPTANCE)][1]
    (fact,) = recompute(story, ACCEPTANCE).events
    assert isinstance(before, DeadlineSet)
    stream = deadline.KIND.stream(ACCEPTANCE)
    said = {name: getattr(before, name) for name in shown.SHARED}
    said["calendar_version"] = fact.model_dump()["calendar_version"]
    history = seen(told(stream, before), told(stream, fact))
    history.project(shown.VIEW).then({stream: shown.DeadlineRow(**said)})


@for_any(st.dates(date(2023, 11, 10), date(2024, 2, 9)), st.integers(0, 60))
def test_a_holiday_more_never_shortens_what_runs(start: date, ahead: int) -> None:
    """And it is what the amended calendar would have counted from the first day."""
    off = start + ahead * DAY
    assume(off.year == 2024 and plain(off))
    at = end_of_day(start) - timedelta(hours=12)
    story = after(routed(), heard("CaseFiled", at, **FILED))
    was = story.state(deadline.KIND, INVESTIGATION)
    story = under(story, amended(off=off))
    (fact,) = recompute(story).events
    assert isinstance(fact, DeadlineRecomputed)
    assert fact.due_on >= was.due_on
    (fresh,) = hear(
        under(routed(), amended(off=off)), heard("CaseFiled", at, **FILED)
    ).events
    assert isinstance(fresh, DeadlineSet)
    assert (fact.due_on, fact.days or was.days) == (fresh.due_on, fresh.days)


def plain(on_: date) -> bool:
    """Say whether a day is a plain weekday, so that a notice may give it off."""
    named = {d for h in NOTICE.holidays for d in (*h.days(), *h.make_up)}
    return on_.weekday() < 5 and on_ not in named


def test_a_miss_that_was_withdrawn_lets_the_deadline_be_counted() -> None:
    """It stopped in time by an earlier legal date, the stop fell, and it runs again."""
    story = after(routed(), FILED_ON)
    lost = missed(story, date(2024, 2, 4)).events
    assert isinstance(lost[0], DeadlineMissed)
    story = story.given(deadline.KIND, INVESTIGATION, *lost)
    ended = heard("CaseConcluded", on(2, 2), kind="paid")
    story = after(story, ended)
    assert not story.state(deadline.KIND, INVESTIGATION).missed
    story = under(after(story, heard("CaseReopened", on(2, 3))))
    recompute(story).then_says("DeadlineRecomputed")
