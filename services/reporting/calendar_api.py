"""Calendars and deadlines over HTTP: by which papers days count, and what moved."""

from dataclasses import asdict
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.cursor import Cursors, listing, next_link
from libs.web.problems import Problem
from services.reporting.api import (
    SEEING,
    IfNoneMatch,
    Timed,
    answered,
    asking,
    running,
)
from services.reporting.reading.calendars import Mark, affected, calendars
from services.reporting.reading.deadline_page import deadline_page

CALENDARS = "/v1/calendars"


class AffectedAsked(Timed):
    """A page of what a calendar moved, and its time."""

    cursor: Annotated[str | None, Field(max_length=2000)] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


router = APIRouter(tags=["reading"])


@router.get(CALENDARS)
async def read_calendars(
    request: Request,
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the adopted calendars with their papers and what each moved."""
    permissions.require(caller, "ReadCases", SEEING)
    answer = await calendars(running(request), asking(caller, asked.as_of))
    said = {"items": [asdict(one) for one in answer.found]}
    return answered(answer, said, (if_none_match, asked.as_of))


@router.get(f"{CALENDARS}/{{version}}/deadlines")
async def read_affected(
    request: Request,
    version: Annotated[str, Path(max_length=200)],
    caller: OfficerCaller,
    asked: Annotated[AffectedAsked, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return visible cases whose deadline a calendar moved or made firm, by page."""
    permissions.require(caller, "ReadCases", SEEING)
    cursors: Cursors = request.app.state.cursors
    listed = listing(f"{CALENDARS}/{version}", asked.model_dump(mode="json"))
    after = _mark(cursors.unseal(listed, asked.cursor)) if asked.cursor else None
    answer = await affected(
        running(request), asking(caller, asked.as_of), version, after, asked.limit
    )
    found, following = answer.found, None
    if found.after is not None:
        following = cursors.seal(listed, [str(part) for part in found.after])
    said = {"items": [asdict(line) for line in found.lines], "next": following}
    headers = {"Link": next_link(request, following)} if following else {}
    return answered(answer, said, (if_none_match, asked.as_of), headers)


@router.get("/v1/deadlines/{deadline_id}")
async def read_deadline(
    request: Request,
    deadline_id: UUID,
    caller: OfficerCaller,
    asked: Annotated[Timed, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return a deadline day by day: what counts, why, pauses and extension."""
    permissions.require(caller, "ReadCases", SEEING)
    answer = await deadline_page(
        running(request), asking(caller, asked.as_of), deadline_id
    )
    if answer is None:
        raise Problem("not-found")
    return answered(answer, asdict(answer.found), (if_none_match, asked.as_of))


def _mark(mark: list[str | int]) -> Mark:
    return date.fromisoformat(str(mark[0])), UUID(str(mark[1]))
