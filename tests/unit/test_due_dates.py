"""By which day the public sees that somebody must act, as deadlines come and go."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from libs.events.contracts.clocks import (
    DeadlineExtended,
    DeadlineMissed,
    DeadlineMissWithdrawn,
    DeadlineSet,
    DeadlineStopped,
)
from libs.events.views.testing import given, told
from services.intake.due_dates import VIEW, DueDate

CASE, THIS, EVENT = (UUID(int=n) for n in (1, 2, 3))
DUE_AT = datetime(2024, 2, 4, 16, tzinfo=UTC)
LATER = datetime(2024, 3, 15, 16, tzinfo=UTC)
ARTICLE = "劳动保障监察条例 第十七条"
STREAM = f"deadline-{THIS}"
SET = DeadlineSet(
    deadline_id=THIS,
    clock="CLK-05",
    case_id=CASE,
    subject=CASE,
    unit="DB",
    article=ARTICLE,
    rule_version=1,
    calendar_version="cn-2024.1",
    start_event=EVENT,
    start_on=date(2023, 11, 10),
    due_on=date(2024, 2, 4),
    due_at=DUE_AT,
    provisional=True,
)
EXTENDED = DeadlineExtended(
    deadline_id=THIS,
    clock="CLK-05",
    case_id=CASE,
    due_on=date(2024, 3, 15),
    due_at=LATER,
    provisional=False,
    calendar_version="cn-2024.1",
    article=ARTICLE,
)
MISSED = DeadlineMissed(
    deadline_id=THIS, clock="CLK-05", case_id=CASE, subject=CASE, due_at=DUE_AT
)
STOPPED = DeadlineStopped(
    deadline_id=THIS,
    clock="CLK-05",
    case_id=CASE,
    by_event=EVENT,
    by_type="InvestigationCompleted",
    stopped_at=DUE_AT,
    in_time=True,
)
LIFTED = DeadlineMissWithdrawn(
    deadline_id=THIS, clock="CLK-05", case_id=CASE, by_event=EVENT, stopped_at=DUE_AT
)
RUNS = DueDate(CASE, "CLK-05", date(2024, 2, 4), ARTICLE, provisional=True)


def test_a_deadline_that_was_set_runs() -> None:
    given(told(STREAM, SET)).project(VIEW).then({STREAM: RUNS})


def test_an_extension_moves_the_day() -> None:
    moved = replace(RUNS, due_on=date(2024, 3, 15), provisional=False)
    given(told(STREAM, SET, EXTENDED)).project(VIEW).then({STREAM: moved})


def test_a_missed_one_says_so_until_the_miss_is_withdrawn() -> None:
    late = replace(RUNS, missed=True)
    given(told(STREAM, SET, MISSED)).project(VIEW).then({STREAM: late})
    ended = replace(RUNS, running=False)
    events = (SET, MISSED, STOPPED, LIFTED)
    given(told(STREAM, *events)).project(VIEW).then({STREAM: ended})


def test_a_deadline_never_set_here_is_not_shown() -> None:
    given(told(STREAM, MISSED, STOPPED)).project(VIEW).then({})
