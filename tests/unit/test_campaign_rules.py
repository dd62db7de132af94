"""The campaign's weeks, their closing, corrections and zero reports."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest

from libs.calendar.local_days import end_of_day
from libs.events.command import Command
from libs.events.contracts.reporting import CampaignOpened, StatPeriodClosed
from libs.events.decider import NotYours, Rule
from libs.events.event import Event
from libs.events.testing import Given, given
from libs.ids import named
from services.reporting.campaign import (
    KIND,
    MOST_WEEKS,
    RULES,
    CloseWeek,
    CorrectFigure,
    FileZeroReport,
    OpenCampaign,
    period_id,
    weeks_of,
)
from services.reporting.figures.indicators import BY_ID, INDICATORS
from tests.unit.offices import by, on

RULE: dict[type[Command], Rule[Any]] = {rule.command: rule for rule in RULES}
CAMPAIGN = named("test-campaign")
STARTS, ENDS = date(2023, 11, 10), date(2024, 2, 9)
ISSUE = [
    "S06",
    "S07",
    "S08",
    "S09",
    "S10",
    "S11",
    "S12",
    "S13",
    "S14",
    "S15",
    "S18-workers",
    "S18-amount",
    "S19-amount",
    "S40-overdue",
    "S40-open",
    "S41a",
    "S41b",
    "S42",
]


def opening(**more: Any) -> OpenCampaign:
    said = {
        "campaign_id": CAMPAIGN,
        "title": "演示行动（虚构）",
        "notice_number": "1",
        "notice_signed_on": date(2023, 12, 15),
        "starts_on": STARTS,
        "ends_on": ENDS,
    }
    return OpenCampaign.model_validate({**said, **more})


def running(*more: Event) -> Given:
    opened = CampaignOpened.model_validate(
        opening().model_dump(exclude={"occurred_at"})
    )
    return given(KIND, CAMPAIGN, opened, *more)


def closing(week: int, known: date) -> CloseWeek:
    return CloseWeek(
        campaign_id=CAMPAIGN, week=week, known_at=end_of_day(known), document="{}"
    )


def closed(week: int) -> StatPeriodClosed:
    chosen = weeks_of(STARTS, ENDS)[week - 1]
    return StatPeriodClosed(
        period_id=period_id(CAMPAIGN, week),
        campaign_id=CAMPAIGN,
        week=week,
        starts_on=chosen.starts_on,
        ends_on=chosen.ends_on,
        known_at=end_of_day(chosen.ends_on),
    )


def test_the_campaign_has_fourteen_weeks_clipped_to_its_dates() -> None:
    """Domain §3: W01 is three days, W14 five."""
    weeks = weeks_of(STARTS, ENDS)
    assert [week.number for week in weeks] == list(range(1, 15))
    assert (weeks[0].starts_on, weeks[0].ends_on) == (STARTS, date(2023, 11, 12))
    assert (weeks[8].starts_on, weeks[8].ends_on) == (
        date(2024, 1, 1),
        date(2024, 1, 7),
    )
    assert (weeks[13].starts_on, weeks[13].ends_on) == (date(2024, 2, 5), ENDS)


def test_weeks_lie_end_to_end_and_are_whole_between() -> None:
    weeks = weeks_of(STARTS, ENDS)
    for before, after in itertools.pairwise(weeks):
        assert (after.starts_on - before.ends_on).days == 1
        assert after.starts_on.weekday() == 0
    days = sum((week.ends_on - week.starts_on).days + 1 for week in weeks)
    assert days == 92


def test_a_campaign_is_opened_once_and_ends_after_it_begins() -> None:
    given().when(RULE[OpenCampaign], opening(), by("LG")).then_says("CampaignOpened")
    running().when(RULE[OpenCampaign], opening(), by("LG")).then_rejected(
        "campaign-open"
    )
    turned = opening(ends_on=date(2023, 11, 1))
    given().when(RULE[OpenCampaign], turned, by("LG")).then_rejected("dates-reversed")


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"starts_on": date(22, 1, 1)}, "implausible-dates"),
        ({"starts_on": date(9000, 1, 1), "ends_on": date.max}, "implausible-dates"),
        ({"notice_signed_on": date(2203, 11, 10)}, "implausible-dates"),
        ({"ends_on": date.max}, "campaign-too-long"),
        ({"ends_on": STARTS + timedelta(weeks=59, days=1)}, "campaign-too-long"),
    ],
)
def test_a_campaign_has_dates_that_somebody_means(
    dates: dict[str, date], code: str
) -> None:
    outcome = given().when(RULE[OpenCampaign], opening(**dates), by("LG"))
    outcome.then_rejected(code)


def test_the_longest_campaign_has_as_many_weeks_as_can_be_closed() -> None:
    sunday = date(2023, 11, 12)
    longest = {"starts_on": sunday, "ends_on": sunday + timedelta(weeks=59)}
    outcome = given().when(RULE[OpenCampaign], opening(**longest), by("LG"))
    outcome.then_says("CampaignOpened")
    assert len(weeks_of(**longest)) == MOST_WEEKS


def test_a_week_is_closed_once_it_is_over_and_once() -> None:
    """Architecture §5: a period closes behind the watermark."""
    rule = RULE[CloseWeek]
    outcome = running().when(rule, closing(1, date(2023, 11, 12)), by("LG"))
    outcome.then_says(
        "StatPeriodClosed", "StatPeriodClosed", "WeeklyStatisticsPublished"
    )
    running().when(rule, closing(1, date(2023, 11, 11)), by("LG")).then_rejected(
        "week-not-over"
    )
    running(closed(1)).when(
        rule, closing(1, date(2023, 11, 13)), by("LG")
    ).then_rejected("week-closed")
    running().when(rule, closing(15, ENDS), by("LG")).then_rejected("no-such-week")
    given().when(rule, closing(1, ENDS), by("LG")).then_rejected("no-campaign")


def correcting(week: int) -> CorrectFigure:
    figure = {"indicator": "S18-amount", "unit": None, "week": week, "old": 1, "new": 2}
    said = {"campaign_id": CAMPAIGN, "figure": figure, "cause": "late-fact"}
    return CorrectFigure.model_validate(
        {**said, "event_ids": (CAMPAIGN,), "noted_in_week": 8}
    )


def test_only_a_published_figure_is_corrected() -> None:
    rule = RULE[CorrectFigure]
    running(closed(6)).when(rule, correcting(6), by("LG")).then_says("FigureCorrected")
    running().when(rule, correcting(6), by("LG")).then_rejected("week-open")


def zero(unit: str = "R1", week: int = 9) -> FileZeroReport:
    return FileZeroReport(campaign_id=CAMPAIGN, week=week, unit=unit)


def test_a_unit_files_its_own_zero_report_once_and_not_ahead() -> None:
    """S42; S12 of the campaign: said, not assumed."""
    rule, later = RULE[FileZeroReport], on(1, 8)
    outcome = running().when(rule, zero(), by("R1", later))
    outcome.then_says("ZeroReportFiled")
    again = running(*outcome.events)
    again.when(rule, zero(), by("R1", later)).then_nothing()
    early = running().when(rule, zero(), by("R1", on(12, 1)))
    early.then_rejected("week-to-come")


def test_nobody_but_the_unit_or_the_office_says_zero_for_it() -> None:
    outcome = running().when(RULE[FileZeroReport], zero(), by("R2", on(1, 8)))
    assert isinstance(outcome.refusal, NotYours)
    assert outcome.refusal.may == ("R1",)
    office = running().when(RULE[FileZeroReport], zero(), by("LG", on(1, 8)))
    office.then_says("ZeroReportFiled")


@pytest.mark.parametrize("indicator", ISSUE)
def test_each_indicator_stands_with_its_definition_in_two_languages(
    indicator: str,
) -> None:
    found = BY_ID[indicator]
    assert found.definition.zh
    assert found.definition.en
    assert found.name.zh != found.name.en


def test_no_indicator_stands_twice() -> None:
    assert len(BY_ID) == len(INDICATORS)
