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
from libs.events.contracts.reporting import StatPeriodClosed, ZeroOutSnapshotTaken
from libs.ids import named
from libs.money import Money
from libs.service.parts import Running
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.idempotency import Creation
from libs.web.languages import Said
from libs.web.problems import More, Problem, limited
from services.reporting.campaign import (
    KIND,
    Campaign,
    CloseWeek,
    CorrectFigure,
    FileZeroReport,
    OpenCampaign,
    TakeZeroOutSnapshot,
)
from services.reporting.completeness import complete_up_to, hold
from services.reporting.figures.counting import Span, count, table
from services.reporting.figures.indicators import BY_ID
from services.reporting.publicity import LogPublicity
from services.reporting.weekly import corrections, document, span_of

CAMPAIGN = "/v1/campaigns/{campaign_id}"
NOT_COMPLETE = Said(
    "这一周的事实还没有到齐，请稍后再关闭。",
    "Not all facts of that week have arrived: close it a little later.",
)
# A retry beside the first try would count the same once more: enough of them took every
# connection. The lock ends with the closing's own reading.
ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('close week ' || $1, 0))"
RETRY_SECONDS = 2
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
    """Close a week that is over and complete; publish its table and corrections.

    One week at a time: 503 with Retry-After while a table is counted. What was closed
    by the same key is answered as it was, and nothing is counted for it again.
    """
    permissions.require(caller, "CloseWeek")
    running: Running = request.app.state.running
    async with running.pool.acquire() as connection, _reading(connection):
        await hold(connection)
        if not await connection.fetchval(ALONE, str(campaign_id)):
            raise limited("overloaded", RETRY_SECONDS)
        campaign = await _campaign(running, campaign_id)
        command = await _counted(running, connection, campaign_id, campaign, week)
        done = await running.desk.do(command, creation.stamp(await running.now()))
    said, _ = answered(running.desk, done, None)
    facts = (event.fact() for event in done.events)
    closed = next(fact for fact in facts if isinstance(fact, StatPeriodClosed))
    return JSONResponse({**said, "known_at": closed.known_at.isoformat()}, 201)


@closing.post(f"{CAMPAIGN}/snapshots", status_code=201, name="TakeZeroOutSnapshot")
async def take_snapshot(
    request: Request, campaign_id: UUID, caller: OfficerCaller, creation: Creation
) -> JSONResponse:
    """Take the zero board as it stands, complete: S41a and S41b apart."""
    permissions.require(caller, "TakeZeroOutSnapshot")
    running: Running = request.app.state.running
    async with running.pool.acquire() as connection, _reading(connection):
        await hold(connection)
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


async def _counted(
    running: Running,
    connection: asyncpg.Connection,
    campaign_id: UUID,
    campaign: Campaign,
    number: int,
) -> CloseWeek:
    """Return the closing with its table; an empty one of what is closed already."""
    week = campaign.week(number)
    ends_at = end_of_day(week.ends_on)
    if number in campaign.closed:
        return CloseWeek(
            campaign_id=campaign_id, week=number, known_at=ends_at, document=""
        )
    known_at = await _complete(running, connection, ends_at)
    rows = await table(connection, span_of(week, known_at))
    return CloseWeek(
        campaign_id=campaign_id,
        week=number,
        known_at=known_at,
        document=document(week, known_at, rows),
        corrections=await corrections(connection, campaign_id, known_at, number),
    )


async def _campaign(running: Running, campaign_id: UUID) -> Campaign:
    stream = KIND.stream(campaign_id)
    found = (await running.desk.log.journal.read_streams([stream]))[stream]
    return KIND.fold(event.fact() for event in found)


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
