"""The campaign's own facts: its opening, closed weeks, corrections, zero reports.

A week is closed once, behind the watermark of all services; what was published is kept
as bytes and never edited: a late fact is a correction beside it (domain §5.9, 11).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from libs.calendar.local_days import EARLIEST, day_of, end_of_day, start_of_day
from libs.events.command import Command, Stamp
from libs.events.contracts.parts import CausedFigure, Code, Text
from libs.events.contracts.reporting import (
    CampaignOpened,
    FigureCorrected,
    StatPeriodClosed,
    WeeklyStatisticsPublished,
    ZeroOutSnapshotTaken,
    ZeroReportFiled,
)
from libs.events.decider import Kind, NotYours, Read, Rejected, Rule, States
from libs.events.event import Event, New
from libs.ids import named

SUNDAY = 6
MOST_WEEKS = 60
A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Week:
    """A campaign week: Monday to Sunday, clipped to the campaign."""

    number: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Campaign:
    """What decisions ask of a campaign."""

    starts_on: date | None = None
    ends_on: date | None = None
    closed: frozenset[int] = frozenset()
    zero_reports: frozenset[tuple[str, int]] = frozenset()

    def week(self, number: int) -> Week:
        """Return a week; raises Rejected when the campaign has none of that number."""
        if self.starts_on is None or self.ends_on is None:
            raise Rejected("no-campaign", "还没有开启专项行动。")
        weeks = weeks_of(self.starts_on, self.ends_on)
        if not 1 <= number <= len(weeks):
            raise Rejected("no-such-week", f"本次行动只有第 1–{len(weeks)} 周。")
        return weeks[number - 1]


def weeks_of(starts_on: date, ends_on: date) -> list[Week]:
    """Return the campaign's weeks in order (domain §3)."""
    weeks: list[Week] = []
    first = starts_on
    while first <= ends_on:
        last = min(first + timedelta(days=SUNDAY - first.weekday()), ends_on)
        weeks.append(Week(len(weeks) + 1, first, last))
        first = last + timedelta(days=1)
    return weeks


def evolve(campaign: Campaign, event: Event) -> Campaign:
    """Fold one event of a campaign's stream."""
    match event:
        case CampaignOpened():
            return replace(campaign, starts_on=event.starts_on, ends_on=event.ends_on)
        case StatPeriodClosed():
            return replace(campaign, closed=campaign.closed | {event.week})
        case ZeroReportFiled():
            filed = campaign.zero_reports | {(event.unit, event.week)}
            return replace(campaign, zero_reports=filed)
        case _:
            return campaign


KIND = Kind("campaign", Campaign(), evolve)
PERIOD: Kind[Campaign] = Kind("period", Campaign(), evolve)


def period_id(campaign_id: UUID, week: int) -> UUID:
    """Return the id of a campaign week's period."""
    return named("period", campaign_id, week)


class OpenCampaign(Command):
    """Open a campaign on a numbered notice; it may have begun before it was signed."""

    campaign_id: UUID
    title: Text
    notice_number: Text
    notice_signed_on: date
    starts_on: date
    ends_on: date
    occurred_at: datetime | None = None


class CloseWeek(Command):
    """Close a week with the table as known at a time, and what it corrects."""

    model_config = ConfigDict(str_max_length=200_000)

    campaign_id: UUID
    week: Annotated[int, Field(ge=1, le=MOST_WEEKS)]
    known_at: datetime
    document: str
    corrections: tuple[FigureCorrected, ...] = ()


class TakeZeroOutSnapshot(Command):
    """Take the zero board at a cut-off: S41a and S41b apart."""

    snapshot: ZeroOutSnapshotTaken


class CorrectFigure(Command):
    """Correct a published figure by hand: old, new, cause and the events."""

    campaign_id: UUID
    figure: CausedFigure
    cause: Code
    event_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=1000)]
    noted_in_week: int


class FileZeroReport(Command):
    """A unit says that a week brought nothing new (S42)."""

    campaign_id: UUID
    week: Annotated[int, Field(ge=1, le=MOST_WEEKS)]
    unit: Code


def _office(stamp: Stamp) -> None:
    """Raise unless the leading-group office acts: the campaign is its own."""
    if stamp.actor.role != "leading-group":
        raise NotYours("专项行动由领导小组办公室负责。", may=["leading-group"])


def open_campaign(command: OpenCampaign, stamp: Stamp, states: States) -> list[New]:
    """Open once."""
    _office(stamp)
    if states.of(KIND, command.campaign_id).starts_on is not None:
        raise Rejected("campaign-open", "这次行动已经开启。")
    _plausible(command, day_of(stamp.at))
    opened = CampaignOpened.model_validate(command.model_dump(exclude={"occurred_at"}))
    return [New(KIND.stream(command.campaign_id), opened, command.occurred_at)]


def _plausible(command: OpenCampaign, today: date) -> None:
    """Raise for dates that nobody means: a year 0022, a campaign of centuries."""
    if command.ends_on < command.starts_on:
        raise Rejected("dates-reversed", "结束日期不能早于开始日期。")
    near = today + A_YEAR
    if (
        not EARLIEST.date() <= command.starts_on <= near
        or command.notice_signed_on > near
    ):
        raise Rejected(
            "implausible-dates", "请更正日期：须在 1980 年以后、今天起一年之内。"
        )
    # A first and a last week may be short, so that one week less is surely enough.
    if command.ends_on - command.starts_on > timedelta(weeks=MOST_WEEKS - 1):
        raise Rejected(
            "campaign-too-long", f"一次行动不到 {MOST_WEEKS} 周，请更正结束日期。"
        )


def close_week(command: CloseWeek, stamp: Stamp, states: States) -> list[New]:
    """Close a week that is over, once, with its published bytes."""
    _office(stamp)
    campaign = states.of(KIND, command.campaign_id)
    week = campaign.week(command.week)
    if command.week in campaign.closed:
        raise Rejected("week-closed", "这一周已经关闭；更正会记入以后的周报。")
    if command.known_at < end_of_day(week.ends_on):
        raise Rejected("week-not-over", "这一周还没有结束，结束后再关闭。")
    this = period_id(command.campaign_id, command.week)
    closed = StatPeriodClosed(
        period_id=this,
        campaign_id=command.campaign_id,
        week=command.week,
        starts_on=week.starts_on,
        ends_on=week.ends_on,
        known_at=command.known_at,
    )
    published = WeeklyStatisticsPublished(
        period_id=this,
        campaign_id=command.campaign_id,
        week=command.week,
        document_sha256=sha256(command.document.encode()).hexdigest(),
        document=command.document,
    )
    period = PERIOD.stream(this)
    corrected = [
        New(PERIOD.stream(one.period_id), one, stamp.at) for one in command.corrections
    ]
    # The campaign's stream knows which weeks are closed; the period's, what was said.
    return [
        New(KIND.stream(command.campaign_id), closed, stamp.at),
        New(period, closed, stamp.at),
        New(period, published, stamp.at),
        *corrected,
    ]


def take_snapshot(
    command: TakeZeroOutSnapshot, stamp: Stamp, states: States
) -> list[New]:
    """Take a snapshot of a campaign that runs."""
    _office(stamp)
    taken = command.snapshot
    if states.of(KIND, taken.campaign_id).starts_on is None:
        raise Rejected("no-campaign", "还没有开启专项行动。")
    return [New(KIND.stream(taken.campaign_id), taken, stamp.at)]


def correct(command: CorrectFigure, stamp: Stamp, states: States) -> list[New]:
    """Correct a figure of a closed week."""
    _office(stamp)
    campaign = states.of(KIND, command.campaign_id)
    if command.figure.week not in campaign.closed:
        raise Rejected("week-open", "这一周还没有关闭，数字会自动更新，不需要更正。")
    this = period_id(command.campaign_id, command.figure.week)
    said = command.model_dump()
    corrected = FigureCorrected.model_validate({**said, "period_id": this})
    return [New(PERIOD.stream(this), corrected, stamp.at)]


def file_zero_report(
    command: FileZeroReport, stamp: Stamp, states: States
) -> list[New]:
    """File once a week, for one's own unit."""
    campaign = states.of(KIND, command.campaign_id)
    week = campaign.week(command.week)
    if command.unit != stamp.actor.unit and stamp.actor.role != "leading-group":
        raise NotYours("零报告由本单位填报。", may=[command.unit])
    if stamp.at < start_of_day(week.starts_on):
        raise Rejected("week-to-come", "这一周还没有开始，不能预先报零。")
    if (command.unit, command.week) in campaign.zero_reports:
        return []
    filed = ZeroReportFiled(
        campaign_id=command.campaign_id,
        report_id=named("zero-report", command.campaign_id, command.unit, command.week),
        unit=command.unit,
        week=command.week,
    )
    return [New(KIND.stream(command.campaign_id), filed)]


def _campaign(
    command: OpenCampaign | FileZeroReport,
) -> Sequence[Read]:
    return [Read(KIND, command.campaign_id)]


def _snapshot(command: TakeZeroOutSnapshot) -> Sequence[Read]:
    return [Read(KIND, command.snapshot.campaign_id)]


def _closing(command: CloseWeek) -> Sequence[Read]:
    weeks = {command.week, *(one.figure.week for one in command.corrections)}
    periods = [Read(PERIOD, period_id(command.campaign_id, week)) for week in weeks]
    return [Read(KIND, command.campaign_id), *periods]


def _correcting(command: CorrectFigure) -> Sequence[Read]:
    this = period_id(command.campaign_id, command.figure.week)
    return [Read(KIND, command.campaign_id), Read(PERIOD, this)]


RULES = (
    Rule(OpenCampaign, _campaign, open_campaign),
    Rule(CloseWeek, _closing, close_week),
    Rule(TakeZeroOutSnapshot, _snapshot, take_snapshot),
    Rule(CorrectFigure, _correcting, correct),
    Rule(FileZeroReport, _campaign, file_zero_report),
)
