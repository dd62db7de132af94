"""Closed weeks, their published tables, corrections, snapshots and zero reports."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from libs.events.contracts.reporting import (
    FigureCorrected,
    StatPeriodClosed,
    WeeklyStatisticsPublished,
    ZeroOutSnapshotTaken,
    ZeroReportFiled,
)
from libs.events.event import Recorded
from libs.events.views.view import Register, View, index
from services.reporting.campaign import PERIOD


@dataclass(frozen=True)
class PeriodRow:
    """One closed week; `document` holds the published bytes as text, for ever."""

    period_id: UUID
    campaign_id: UUID
    week: int
    starts_on: date
    ends_on: date
    known_at: datetime
    document: str | None = None
    document_sha256: str | None = None
    published_at: datetime | None = None


def evolve(row: PeriodRow | None, recorded: Recorded) -> PeriodRow | None:
    """Fold one event of a period's stream.

    A closing also stands in its campaign's stream, which is no period: a row of it
    would stand beside the last closed week's, as one that is not published.
    """
    fact = recorded.fact()
    match fact:
        case StatPeriodClosed() if recorded.stream == PERIOD.stream(fact.period_id):
            return PeriodRow(**fact.model_dump())
        case WeeklyStatisticsPublished() if row is not None:
            return replace(
                row,
                document=fact.document,
                document_sha256=fact.document_sha256,
                published_at=recorded.occurred_at,
            )
        case _:
            return row


@dataclass(frozen=True)
class CorrectionLine:
    """A published figure that is now known to be another."""

    campaign_id: UUID
    week: int
    indicator: str
    unit: str | None
    old: int
    new: int
    cause: str
    event_ids: tuple[UUID, ...]
    noted_in_week: int


def corrections(recorded: Recorded) -> Sequence[CorrectionLine]:
    """Return the one line of a correction."""
    fact = recorded.fact()
    if not isinstance(fact, FigureCorrected):
        return []
    line = CorrectionLine(
        campaign_id=fact.campaign_id,
        week=fact.figure.week,
        indicator=fact.figure.indicator,
        unit=fact.figure.unit,
        old=fact.figure.old,
        new=fact.figure.new,
        cause=fact.cause,
        event_ids=fact.event_ids,
        noted_in_week=fact.noted_in_week,
    )
    return [line]


@dataclass(frozen=True)
class SnapshotLine:
    """The zero board as it was taken at a cut-off."""

    snapshot_id: UUID
    campaign_id: UUID
    at: datetime
    open_cases_unpaid: int
    workers_unpaid: int
    open_clues: int
    amounts: dict[str, Any]


def snapshots(recorded: Recorded) -> Sequence[SnapshotLine]:
    """Return the one line of a snapshot."""
    fact = recorded.fact()
    if not isinstance(fact, ZeroOutSnapshotTaken):
        return []
    said = fact.model_dump(mode="json", include={"unpaid", "apart"})
    line = SnapshotLine(
        snapshot_id=fact.snapshot_id,
        campaign_id=fact.campaign_id,
        at=fact.at,
        open_cases_unpaid=fact.open_cases_unpaid,
        workers_unpaid=fact.workers_unpaid,
        open_clues=fact.open_clues,
        amounts=said,
    )
    return [line]


@dataclass(frozen=True)
class ZeroReportLine:
    """A unit's own word that a week brought nothing new (S42)."""

    campaign_id: UUID
    unit: str
    week: int


def zero_reports(recorded: Recorded) -> Sequence[ZeroReportLine]:
    """Return the one line of a zero report."""
    fact = recorded.fact()
    if not isinstance(fact, ZeroReportFiled):
        return []
    return [ZeroReportLine(fact.campaign_id, fact.unit, fact.week)]


OWN = ("reporting",)

VIEW = View(
    name="period",
    version=2,
    services=OWN,
    row=PeriodRow,
    on=(StatPeriodClosed, WeeklyStatisticsPublished),
    evolve=evolve,
    indexes=(index("campaign_id", "week"),),
)
CORRECTIONS = Register(
    name="correction",
    version=1,
    services=OWN,
    row=CorrectionLine,
    on=(FigureCorrected,),
    facts=corrections,
    indexes=(index("campaign_id", "week"),),
)
SNAPSHOTS = Register(
    name="zero_snapshot",
    version=1,
    services=OWN,
    row=SnapshotLine,
    on=(ZeroOutSnapshotTaken,),
    facts=snapshots,
    indexes=(index("campaign_id", "at"),),
)
ZERO_REPORTS = Register(
    name="zero_report",
    version=1,
    services=OWN,
    row=ZeroReportLine,
    on=(ZeroReportFiled,),
    facts=zero_reports,
    indexes=(index("campaign_id", "week"),),
)
