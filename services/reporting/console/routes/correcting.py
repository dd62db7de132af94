"""Correcting a person's data 更正: a form of a case, for intake's door (PIPL 46)."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.problems import Problem
from services.reporting.console.forms import own_form
from services.reporting.console.registers import Sheet, blank, done, said
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.case_page import CasePage, case_page

FIELDS = ("name", "phone", "email", "bank_card")
REASONS = ("own-request", "entry-error", "changed")
COMMAND = "CorrectPersonData"


def add_routes(router: APIRouter) -> None:
    """Add the form and what is done with it."""

    @router.get("/cases/{case_id}/persons/{person_id}")
    async def form(visit: Visiting, case_id: UUID, person_id: UUID) -> Response:
        visit.require(COMMAND)
        return await _page(visit, case_id, person_id, blank())

    @router.post("/cases/{case_id}/persons/{person_id}")
    async def correct(
        request: Request, visit: Visiting, case_id: UUID, person_id: UUID
    ) -> Response:
        typed = await own_form(request, visit, COMMAND)
        await _named(visit, case_id, person_id)
        door = ("intake", f"/v1/persons/{person_id}/correction")
        answer = await done(visit, typed, door, said(typed, *FIELDS, "reason"))
        if isinstance(answer, str):
            return see(f"/console/cases/{case_id}?done={COMMAND}&{answer}")
        return await _page(visit, case_id, person_id, answer)


async def _page(visit: Visit, case_id: UUID, person_id: UUID, sheet: Sheet) -> Response:
    values = {
        "case": await _named(visit, case_id, person_id),
        "person_id": person_id,
        "sheet": sheet,
        "fields": FIELDS,
        "reasons": REASONS,
    }
    return page(visit, "correction.html", values, sheet.status)


async def _named(visit: Visit, case_id: UUID, person_id: UUID) -> CasePage:
    """Return the case, if it names the person; raises 404."""
    answer = await case_page(visit.running, visit.asking, case_id)
    if answer is None:
        raise Problem("not-found")
    found = answer.found
    persons = {one.person_id for one in found.claims}
    reporter = found.clue.reporter_id if found.clue else None
    if person_id not in persons | {reporter}:
        raise Problem("not-found")
    return found
