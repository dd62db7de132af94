"""Supervision over HTTP: listed and led cases, and urges with their receipts."""

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
    answered,
    asking,
    running,
)
from services.reporting.reading.supervision import SHOWN, Narrowed, supervised

router = APIRouter(tags=["reading"])


class SupervisionAsked(Narrowed):
    """The filters, how many lines of each list at most, and the time."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: AsOf = None
    limit: Annotated[int, Field(ge=1, le=5000)] = SHOWN


@router.get("/v1/supervision")
async def read_supervision(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[SupervisionAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return visible supervised cases, urges with their receipts, and counts (S25)."""
    permissions.require(caller, "ReadLedger", SEEING)
    filters = Narrowed(**asked.model_dump(include=set(Narrowed.model_fields)))
    asked_by = asking(caller, asked.as_of)
    answer = await supervised(running(request), asked_by, filters, asked.limit)
    said: dict[str, Any] = asdict(answer.found)
    return answered(answer, said, (if_none_match, asked.as_of))
