"""The track's door: on which track a case is, and how it is put on one (F-2.3.0)."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from libs.acts import Act, Desk
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.etags import etag
from libs.web.permissions import Power
from services.enforcement import classifying, known
from services.enforcement.classifying import ClassifyCase

TRACK = "/v1/cases/{case_id}/track"
ACT = Act(TRACK, ClassifyCase, on=classifying.KIND)

reading = APIRouter()


@reading.get(TRACK, name="track-state")
async def state(case_id: UUID, caller: OfficerCaller, request: Request) -> JSONResponse:
    """Which track the case is on, with the ETag that a classification must name."""
    permissions.require(caller, "ReadCases", frozenset({Power.VIEW}))
    desk: Desk = request.app.state.desk
    names = classifying.KIND.stream(case_id), known.KIND.stream(case_id)
    streams = await desk.log.journal.read_streams(names)
    held, noted = (streams[name] for name in names)
    known.visible(known.KIND.fold(e.fact() for e in noted), caller.actor)
    now = classifying.KIND.fold(event.fact() for event in held)
    said = {"case_id": str(case_id), "track": now.track, "version": len(held)}
    return JSONResponse(said, headers={"ETag": etag(len(held))})
