"""The route of rosters: a sheet in, workers out, in the shape of a complaint's form."""

import asyncio
from pathlib import PurePath
from typing import Any

from fastapi import APIRouter, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from libs.calendar import day_of
from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.languages import Said as Words
from libs.web.problem_kinds import KINDS
from libs.web.problems import RuleProblem
from services.intake.roster import read_roster
from services.intake.window import Window

MOST_BYTES = 5_000_000


class RosterRead(BaseModel):
    """The workers of a sheet, to be sent on with a complaint, and what to correct."""

    workers: list[dict[str, Any]]
    troubles: list[dict[str, Any]]


def router(window: Window) -> APIRouter:
    """Return the route; nothing of a roster is kept."""
    routes = APIRouter()

    @routes.post("/v1/rosters", response_model=RosterRead)
    async def roster(file: UploadFile, caller: OfficerCaller) -> JSONResponse:
        """Read a roster sheet into workers."""
        permissions.require(caller, "RegisterComplaint")
        content = await file.read(MOST_BYTES + 1)
        suffix = PurePath(file.filename or "").suffix.lower()[:8]
        today = day_of(await window.desk.now())
        source = Source(f"roster{suffix}", content)
        try:
            found = await asyncio.to_thread(read_roster, source, today)
        except SheetRefused as refusal:
            words = Words(refusal.zh, refusal.en)
            raise RuleProblem(refusal.code, words, KINDS["invalid"]) from None
        said = {
            "workers": found.workers,
            "troubles": [trouble.to_json() for trouble in found.troubles],
        }
        return JSONResponse(said, headers={"Cache-Control": "no-store"})

    return routes
