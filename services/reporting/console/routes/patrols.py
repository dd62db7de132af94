"""Patrols: the register with its coverage, and one patrol as a form (F-2.1.2b).

A plain form, for a telephone without much of a network: what was typed comes back with
every refusal, and the patrol's own time may be earlier than its entry. With a script it
is kept on the telephone until it was sent (`static/patrol.js`).
"""

from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.permissions import Power, may
from libs.web.problems import Problem
from services.reporting.console.deed import new_key, shown
from services.reporting.console.doors import Call, call
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.registers import (
    Desk,
    Sheet,
    answered,
    blank,
    narrowed,
    refused,
    said,
)
from services.reporting.console.render import page, see
from services.reporting.console.taken_out import taken_out
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.patrols import Filters, patrol, patrols
from services.reporting.reading.signals import clue_of_number

PAGE = "/console/patrols"
DOOR = "/v1/patrols"
PHOTOS = f"{DOOR}/{{patrol_id}}/photos"
PHOTO = f"{PHOTOS}/{{digest}}"
ORIGINAL = f"{PHOTO}/handed-in"
FINDINGS = (
    "nothing", "wages_unpaid", "no_account", "no_roster", "no_notice_board",
    "closed_down", "other",
)  # fmt: skip
NOT_FOUND = 404
LONGEST = 366


def add_routes(router: APIRouter) -> None:
    """Add the register, the plan, and the page of one patrol."""

    @router.get("/patrols")
    async def listed(request: Request, visit: Visiting) -> Response:
        visit.require("CompletePatrol")
        await shown(visit, request.query_params.get("seen"))
        return await _page(visit, blank())

    @router.post("/patrols")
    async def plan(request: Request, visit: Visiting) -> Response:
        typed = await own_form(request, visit, "SchedulePatrol")
        days = days_of(typed)
        if days is None:
            sheet = refused(typed, visit.words("patrols.bad-days"))
            return await _page(visit, sheet)
        body = said(typed, "area", "site", "unit")
        planned = [day.isoformat() for day in days]
        desk = Desk("intake", DOOR, PAGE, _page)
        return await desk.act(visit, typed, **body, days=planned)

    _one(router)
    _photos(router)


def _one(router: APIRouter) -> None:
    """Add the page of one patrol, and what is done on it."""

    @router.get("/patrols/{patrol_id}")
    async def one(request: Request, visit: Visiting, patrol_id: UUID) -> Response:
        visit.require("CompletePatrol")
        await shown(visit, request.query_params.get("seen"))
        return await _form(visit, patrol_id, blank())

    @router.post("/patrols/{patrol_id}")
    async def complete(request: Request, visit: Visiting, patrol_id: UUID) -> Response:
        typed = await own_form(request, visit, "CompletePatrol")
        # The photo first: refused, it leaves the whole form to be sent again.
        refusal = await _handed_in(visit, patrol_id, typed)
        if refusal is not None:
            return await _form(visit, patrol_id, refusal)
        body = said(typed, "finding")
        return await _desk(patrol_id).act(visit, typed, "/completion", **body)

    @router.post("/patrols/{patrol_id}/photos")
    async def add(request: Request, visit: Visiting, patrol_id: UUID) -> Response:
        typed = await own_form(request, visit, "AddPatrolPhoto")
        refusal = await _handed_in(visit, patrol_id, typed)
        if refusal is not None:
            return await _form(visit, patrol_id, refusal)
        return see(f"{PAGE}/{patrol_id}")

    @router.post("/patrols/{patrol_id}/clue")
    async def link(request: Request, visit: Visiting, patrol_id: UUID) -> Response:
        typed = await own_form(request, visit, "LinkPatrol")
        clue_id = await clue_of_number(visit.running, typed.one("number"))
        if clue_id is None:
            # The same as for a clue that this reader may not see.
            sheet = refused(typed, visit.words("signals.no-clue"), NOT_FOUND)
            return await _form(visit, patrol_id, sheet)
        return await _desk(patrol_id).act(visit, typed, "/clue", clue_id=str(clue_id))


def _desk(patrol_id: UUID) -> Desk:
    async def form(visit: Visit, sheet: Sheet) -> Response:
        return await _form(visit, patrol_id, sheet)

    return Desk("intake", f"{DOOR}/{patrol_id}", f"{PAGE}/{patrol_id}", form)


def _photos(router: APIRouter) -> None:
    """Add the photos of a patrol, to be taken out."""

    @router.get("/patrols/{patrol_id}/photos/{digest}", response_class=Response)
    async def photo(visit: Visiting, patrol_id: UUID, digest: str) -> Response:
        visit.require("ReadPatrolPhotos")
        place = {"patrol_id": str(patrol_id), "digest": digest}
        return await taken_out(visit, ("intake", PHOTO), place, "patrol")

    @router.get(
        "/patrols/{patrol_id}/photos/{digest}/handed-in", response_class=Response
    )
    async def original(visit: Visiting, patrol_id: UUID, digest: str) -> Response:
        visit.require("ReadEvidenceAsHandedIn")
        place = {"patrol_id": str(patrol_id), "digest": digest}
        return await taken_out(visit, ("intake", ORIGINAL), place, "patrol")


async def _handed_in(visit: Visit, patrol_id: UUID, typed: Typed) -> Sheet | None:
    """Hand a chosen photo in; return the form when it was refused."""
    file = typed.files.get("photo")
    if file is None or not file.filename:
        return None
    # Sent again with the form's key it is the same photo, added once.
    key = typed.one("key") or new_key()
    headers = {"Idempotency-Key": f"{key}-photo"}
    sent = ("photo", await file.read(), "application/octet-stream")
    path = PHOTOS.format(patrol_id=patrol_id)
    asked = Call("intake", "POST", path, PHOTOS, headers=headers, file=sent)
    answer = await call(visit, asked)
    if answer.done:
        return None
    return answered(visit, typed, answer)


def days_of(typed: Typed) -> list[date] | None:
    """Return the days of a plan: the first, and every so many days again.

    None when the first is no day, or a number is none.
    """
    try:
        first = date.fromisoformat(typed.one("first_on"))
    except ValueError:
        return None
    numbers = [typed.one("every") or "7", typed.one("times") or "1"]
    if not all(text.isascii() and text.isdecimal() for text in numbers):
        return None
    every, times = (int(text) for text in numbers)
    if not (1 <= every <= LONGEST and times >= 1 and every * (times - 1) <= LONGEST):
        return None
    return [first + timedelta(days=every * n) for n in range(times)]


async def _page(visit: Visit, sheet: Sheet) -> Response:
    filters = narrowed(Filters, visit.request.query_params)
    answer = await patrols(visit.running, visit.asking, filters)
    values = {
        "answer": answer,
        "found": answer.found,
        "filters": filters,
        "sheet": sheet,
    }
    return page(visit, "patrols.html", values, sheet.status)


async def _form(visit: Visit, patrol_id: UUID, sheet: Sheet) -> Response:
    row = await patrol(visit.running, visit.asking, patrol_id)
    if row is None:
        raise Problem("not-found")
    path = PHOTOS.format(patrol_id=patrol_id)
    listed = await call(visit, Call("intake", "GET", path, PHOTOS))
    values = {
        "row": row,
        "sheet": sheet,
        "findings": FINDINGS,
        "photos": listed.body.get("items", ()),
        "originals": Power.VIEW in may(visit.role, "ReadEvidenceAsHandedIn"),
        "down": not listed.done,
    }
    return page(visit, "patrol.html", values, sheet.status)
