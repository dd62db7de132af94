"""The channels' registers over HTTP: items, their answers, and sheets of answers."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field

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
from services.reporting.console.answer_sheets import Naming, answer_sheet
from services.reporting.console.sheets import Xlsx
from services.reporting.reading import channels
from services.reporting.reading.signals import warned

router = APIRouter(tags=["reading"])


class ChannelAsked(channels.Narrowed):
    """A channel's filters, how many items at most, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None
    limit: Annotated[int, Field(ge=1, le=5000)] = channels.SHOWN

    def filters(self) -> dict[str, Any]:
        """Return the filters alone."""
        return self.model_dump(include=set(channels.Narrowed.model_fields))


@router.get("/v1/channels/{channel}/items")
async def read_channel(
    request: Request,
    channel: channels.Channel,
    caller: OfficerCaller,
    asked: Annotated[ChannelAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return a channel's visible items with their own date and answer, and counts."""
    permissions.require(caller, "ReadLedger", SEEING)
    answer = await channels.register(
        running(request),
        asking(caller, asked.as_of),
        channels.Filters(channel=channel, **asked.filters()),
        asked.limit,
    )
    found = answer.found
    said = {
        "items": [asdict(line) for line in found.lines],
        "sums": asdict(found.sums),
        "satisfaction": found.sums.satisfaction,
        "call_back_rate": found.sums.call_back_rate,
    }
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get("/v1/channels/{channel}/answers.xlsx", response_class=Xlsx)
async def read_answers(
    request: Request,
    channel: channels.Channel,
    caller: OfficerCaller,
    asked: Annotated[ChannelAsked, Query()],
) -> Response:
    """Return the answered items as the workbook that the channel's platform takes."""
    permissions.require(caller, "ReadLedger", SEEING)
    service = running(request)
    filters = channels.Filters(
        channel=channel, **{**asked.filters(), "state": "answered"}
    )
    asked_by = asking(caller, asked.as_of)
    answer = await channels.register(service, asked_by, filters, channels.MOST)
    naming = Naming(service.officers.organisation)
    return Xlsx(answer_sheet(channel, answer.found.lines, naming))


@router.get("/v1/signals")
async def read_signals(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return signals and public opinion that the caller may see, and hits by source."""
    permissions.require(caller, "ReceiveSignal", SEEING)
    asked_by = asking(caller, asked.as_of)
    answer = await warned(running(request), asked_by)
    hits = [{**asdict(one), "rate": one.rate} for one in answer.found.hits]
    said = {**asdict(answer.found), "hits": hits}
    return answered(answer, said, (if_none_match, asked.as_of))
