"""Closing: a week's table is counted and published only when its facts are all here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse

from libs.acts import Act, Asked, answered, routes
from libs.calendar import end_of_day
from libs.calendar.local_days import EARLIEST
from libs.events.contracts.reporting import ZeroOutSnapshotTaken
from libs.ids import named
from libs.money import Money
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.idempotency import Creation
from libs.web.languages import Said
from libs.web.problems import More, Problem
from services.reporting.campaign import (
    KIND,
    CloseWeek,
    CorrectFigure,
    FileZeroReport,
    OpenCampaign,
    TakeZeroOutSnapshot,
    Week,
)
from services.reporting.completeness import complete_up_to
from services.reporting.figures.counting import Span, count, table
from services.reporting.figures.indicators import BY_ID
from services.reporting.publicity import LogPublicity
from services.reporting.weekly import corrections, document, span_of

CAMPAIGN = "/v1/campaigns/{campaign_id}"
NOT_COMPLETE = Said(
    "这一周的事实还没有到齐，请稍后再关闭。",
    "Not all facts of that week have arrived: close it a little later.",
)
BOARD = ("S41a", "S41a-amount", "S41a-workers", "S41b")
"""The figures of the zero board."""


def _new_campaign(asked: Asked) -> dict[str, UUID]:
    return {"campaign_id": asked.new_id("campaign")}


def _new_activity(asked: Asked) -> dict[str, Any]:
    return {
        "activity_id": asked.new_id("activity"),
        "unit": asked.caller.actor.unit,
    }


ACTS = (
    Act("/v1/campaigns", OpenCampaign, fills=_new_campaign, filled=("campaign_id",)),
    Act(f"{CAMPAIGN}/corrections", CorrectFigure, subject="campaign_id"),
    Act(f"{CAMPAIGN}/zero-reports", FileZeroReport, subject="campaign_id"),
    Act(
        "/v1/publicity",
        LogPublicity,
        fills=_new_activity,
        filled=("activity_id", "unit"),
    ),
)

closing = APIRouter()


@closing.post(f"{CAMPAIGN}/weeks/{{week}}/closing", status_code=201, name="CloseWeek")
async def close_week(
    request: Request,
    campaign_id: UUID,
    week: Annotated[int, Path(ge=1, le=60)],
    caller: OfficerCaller,
    creation: Creation,
) -> JSONResponse:
    """Close a week that is over and complete; publish its table and corrections."""
    permissions.require(caller, "CloseWeek")
    running: Running = request.app.state.running
    chosen = await _week(running, campaign_id, week)
    async with running.pool.acquire() as connection, _reading(connection):
        known_at = await _complete(running, connection, end_of_day(chosen.ends_on))
        rows = await table(connection, span_of(chosen, known_at))
        command = CloseWeek(
            campaign_id=campaign_id,
            week=week,
            known_at=known_at,
            document=document(chosen, known_at, rows),
            corrections=await corrections(connection, campaign_id, known_at, week),
        )
    done = await running.desk.do(command, creation.stamp(await running.now()))
    said, _ = answered(running.desk, done, None)
    return JSONResponse({**said, "known_at": known_at.isoformat()}, 201)


@closing.post(f"{CAMPAIGN}/snapshots", status_code=201, name="TakeZeroOutSnapshot")
async def take_snapshot(
    request: Request, campaign_id: UUID, caller: OfficerCaller, creation: Creation
) -> JSONResponse:
    """Take the zero board as it stands, complete: S41a and S41b apart."""
    permissions.require(caller, "TakeZeroOutSnapshot")
    running: Running = request.app.state.running
    async with running.pool.acquire() as connection, _reading(connection):
        at = await _complete(running, connection, EARLIEST)
        span = Span(at, EARLIEST, at)
        values = {
            name: (await count(connection, BY_ID[name], span)).get(None, 0)
            for name in BOARD
        }
    taken = ZeroOutSnapshotTaken(
        snapshot_id=named("snapshot", creation.command_id),
        campaign_id=campaign_id,
        at=at,
        open_cases_unpaid=values["S41a"],
        unpaid=(Money(minor=values["S41a-amount"], currency="CNY"),),
        workers_unpaid=values["S41a-workers"],
        open_clues=values["S41b"],
    )
    stamp = creation.stamp(await running.now())
    done = await running.desk.do(TakeZeroOutSnapshot(snapshot=taken), stamp)
    said, _ = answered(running.desk, done, None)
    return JSONResponse({**said, **values}, 201)


async def _week(running: Running, campaign_id: UUID, number: int) -> Week:
    stream = KIND.stream(campaign_id)
    found = (await running.desk.log.journal.read_streams([stream]))[stream]
    return KIND.fold(event.fact() for event in found).week(number)


async def _complete(
    running: Running, connection: asyncpg.Connection, needed: datetime
) -> datetime:
    complete = await complete_up_to(running, connection)
    if complete is None or complete < needed:
        said = complete.isoformat() if complete else None
        raise Problem(
            "conflict", NOT_COMPLETE, more=More(members={"complete_up_to": said})
        )
    return complete


def _reading(connection: asyncpg.Connection) -> asyncpg.transaction.Transaction:
    return connection.transaction(isolation="repeatable_read", readonly=True)


ROUTERS: Sequence[APIRouter] = (routes(ACTS), closing)
