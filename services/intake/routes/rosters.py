"""The routes of rosters: a sheet read into workers; one telephone for several names."""

import asyncio
from collections.abc import Sequence
from pathlib import PurePath
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from libs.calendar import day_of
from libs.events.decider import NotVisible
from libs.sheets.refusal import SheetRefused
from libs.sheets.source import Source
from libs.web import permissions
from libs.web.auth import OfficerCaller
from libs.web.callers import SignedIn
from libs.web.languages import Said as Words
from libs.web.problem_kinds import KINDS
from libs.web.problems import RuleProblem
from services.intake import known
from services.intake.roster import read_roster
from services.intake.window import Window

MOST_BYTES = 5_000_000
# One telephone of several persons in one clue; the number itself stays in the vault.
SHARED = """
SELECT m.clue_id, count(DISTINCT p.person_id) AS workers
FROM vault.mention m JOIN vault.person p USING (person_id)
WHERE m.clue_id = ANY($1) AND m.role = 'worker' AND p.phone_hmac IS NOT NULL
GROUP BY m.clue_id, p.phone_hmac HAVING count(DISTINCT p.person_id) > 1
ORDER BY workers DESC, m.clue_id"""


class RosterRead(BaseModel):
    """The workers of a sheet, to be sent on with a complaint, and what to correct."""

    workers: list[dict[str, Any]]
    troubles: list[dict[str, Any]]


class PhonesAsked(BaseModel):
    """Of which clues the telephones are compared, each with those of its own alone."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    clue_id: Annotated[list[UUID], Field(min_length=1, max_length=50)]


class SharedPhone(BaseModel):
    """How many workers of a clue left one telephone: no number, and nobody's name."""

    clue_id: UUID
    workers: int


class SharedPhones(BaseModel):
    """The telephones that several workers of one clue share, the most shared first."""

    items: list[SharedPhone]


def router(window: Window) -> APIRouter:
    """Return the routes; nothing of a sheet is kept."""
    routes = APIRouter()
    _phones(routes, window)

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


def _phones(routes: APIRouter, window: Window) -> None:
    @routes.get("/v1/rosters/shared-phones")
    async def shared(
        caller: OfficerCaller, asked: Annotated[PhonesAsked, Query()]
    ) -> SharedPhones:
        """Return which clues name several workers with one telephone (by HMAC)."""
        permissions.require(caller, "CheckRosters")
        seen = await _seen(window, caller, asked.clue_id)
        rows = await window.pool.fetch(SHARED, seen)
        return SharedPhones(
            items=[
                SharedPhone(
                    clue_id=UUID(int=row["clue_id"].int), workers=row["workers"]
                )
                for row in rows
            ]
        )


async def _seen(
    window: Window, caller: SignedIn, clue_ids: Sequence[UUID]
) -> list[UUID]:
    """Leave out clues, and persons named in confidence, that are not the caller's."""
    found = []
    for clue_id in clue_ids:
        held, noted = await window.clue(clue_id)
        try:
            known.persons_open(noted, held.first_asked, held.mode, caller.actor)
        except NotVisible:
            continue
        found.append(clue_id)
    return found
