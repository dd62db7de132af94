"""What reporting says: the campaign, closed weeks, corrections, the zero board."""

from datetime import date, datetime
from uuid import UUID

from libs.events.contracts.parts import CausedFigure, Code, Sha256, Text
from libs.events.event import Event, Fields
from libs.money import Money


class CampaignOpened(Event, name="CampaignOpened"):
    """A campaign runs between two dates, on a numbered notice (F-0.1).

    Stream `campaign-<campaign_id>`.
    """

    campaign_id: UUID
    title: Text
    notice_number: Text
    notice_signed_on: date
    starts_on: date
    ends_on: date


class StatPeriodClosed(Event, name="StatPeriodClosed"):
    """A campaign week was closed behind the watermark of all services.

    `known_at`: what was known then is what the figures say. Stream `period-`.
    """

    period_id: UUID
    campaign_id: UUID
    week: int
    starts_on: date
    ends_on: date
    known_at: datetime


class WeeklyStatisticsPublished(Event, name="WeeklyStatisticsPublished"):
    """The weekly table was published 周统计: the stored bytes, by their digest."""

    period_id: UUID
    campaign_id: UUID
    week: int
    document_sha256: Sha256
    document: str


class FigureCorrected(Event, name="FigureCorrected"):
    """A published figure is now known to be another: old, new, cause and events."""

    period_id: UUID
    campaign_id: UUID
    figure: CausedFigure
    cause: Code
    event_ids: tuple[UUID, ...]
    noted_in_week: int


class ListedApart(Fields):
    """Cases that stand beside the zero figure, never hidden in it."""

    kind: Code
    cases: int
    unpaid: tuple[Money, ...]


class ZeroOutSnapshotTaken(Event, name="ZeroOutSnapshotTaken"):
    """The zero board at a cut-off: S41a and S41b apart (F-1.4)."""

    snapshot_id: UUID
    campaign_id: UUID
    at: datetime
    open_cases_unpaid: int
    unpaid: tuple[Money, ...]
    workers_unpaid: int
    open_clues: int
    apart: tuple[ListedApart, ...] = ()


class ZeroReportFiled(Event, name="ZeroReportFiled"):
    """A unit reported "nothing new" for a week: said, not assumed (S42)."""

    campaign_id: UUID
    report_id: UUID
    unit: Code
    week: int
