"""Rosters over HTTP: open cases whose names their workers did not confirm."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from libs.web import permissions
from libs.web.auth import OfficerCaller
from services.reporting.api import (
    SEEING,
    IfNoneMatch,
    Timed,
    answered,
    asking,
    running,
)
from services.reporting.reading.rosters import roster_checks

router = APIRouter(tags=["reading"])


@router.get("/v1/roster-checks")
async def read_checks(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return visible rosters to look into, the most denied first, at most 50."""
    permissions.require(caller, "CheckRosters", SEEING)
    answer = await roster_checks(running(request), asking(caller, asked.as_of))
    said = {"items": [{**asdict(one), "share": one.share} for one in answer.found]}
    return answered(answer, said, (if_none_match, asked.as_of))
