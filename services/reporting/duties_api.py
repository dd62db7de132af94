"""Duties over HTTP: responsibilities, incidents, warnings, tasks, patrols, boards."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict

from libs.web import permissions
from libs.web.auth import OfficerCaller
from services.reporting.api import (
    SEEING,
    AsOf,
    IfNoneMatch,
    Timed,
    answered,
    asking,
    running,
)
from services.reporting.reading import notice_boards, patrols, publicity, tasks
from services.reporting.reading.asking import day_asked
from services.reporting.reading.early_warnings import early_warnings
from services.reporting.reading.incidents import Period, incidents
from services.reporting.reading.responsibility import responsibilities

router = APIRouter(tags=["reading"])


class OnDay(Timed):
    """On which day of responsibility; today without one."""

    on: date | None = None


class InPeriod(Period):
    """From and to which day, both included, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None


class TasksAsked(tasks.Filters):
    """The filters of tasks, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None


class BoardsAsked(notice_boards.Filters):
    """The filters of notice boards, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None


class PublicityAsked(publicity.Filters):
    """The filters of publicity, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None


class PatrolsAsked(patrols.Filters):
    """The filters of patrols, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None


@router.get("/v1/responsibilities")
async def read_responsibilities(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[OnDay, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return who answers on a day for each area and industry, with all terms."""
    permissions.require(caller, "ReadCases", SEEING)
    service = running(request)
    asked_by = asking(caller, asked.as_of)
    on = asked.on or day_asked(service, asked_by)
    answer = await responsibilities(service, asked_by, on)
    return answered(answer, asdict(answer.found), (if_none_match, asked.as_of))


@router.get("/v1/incidents")
async def read_incidents(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[InPeriod, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return incidents that the caller may see, and the counts of S24."""
    permissions.require(caller, "RaiseIncidentWarning", SEEING)
    period = Period(from_on=asked.from_on, to_on=asked.to_on)
    asked_by = asking(caller, asked.as_of)
    answer = await incidents(running(request), asked_by, period)
    lines = [{**asdict(one), "state": one.state} for one in answer.found.lines]
    said = {"items": lines, "counts": asdict(answer.found.counts)}
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get("/v1/early-warnings")
async def read_early_warnings(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the early warnings that the caller may see, and their counts."""
    permissions.require(caller, "AcknowledgeEarlyWarning", SEEING)
    answer = await early_warnings(running(request), asking(caller, asked.as_of))
    found = answer.found
    lines = [{**asdict(one), "late": one.late(found.now)} for one in found.lines]
    said = {"items": lines, "counts": asdict(found.counts)}
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get("/v1/tasks")
async def read_tasks(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[TasksAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the tasks that the caller may see; `late` by the time of the answer."""
    permissions.require(caller, "ReadCases", SEEING)
    filters = tasks.Filters(**asked.model_dump(include=set(tasks.Filters.model_fields)))
    asked_by = asking(caller, asked.as_of)
    answer = await tasks.tasks(running(request), asked_by, filters)
    found = answer.found
    lines = [{**asdict(one), "late": one.late(found.now)} for one in found.lines]
    said = {"items": lines, "open": found.open, "overdue": found.overdue}
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get("/v1/patrols")
async def read_patrols(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[PatrolsAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the patrols that the caller may see, and each area's coverage."""
    permissions.require(caller, "CompletePatrol", SEEING)
    fields = set(patrols.Filters.model_fields)
    filters = patrols.Filters(**asked.model_dump(include=fields))
    asked_by = asking(caller, asked.as_of)
    answer = await patrols.patrols(running(request), asked_by, filters)
    lines = [{**asdict(one), "state": one.state} for one in answer.found.lines]
    covered = [
        {**asdict(one), "rate": one.rate, "in_time_rate": one.in_time_rate}
        for one in answer.found.coverage
    ]
    said = {"items": lines, "coverage": covered}
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get("/v1/notice-boards")
async def read_notice_boards(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[BoardsAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return each site's notice board as checked last, and how many comply."""
    permissions.require(caller, "InspectNoticeBoard", SEEING)
    fields = set(notice_boards.Filters.model_fields)
    filters = notice_boards.Filters(**asked.model_dump(include=fields))
    asked_by = asking(caller, asked.as_of)
    answer = await notice_boards.notice_boards(
        running(request), asked_by, filters, notice_boards.MOST
    )
    counts = answer.found.counts
    said = {
        "items": [asdict(one) for one in answer.found.lines],
        "counts": {**asdict(counts), "rate": counts.rate},
    }
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get("/v1/publicity")
async def read_publicity(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[PublicityAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the activities that the caller may see, with sums by unit and week."""
    permissions.require(caller, "LogPublicity", SEEING)
    fields = set(publicity.Filters.model_fields)
    filters = publicity.Filters(**asked.model_dump(include=fields))
    asked_by = asking(caller, asked.as_of)
    answer = await publicity.publicity(
        running(request), asked_by, filters, publicity.MOST
    )
    found = answer.found
    said = {
        "items": [asdict(one) for one in found.lines],
        "total": asdict(found.total),
        "units": [asdict(one) for one in found.units],
        "weeks": [asdict(one) for one in found.weeks],
    }
    return answered(answer, said, (if_none_match, asked.as_of))
