"""Choosing anew how who complained is told 改接收通知的方式, for intake's door."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.web.problems import Problem
from services.reporting.console.forms import Typed, own_form
from services.reporting.console.registers import Sheet, blank, done, said
from services.reporting.console.render import page, see
from services.reporting.console.visit import Visit, Visiting
from services.reporting.reading.case_page import CasePage, case_page

COMMAND = "ChooseNotification"
WAYS = ("sms", "email", "none")
LANGUAGES = ("zh", "en")
CONTACT = {"sms": ("phone",), "email": ("email",)}
"""What each way needs; the rest of the form is not sent on, and not kept."""


def add_routes(router: APIRouter) -> None:
    """Add the form and what is done with it."""

    @router.get("/cases/{case_id}/notification")
    async def form(visit: Visiting, case_id: UUID) -> Response:
        visit.require(COMMAND)
        return await _page(visit, case_id, blank())

    @router.post("/cases/{case_id}/notification")
    async def choose(request: Request, visit: Visiting, case_id: UUID) -> Response:
        typed = await own_form(request, visit, COMMAND)
        case = await _case(visit, case_id)
        clue_id = case.clue.clue_id if case.clue else case_id
        door = ("intake", f"/v1/clues/{clue_id}/notification")
        answer = await done(visit, typed, door, _said(typed))
        if isinstance(answer, str):
            return see(f"/console/cases/{case_id}?done={COMMAND}&{answer}")
        return await _page(visit, case_id, answer)


def _said(typed: Typed) -> dict[str, str]:
    contact = CONTACT.get(typed.one("notify"), ())
    return said(typed, "notify", "language", *contact)


async def _page(visit: Visit, case_id: UUID, sheet: Sheet) -> Response:
    values = {
        "case": await _case(visit, case_id),
        "sheet": sheet,
        "ways": WAYS,
        "languages": LANGUAGES,
    }
    return page(visit, "choosing.html", values, sheet.status)


async def _case(visit: Visit, case_id: UUID) -> CasePage:
    """Return the case, if somebody is there to be told of it; raises 404."""
    answer = await case_page(visit.running, visit.asking, case_id)
    if answer is None or not answer.found.told:
        raise Problem("not-found")
    return answer.found
